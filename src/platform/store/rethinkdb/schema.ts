import type { Connection } from 'rethinkdb-ts';
import { Backoff, retry } from '../../../shared/concurrency/backoff.js';
import { sleep } from '../../../shared/concurrency/timers.js';
import { withDatabaseDeadline } from './deadline.js';
import { explainFailure, isTransient } from './failures.js';
import { PooledConnection, type DatabaseEndpoint } from './pooled-connection.js';
import type { Query } from './query.js';
import { r } from './reql.js';

/**
 * The database user of running servers: it may read and write documents, but not change tables
 * (docs/reference/process.md#tables).
 */
export const RUNTIME_USER = 'metal';

/** Timeout of schema changes, in milliseconds: creating a table takes the server a while. */
const SCHEMA_MS = 30_000;

/** Within this time, clients drop tables that they have created as duplicates, in milliseconds. */
const SETTLED_MS = 300;

/** How often to re-create tables that other clients have dropped. */
const ATTEMPTS = 20;

/**
 * How to wait for a database that does not respond: until `abandoned` is aborted, whose reason the wait then rejects with;
 * `waiting` is called with the reason.
 */
export interface WaitPolicy {
  readonly abandoned: AbortSignal;
  readonly waiting: (error: unknown) => void;
}

/**
 * Ensures that the database and tables exist and are ready, and (unless connected as that user) that the runtime user
 * exists and has this user's password. Safe to run in several processes concurrently.
 */
export const prepareSchema = (
  endpoint: DatabaseEndpoint,
  database: string,
  tables: readonly string[],
  policy: WaitPolicy,
): Promise<void> => patiently(endpoint, (connection) => prepare(connection, endpoint, database, tables), policy);

/** Resolves when the database responds. */
export const awaitDatabase = (endpoint: DatabaseEndpoint, policy: WaitPolicy): Promise<void> =>
  patiently(endpoint, async () => undefined, policy);

async function patiently(
  endpoint: DatabaseEndpoint,
  task: (connection: Connection) => Promise<void>,
  { abandoned, waiting }: WaitPolicy,
): Promise<void> {
  const pooledConnection = new PooledConnection(endpoint);
  try {
    return await retry(async () => task(await pooledConnection.open()), {
      base: 50,
      cap: 3000,
      keepsAlive: true, // even if the process has nothing else to do
      signal: abandoned,
      isRetryable: (error, attempt) => {
        if (!isTransient(error) || abandoned.aborted) return false;
        if (attempt % 10 === 1) waiting(error);
        return true;
      },
    });
  } catch (error) {
    throw explainFailure(error, endpoint);
  } finally {
    pooledConnection.close();
  }
}

type Run = <T>(query: Query<T>) => Promise<T>;

async function prepare(
  connection: Connection,
  endpoint: DatabaseEndpoint,
  database: string,
  tables: readonly string[],
): Promise<void> {
  const run: Run = (query) => withDatabaseDeadline(query.run(connection), SCHEMA_MS);
  const databases = await run(r.dbList());
  if (!databases.includes(database)) await run(r.dbCreate(database)).catch(unlessItExists);
  if ((await missing(run, database, tables)).length > 0) await createTables(run, database, tables);
  if (tables.length > 0) await run(r.db(database).wait());
  if (endpoint.user !== RUNTIME_USER) await grantRuntimeUser(run, endpoint.password, database);
}

/**
 * An existing table may be about to be dropped by a client that created it concurrently with another one, so tables are not
 * trusted before they have settled, even if another client has created all of them.
 */
async function createTables(run: Run, database: string, tables: readonly string[]): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await Promise.all((await missing(run, database, tables)).map((table) => createTable(run, database, table)));
    await sleep(SETTLED_MS, { keepsAlive: true });
    if (await isComplete(run, database, tables)) return;
  }
}

/** Whether each table exists exactly once. */
async function isComplete(run: Run, database: string, tables: readonly string[]): Promise<boolean> {
  const configurations = r.db('rethinkdb').table('table_config').filter({ db: database });
  const existing = await run(configurations.getField<string>('name').coerceTo('array'));
  return tables.every((table) => existing.filter((name) => name === table).length === 1);
}

async function missing(run: Run, database: string, tables: readonly string[]): Promise<readonly string[]> {
  const existing = await run(r.db(database).tableList());
  return tables.filter((table) => !existing.includes(table));
}

/**
 * The server allows two clients to create the same table concurrently; then there are two, and neither is usable. A
 * client that finds a duplicate after creating a table drops its own, and only that, and retries: a table that a client
 * has found to be unique is never dropped.
 */
async function createTable(run: Run, database: string, table: string): Promise<void> {
  const backoff = new Backoff({ base: 320, cap: 2000 });
  while ((await missing(run, database, [table])).length > 0) {
    const created = await run(r.db(database).tableCreate(table)).catch(unlessItExists);
    const mine = created?.config_changes[0]?.new_val?.id;
    if (mine === undefined) continue;
    const configurations = r.db('rethinkdb').table('table_config');
    const isDuplicate = configurations.filter({ db: database, name: table }).count().gt(1);
    // One query: between two, another client could find the table to be unique.
    const dropped = await run(r.branch(isDuplicate, configurations.get(mine).delete(), null));
    if (dropped !== null) await backoff.wait({ keepsAlive: true });
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
