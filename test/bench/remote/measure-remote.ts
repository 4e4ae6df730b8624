import { randomBytes } from 'node:crypto';
import { UsageError } from '../../../src/cli/usage-error.js';
import type { RemoteOptions } from '../options.js';
import { writeResult } from '../output.js';
import { heading, table } from '../report.js';
import { resultOf } from '../result.js';
import type { SectionFigures, Setting } from '../result.js';
import { Server } from '../server.js';
import { print, stepsOf } from '../steps.js';
import { acquisitions, furnish } from './acquisitions.js';
import { Api } from './api.js';
import { credentialsIn } from './credentials.js';
import { FULL, QUICK } from './effort.js';
import { examine } from './examine.js';
import { health } from './health.js';
import { machineAllocations } from './machines.js';
import { reads } from './reads.js';
import { removeSite } from './remove-site.js';
import { createSite } from './site.js';

/** Steps of a run. */
const STEPS = 6;

/**
 * Measures the metal-api at a URL through routes of v1; returns the tables. Removes what it created, also after a failure
 * and after Ctrl-C. Throws a UsageError for what the caller can correct.
 */
export async function measureRemote(options: RemoteOptions): Promise<string[]> {
  const abort = new AbortController();
  const stop = (): void => abort.abort(new UsageError('stopped'));
  const signals = ['SIGINT', 'SIGTERM'] as const;
  // A second signal ends the process at once.
  for (const signal of signals) process.once(signal, stop);
  const api = new Api(options.url, credentialsIn(process.env), abort.signal);
  try {
    const setting = await examine(api, options);
    if (options.remove === undefined) return await measureNew(api, setting, options);
    await clean(api, options.remove);
    return [];
  } finally {
    api.close();
    for (const signal of signals) process.off(signal, stop);
  }
}

async function measureNew(api: Api, setting: Setting, options: RemoteOptions): Promise<string[]> {
  const name = `bench-${randomBytes(4).toString('hex')}`;
  const { product, machines } = setting;
  const title = heading(`${product.name} ${product.version} at ${options.url} with ${machines} machines`);
  print(`${title}\nWhat this run creates is named ${name}.\n`);
  try {
    const sections = await measure(api, name, options);
    const figures = table(
      'Routes of v1',
      sections.flatMap((section) => section.figures),
    );
    print(figures);
    if (options.json !== undefined) writeResult(options.json, resultOf(setting, sections));
    return [title, figures];
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`the measurement failed: ${(error as Error).message}`, { cause: error });
  } finally {
    await clean(api, name);
  }
}

async function measure(api: Api, name: string, { quick, allocate }: RemoteOptions): Promise<SectionFigures[]> {
  const effort = quick ? QUICK : FULL;
  const step = stepsOf(api.url, STEPS);
  step('creating');
  const site = await createSite(api, name);
  const bare = await Server.bareRoute();
  try {
    step('allocations');
    const allocated = [...(await acquisitions(api, site, effort)), ...(await machineAllocations(api, site, allocate))];
    step('furnishing');
    await furnish(api, site, effort);
    step('reads');
    const read = await reads(api, bare.url, site, effort);
    step('health');
    const healthy = await health(api);
    step('cleaning');
    return [
      { section: 'reads', figures: [...read, ...site.refused.map((value) => ({ what: 'not created', value }))] },
      { section: 'allocations', figures: allocated },
      { section: 'health', figures: healthy },
    ];
  } finally {
    await bare.stop();
  }
}

async function clean(api: Api, name: string): Promise<void> {
  const cleaner = api.withoutSignal();
  const problems = await removeSite(cleaner, name);
  cleaner.close();
  if (problems.length === 0) return print(`Everything named ${name} has been removed.`);
  process.exitCode = 1;
  print(`Not everything named ${name} could be removed; try again with --url ${api.url} --remove ${name}:`);
  for (const problem of problems.slice(0, 10)) print(`  ${problem}`);
}
