import { openDatabase } from './database.js';
import type { Database } from './database.js';
import { FULL, QUICK } from './effort.js';
import { documentCount, fleet, seed, timeToLoad, weight } from './fleet/fleet.js';
import { PER_PROJECT } from './fleet/names.js';
import { projectsOf } from './fleet/places.js';
import { allocations } from './measure/allocations.js';
import { consistency } from './measure/consistency.js';
import { events } from './measure/events.js';
import { rawWrites } from './measure/raw-writes.js';
import { reads } from './measure/reads.js';
import { stalls } from './measure/stalls.js';
import { watches } from './measure/watches.js';
import type { EngineName, Options, Section } from './options.js';
import { megabytes, milliseconds, perSecond, table } from './report.js';
import type { Figure } from './report.js';
import { Server } from './server.js';

/** How often `run` calls `progress`: seeding, raw writes, starting and the sections. */
export const stepsIn = ({ sections }: Options): number => 3 + sections.size - Number(sections.has('ipam'));

/** Seeds and measures one fleet; returns its table. `progress` is called with status messages. */
export async function run(machines: number, options: Options, progress: (text: string) => void): Promise<string> {
  const database = await openDatabase(options.engine);
  try {
    return table(`${machines} machines`, await measure(database, machines, options, progress));
  } finally {
    await database.stop();
  }
}

async function measure(
  database: Database,
  machines: number,
  { engine, quick, sections, profile }: Options,
  progress: (text: string) => void,
): Promise<Figure[]> {
  const effort = quick ? QUICK : FULL;
  const all = fleet(machines);
  const figures: Figure[] = [];
  progress('seeding');
  let loading: number | undefined;
  if (engine !== 'memory') {
    const before = performance.now();
    await seed(database.fleet(), all);
    figures.push(seeding(documentCount(all), performance.now() - before));
    loading = await timeToLoad(database.fleet(), all);
  }
  progress('raw writes');
  const raw = await rawWrites(database.empty(), all, effort);
  const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const environment = { ...database.environment, BENCH_MACHINES: String(machines) };
  progress('starting');
  // The first start creates the tables that the fleet does not need.
  if (engine !== 'memory') await (await Server.api(environment, [])).stop();
  const bare = await Server.bareRoute();
  const server = await Server.api(environment, flags).catch(async (error: Error) => {
    await bare.stop();
    throw error;
  });
  if (loading !== undefined) figures.push(startUp(server.startUp, loading, engine));
  const section = async (name: Section, measured: () => Promise<Figure[]>): Promise<void> => {
    if (!sections.has(name)) return;
    progress(name);
    figures.push(...(await measured().catch((error: Error) => [failure(name, error)])));
  };
  await section('reads', () => reads(server, bare, machines, effort));
  if (sections.has('reads')) figures.push(memory(server.memory, weight(all), machines));
  await section('allocations', () => allocations(server, raw, effort));
  await section('events', () => events(server, raw, projectsOf(machines) * PER_PROJECT, effort));
  await section('watches', () => watches(server, machines));
  await section('consistency', () => consistency(server));
  await section('stalls', () => stalls(server, effort));
  await Promise.all([server.stop(), bare.stop()]);
  return figures;
}

/** Records a failed measurement without aborting the others. */
const failure = (name: string, { message }: Error): Figure => {
  process.exitCode = 1;
  return { what: `${name} FAILED`, value: message };
};

const seeding = (documents: number, elapsed: number): Figure => ({
  what: `seed ${documents} documents`,
  value: `${milliseconds(elapsed)}, ${perSecond((documents / elapsed) * 1000)}`,
});

const startUp = (elapsed: number, loading: number, engine: EngineName): Figure => ({
  what: 'start until healthy',
  value: milliseconds(elapsed),
  reference: `${milliseconds(loading)} to read all documents`,
  ratio: elapsed / loading,
  target: engine === 'embedded' ? { text: '< 5 s', met: elapsed < 5000 } : undefined,
});

const memory = (bytes: number, documents: number, machines: number): Figure => ({
  what: 'memory after full lists',
  value: megabytes(bytes),
  reference: `${megabytes(documents)} of documents`,
  ratio: bytes / documents,
  target: { text: `< 600 MB${machines > 10_000 ? ' at 10000' : ''}`, met: bytes < 600e6 },
});
