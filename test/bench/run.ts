import { openDatabase } from './database.js';
import type { Database } from './database.js';
import { FULL, QUICK } from './effort.js';
import { documentCount, fleet, seed, timeToLoad, weight } from './fleet/fleet.js';
import { PER_PROJECT } from './fleet/names.js';
import { projectsOf } from './fleet/places.js';
import { allocations } from './measure/allocations.js';
import { consistency } from './measure/consistency.js';
import { events } from './measure/events.js';
import { polling } from './measure/polling.js';
import { rawWrites } from './measure/raw-writes.js';
import { reads } from './measure/reads.js';
import { stalls } from './measure/stalls.js';
import { watches } from './measure/watches.js';
import type { EngineName, FleetOptions, Section } from './options.js';
import { bytes, milliseconds, perSecond, textOf } from './quantity.js';
import type { Figure } from './report.js';
import type { SectionFigures } from './result.js';
import { Server } from './server.js';

/** How often `run` calls `progress`: seeding, raw writes, starting and the sections. */
export const stepsIn = ({ sections }: FleetOptions): number => 3 + sections.size - Number(sections.has('ipam'));

/** What the run of one fleet measured. */
export interface Run {
  readonly engineVersion: string;
  readonly sections: readonly SectionFigures[];
}

/** Seeds and measures one fleet. `progress` is called with status messages. */
export async function run(machines: number, options: FleetOptions, progress: (text: string) => void): Promise<Run> {
  const database = await openDatabase(options.engine);
  try {
    return {
      engineVersion: database.version,
      sections: await measure(database, machines, options, progress),
    };
  } finally {
    await database.stop();
  }
}

async function measure(
  database: Database,
  machines: number,
  { engine, quick, sections, profile }: FleetOptions,
  progress: (text: string) => void,
): Promise<SectionFigures[]> {
  const effort = quick ? QUICK : FULL;
  const all = fleet(machines);
  const start: Figure[] = [];
  const measured: SectionFigures[] = [{ section: 'start', figures: start }];
  progress('seeding');
  let loading: number | undefined;
  if (engine !== 'memory') {
    const before = performance.now();
    await seed(database.fleet(), all);
    start.push(seeding(documentCount(all), performance.now() - before));
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
  if (loading !== undefined) start.push(startUp(server.startUp, loading, engine));
  const section = async (name: Section, task: () => Promise<Figure[]>): Promise<void> => {
    if (!sections.has(name)) return;
    progress(name);
    measured.push({ section: name, figures: await task().catch((error: Error) => [failure(name, error)]) });
  };
  await section('reads', async () => [
    ...(await reads(server, bare, machines, effort)),
    memory(server.memory, weight(all), machines),
  ]);
  await section('allocations', () => allocations(server, raw, effort));
  await section('events', () => events(server, raw, projectsOf(machines) * PER_PROJECT, effort));
  await section('watches', () => watches(server, machines));
  await section('polling', () => polling(server, raw, machines, effort));
  await section('consistency', () => consistency(server));
  await section('stalls', () => stalls(server, machines, effort));
  await Promise.all([server.stop(), bare.stop()]);
  return measured;
}

/** Records a failed measurement without aborting the others. */
const failure = (name: string, { message }: Error): Figure => {
  process.exitCode = 1;
  return { what: `${name} FAILED`, value: message };
};

const seeding = (documents: number, elapsed: number): Figure => ({
  what: `seed ${documents} documents`,
  value: milliseconds(elapsed, `or ${textOf(perSecond((documents / elapsed) * 1000))}`),
});

const startUp = (elapsed: number, loading: number, engine: EngineName): Figure => ({
  what: 'start until healthy',
  value: milliseconds(elapsed),
  reference: milliseconds(loading, 'to read all documents'),
  isUnsteady: true,
  target: engine === 'embedded' ? { text: '< 5 s', met: elapsed < 5000 } : undefined,
});

const memory = (used: number, documents: number, machines: number): Figure => ({
  what: 'memory after full lists',
  value: bytes(used),
  reference: bytes(documents, 'of documents'),
  isUnsteady: true,
  target: { text: `< 600 MB${machines > 10_000 ? ' at 10000' : ''}`, met: used < 600e6 },
});
