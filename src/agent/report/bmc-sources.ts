import { open } from 'node:fs/promises';
import type { LeaseFormat, LeaseSource } from '../../config/agent-report-settings.js';
import { listedBmcs, skippedLines } from './bmc-list.js';
import { dhcpdLeases } from './dhcpd-leases.js';
import { dnsmasqLeases } from './dnsmasq-leases.js';
import { keaLeases } from './kea-leases.js';
import { currentLeases, MAX_FILE_BYTES } from './lease.js';
import type { FoundLease, DhcpLease } from './lease.js';

const PARSERS: Readonly<Record<LeaseFormat, (text: string) => Iterable<FoundLease>>> = {
  dhcpd: dhcpdLeases,
  kea: keaLeases,
  dnsmasq: dnsmasqLeases,
  list: listedBmcs,
};

export interface FoundBmcs {
  readonly leases: readonly DhcpLease[];
  /** Why sources, or lines of a list, could not be read. */
  readonly problems: readonly string[];
}

/** Reads all sources; an address that several have counts once. A source that cannot be read does not affect others. */
export async function findBmcs(sources: readonly LeaseSource[], now: number): Promise<FoundBmcs> {
  const byAddress = new Map<string, DhcpLease>();
  const problems: string[] = [];
  for (const source of sources) {
    try {
      const text = await contentOf(source.path);
      for (const lease of currentLeases(PARSERS[source.format](text), now)) byAddress.set(lease.address, lease);
      if (source.format === 'list') problems.push(...skippedLines(text).map((problem) => `${source.path}: ${problem}`));
    } catch (error) {
      problems.push(`cannot read ${source.path}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`);
    }
  }
  return { leases: [...byAddress.values()], problems };
}

/** Reads at most `MAX_FILE_BYTES`, whatever the file's size was said to be. Throws for a longer file. */
async function contentOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_FILE_BYTES) throw new Error(`the file has more than ${MAX_FILE_BYTES} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    await file.close();
  }
}
