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

/**
 * Makes sure that database and tables exist and are ready, and (unless we are that one already) that the runtime user
 * exists, with our own password. Waits for the database until `abandon` says no; `waiting` hears why, now and then.
 * Several processes may do this at once.
 */
export async function prepareSchema(
  endpoint: Endpoint,
  database: string,
  tables: readonly string[],
  patience: { readonly abandon: () => boolean; readonly waiting: (error: unknown) => void },
): Promise<void> {
  const lane = new Lane(endpoint);
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        return await prepare(await lane.open(), endpoint, database, tables);
      } catch (error) {
        if (!isTransient(error) || patience.abandon()) throw error;
        if (attempt % 10 === 0) patience.waiting(error);
        await pause(backoff(attempt, 50, 3000)); // keeps a process alive that has nothing else to do
      }
    }
  } finally {
    lane.close();
  }
}

async function prepare(
  connection: Connection,
  endpoint: Endpoint,
  database: string,
  tables: readonly string[],
): Promise<void> {
  const run = <T>(query: { run(connection: Connection): Promise<T> }): Promise<T> =>
    withDeadline(query.run(connection), SCHEMA_MS);
  const databases: string[] = await run(r.dbList());
  if (!databases.includes(database)) await run(r.dbCreate(database)).catch(unlessItExists);
  const existing: string[] = await run(r.db(database).tableList());
  const missing = tables.filter((table) => !existing.includes(table));
  await Promise.all(missing.map((table) => run(r.db(database).tableCreate(table)).catch(unlessItExists)));
  if (tables.length > 0) await run(r.db(database).wait());
  if (endpoint.user !== RUNTIME_USER) await grantRuntimeUser(run, endpoint.password, database);
}

async function grantRuntimeUser(
  run: <T>(query: { run(connection: Connection): Promise<T> }) => Promise<T>,
  password: string,
  database: string,
): Promise<void> {
  const user = { id: RUNTIME_USER, password: password === '' ? false : password };
  await run(r.db('rethinkdb').table('users').insert(user, { conflict: 'update' }));
  await run(r.db(database).grant(RUNTIME_USER, { read: true, write: true }));
  await run(r.db('rethinkdb').grant(RUNTIME_USER, { read: true }));
}

function unlessItExists(error: unknown): void {
  if (!(error instanceof Error && /already exists/.test(error.message))) throw error;
}
