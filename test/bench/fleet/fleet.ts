import type { Engine } from '../../../src/platform/store/engine.js';
import { Store } from '../../../src/platform/store/store.js';
import { catalog } from './catalog.js';
import type { Contents } from './contents.js';
import { machines } from './machines.js';
import { networks } from './networks.js';
import { placesOf, projectsOf } from './places.js';
import { switches } from './switches.js';
import { inParallel } from '../load.js';

/** Number of concurrent writes while seeding. */
const WRITERS = 256;

/** All documents of a fleet with this number of machines. `now` in milliseconds. */
export function fleet(count: number, now = Date.now()): Contents[] {
  const projects = projectsOf(count);
  const places = placesOf(count);
  return [...catalog(projects, now), ...networks(projects, now), switches(places, now), ...machines(places, now)];
}

/** Writes the fleet through the tables of a separate store. */
export async function seed(engine: Engine, all: readonly Contents[]): Promise<void> {
  const store = new Store(engine);
  const tables = all.map(({ documents, tableIn }) => ({ table: tableIn(store), documents }));
  await store.start();
  for (const { table, documents } of tables)
    await inParallel(WRITERS, documents, (document) => table.insert(document as never));
  await store.stop();
}

/** Milliseconds that a store needs to load the fleet: the lower bound for the start of a server. */
export async function timeToLoad(engine: Engine, all: readonly Contents[]): Promise<number> {
  const store = new Store(engine);
  for (const { tableIn } of all) tableIn(store);
  const before = performance.now();
  await store.start();
  const elapsed = performance.now() - before;
  await store.stop();
  return elapsed;
}

export const documentCount = (all: readonly Contents[]): number =>
  all.reduce((sum, { documents }) => sum + documents.length, 0);

/** Bytes of all documents as JSON. */
export const weight = (all: readonly Contents[]): number =>
  all.reduce((sum, { documents }) => sum + documents.reduce((part, one) => part + JSON.stringify(one).length, 0), 0);
