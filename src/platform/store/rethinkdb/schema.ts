import { setTimeout as pause } from 'node:timers/promises';
import { r, type Connection } from 'rethinkdb-ts';
import { backoff } from '../../../shared/async.js';
import { withDeadline } from './deadline.js';
import { isTransient } from './failures.js';
import { Lane, type Endpoint } from './lane.js';

/** The user that the server runs as: it may read and write documents, but not change tables (reference/40 §7.1). */
export const RUNTIME_USER = 'metal';

/** Creating a table takes the server a while, in milliseconds. */
const SCHEMA_MS = 30_000;

/** Within this time a client drops a table that it has created in vain, in milliseconds. */
const SETTLED_MS = 300;

/** How often tables are created anew that others have dropped. */
const ATTEMPTS = 20;

/** How to wait for a database that does not answer: until `abandon` says no; `waiting` hears why, now and then. */
export interface Patience {
  readonly abandon: () => boolean;
  readonly waiting: (error: unknown) => void;
}

/**
 * Makes sure that database and tables exist and are ready, and (unless we are that one already) that the runtime user
 * exists, with our own password. Several processes may do this at once.
 */
export const prepareSchema = (
  endpoint: Endpoint,
  database: string,
  tables: readonly string[],
  patience: Patience,
): Promise<void> => patiently(endpoint, (connection) => prepare(connection, endpoint, database, tables), patience);

/** Resolves when the database answers. */
export const awaitDatabase = (endpoint: Endpoint, patience: Patience): Promise<void> =>
  patiently(endpoint, async () => undefined, patience);

async function patiently(
  endpoint: Endpoint,
  task: (connection: Connection) => Promise<void>,
  { abandon, waiting }: Patience,
): Promise<void> {
  const lane = new Lane(endpoint);
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        return await task(await lane.open());
      } catch (error) {
        if (!isTransient(error) || abandon()) throw error;
        if (attempt % 10 === 0) waiting(error);
        await pause(backoff(attempt, 50, 3000)); // keeps a process alive that has nothing else to do
      }
    }
  } finally {
    lane.close();
  }
}

type Run = <T>(query: { run(connection: Connection): Promise<T> }) => Promise<T>;

async function prepare(
  connection: Connection,
  endpoint: Endpoint,
  database: string,
  tables: readonly string[],
): Promise<void> {
  const run: Run = (query) => withDeadline(query.run(connection), SCHEMA_MS);
  const databases: string[] = await run(r.dbList());
  if (!databases.includes(database)) await run(r.dbCreate(database)).catch(unlessItExists);
  if ((await missing(run, database, tables)).length > 0) await createTables(run, database, tables);
  if (tables.length > 0) await run(r.db(database).wait());
  if (endpoint.user !== RUNTIME_USER) await grantRuntimeUser(run, endpoint.password, database);
}

/** A table that is there may be about to be dropped by a client that has created it at the same time as another one. */
async function createTables(run: Run, database: string, tables: readonly string[]): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS && !(await isComplete(run, database, tables)); attempt++) {
    await Promise.all((await missing(run, database, tables)).map((table) => createTable(run, database, table)));
    await pause(SETTLED_MS);
  }
}

/** Whether each table is there, and once. */
async function isComplete(run: Run, database: string, tables: readonly string[]): Promise<boolean> {
  const configurations = r.db('rethinkdb').table('table_config').filter({ db: database });
  const existing: string[] = await run(configurations.map((table) => table('name')).coerceTo('array'));
  return tables.every((table) => existing.filter((name) => name === table).length === 1);
}

async function missing(run: Run, database: string, tables: readonly string[]): Promise<readonly string[]> {
  const existing: string[] = await run(r.db(database).tableList());
  return tables.filter((table) => !existing.includes(table));
}

/**
 * The server does not keep two clients from creating the same table at once: then there are two, and neither can be
 * used. Who sees that after creating one drops its own, and only that, and begins again: a table that somebody found to
 * be the only one is never dropped.
 */
async function createTable(run: Run, database: string, table: string): Promise<void> {
  for (let attempt = 5; (await missing(run, database, [table])).length > 0; attempt++) {
    const created = await run(r.db(database).tableCreate(table)).catch(unlessItExists);
    const mine = created?.config_changes[0]?.new_val?.id;
    const configurations = r.db('rethinkdb').table('table_config');
    const count: number = await run(configurations.filter({ db: database, name: table }).count());
    if (count <= 1 || mine === undefined) continue;
    await run(configurations.get(mine).delete());
    await pause(backoff(attempt, 10, 2000));
  }
}

async function grantRuntimeUser(run: Run, password: string, database: string): Promise<void> {
  const user = { id: RUNTIME_USER, password: password === '' ? false : password };
  await run(r.db('rethinkdb').table('users').insert(user, { conflict: 'update' }));
  await run(r.db(database).grant(RUNTIME_USER, { read: true, write: true }));
  await run(r.db('rethinkdb').grant(RUNTIME_USER, { read: true }));
}

function unlessItExists(error: unknown): undefined {
  if (!(error instanceof Error && /already exists/.test(error.message))) throw error;
  return undefined;
}
