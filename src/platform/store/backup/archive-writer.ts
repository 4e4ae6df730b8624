import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { DomainError } from '../../../shared/errors/domain-error.js';
import type { Engine, EngineNames } from '../engine.js';
import { MIGRATION_TABLE } from '../migration/migration.js';
import type { SavedKind, SavedState } from '../saved-state.js';
import { KIND_CODES, TOTALS_CODE, type ArchiveHeader } from './archive-format.js';

/** Compression that keeps up with the database; higher levels save little. */
const LEVEL = 4;

/**
 * The archive of everything under `names`, as gzipped bytes. A failure of the database destroys the stream, so that what
 * was read of it has no totals. Destroying the stream ends the capture.
 */
export function createArchive(engine: Engine, names: EngineNames, header: ArchiveHeader): Readable {
  const lines = Readable.from(archiveLines(engine, names, header), { objectMode: false });
  const gzip = createGzip({ level: LEVEL });
  lines.on('error', (error) => gzip.destroy(error));
  gzip.on('error', () => undefined); // readers find it when they begin to read
  gzip.on('close', () => lines.destroy());
  return lines.pipe(gzip);
}

async function* archiveLines(engine: Engine, names: EngineNames, header: ArchiveHeader): AsyncIterable<Buffer> {
  const hash = createHash('sha256');
  const counts: Record<SavedKind, number> = { document: 0, removal: 0, entry: 0 };
  const hashed = (text: string): Buffer => {
    const bytes = Buffer.from(text);
    hash.update(bytes);
    return bytes;
  };
  yield hashed(`${JSON.stringify(header)}\n`);
  for await (const page of engine.capture(names)) {
    let text = '';
    for (const state of page) {
      refuseMigration(state, header.schema);
      counts[state.kind] += 1;
      text += `${KIND_CODES[state.kind]} ${state.name} ${state.json}\n`;
    }
    yield hashed(text);
  }
  yield Buffer.from(`${TOTALS_CODE} ${JSON.stringify({ ...counts, sha256: hash.digest('hex') })}\n`);
}

/** Documents of two schemas, or without the tables of the second, would be restored as those of the first. */
function refuseMigration({ kind, name, json }: SavedState, schema: number): void {
  if (name !== MIGRATION_TABLE || kind !== 'document') return;
  const { id } = JSON.parse(json) as { id: string };
  if (Number(id) > schema) {
    throw new DomainError('unavailable', 'the database was migrated during the backup, please run it again');
  }
}
