import { r } from 'rethinkdb-ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RethinkEngine, type RethinkOptions } from '../../src/platform/store/rethinkdb/rethinkdb-engine.js';
import { Store } from '../../src/platform/store/store.js';
import type { Table } from '../../src/platform/store/table.js';
import { isDomainError } from '../../src/shared/errors/domain-error.js';
import { eventually } from '../support/eventually.js';
import { RethinkServer, rethinkdbKillable } from '../support/rethinkdb.js';
import { boxes, type Box } from '../support/store-box.js';

interface Process {
  readonly store: Store;
  readonly table: Table<Box>;
  readonly said: string[];
}

const PATIENCE = 60_000;
const refused = (error: unknown): string =>
  isDomainError(error, 'unavailable') ? error.message : `not refused: ${String(error)}`;
const goneBack = ({ said }: Process): number => said.filter((line) => line.includes('gone back in time')).length;
const contentOf = ({ table }: Process): string[] => [...table.list()].map(({ id, count }) => `${id}=${count}`).sort();

describe.skipIf(!rethinkdbKillable('a RethinkDB that goes back in time'))('a RethinkDB that goes back in time', () => {
  let server: RethinkServer;
  let options: RethinkOptions;
  let running: Process[];
  let elsewhere = false;

  const start = async (): Promise<Process> => {
    const said: string[] = [];
    const report = (message: string): void => void said.push(message);
    const store = new Store(new RethinkEngine({ ...options, report }), { report });
    const table = store.table(boxes);
    await store.start();
    running.push({ store, table, said });
    return { store, table, said };
  };
  const unready = ({ store }: Process) => eventually('noticed', () => !store.ready, PATIENCE);
  const ready = ({ store }: Process) => eventually('ready again', () => store.ready, PATIENCE);

  beforeAll(async () => void (server = await RethinkServer.start()));
  afterAll(() => server.stop());
  beforeEach(() => {
    options = server.options();
    running = [];
  });
  afterEach(async () => {
    for (const { store } of running) await store.stop();
    if (elsewhere) await restart();
  });

  /** Starts the server on its own folder, or on another one for the rest of the test. */
  const up = async (folder?: string): Promise<void> => {
    elsewhere = folder !== undefined;
    await server.up(folder);
  };
  const restart = async (folder?: string): Promise<void> => {
    await server.kill();
    await up(folder);
  };

  const fill = async ({ table }: Process): Promise<void> => {
    await Promise.all(Array.from({ length: 50 }, (_, i) => table.insert({ id: `b${i}`, count: 0 })));
    for (let i = 0; i < 20; i += 1) await table.update(`b${i}`, (box) => ({ ...box, count: 1 }));
    for (let i = 40; i < 50; i += 1) await table.remove(`b${i}`);
  };

  it('is rejected with a reason on an empty folder, without changing it, and accepted on its own', async () => {
    const [a, b] = [await start(), await start()];
    await fill(a);
    await eventually('b has all', () => contentOf(b).join() === contentOf(a).join());
    const before = contentOf(a);
    await restart('empty');
    await unready(a);
    await eventually('it is reported', () => a.said.some((line) => /is empty|refuses user/.test(line)));
    const problem = expect.stringMatching(/refuses user "metal".*metal-api migrate|is empty/);
    expect(await a.table.insert({ id: 'new', count: 1 }).catch(refused)).toEqual(problem);
    expect(await a.table.update('b1', (box) => ({ ...box, count: 9 })).catch(refused)).toEqual(problem);
    expect(await a.table.readFresh('b1').catch(refused)).toEqual(problem);
    expect(await a.store.health().catch(refused)).toEqual(problem);
    expect(contentOf(a)).toEqual(before);
    await restart();
    for (const one of [a, b]) {
      await ready(one);
      expect(contentOf(one)).toEqual(before);
    }
    await a.table.update('b1', (box) => ({ ...box, count: 7 }));
    await eventually('b follows', () => b.table.get('b1')?.count === 7);
    expect(a.said.filter((line) => line.includes('connection lost')).length).toBeLessThanOrEqual(2);
    expect(a.said.at(-1)).toContain('restored');
  });

  it('is rejected as another installation if another server has set up an empty folder', async () => {
    const a = await start();
    await fill(a);
    const before = contentOf(a);
    const { uuid } = a.store.installation;
    await restart('set-up-by-mistake');
    await unready(a);
    const stray = await start();
    expect(stray.store.installation.uuid).not.toBe(uuid);
    expect(contentOf(stray)).toEqual([]);
    await stray.table.insert({ id: 'stray', count: 1 });
    await eventually('it is reported', () => a.said.some((line) => line.includes('another installation')), PATIENCE);
    expect(await a.table.upsert('b1', (box) => ({ ...box!, count: 9 })).catch(refused)).toContain(uuid);
    expect(a.store.ready).toBe(false);
    await restart();
    for (const one of [a, stray]) {
      await ready(one);
      expect(contentOf(one)).toEqual(before);
      expect(one.store.installation.uuid).toBe(uuid);
    }
    await stray.table.update('b1', (box) => ({ ...box, count: 8 }));
    await eventually('a follows', () => a.table.get('b1')?.count === 8);
    await a.table.insert({ id: 'stray', count: 2 });
    await eventually('the stray server follows', () => stray.table.get('stray')?.count === 2);
  });

  it('is detected once when restored from an older copy, then reloaded and written to', async () => {
    const [a, b] = [await start(), await start()];
    await fill(a);
    await eventually('b has all', () => contentOf(b).join() === contentOf(a).join());
    const before = contentOf(a);
    await server.kill();
    server.save('backup');
    await up();
    for (const one of [a, b]) await ready(one);
    for (let i = 0; i < 5; i += 1) await a.table.update('b1', (box) => ({ ...box, count: 100 + i }));
    await a.table.insert({ id: 'later', count: 1 });
    await a.table.remove('b2');
    await a.table.insert({ id: 'b45', count: 5 });
    await eventually('b has all', () => contentOf(b).join() === contentOf(a).join());
    await server.kill();
    const writes = [a, b].map(({ table }) =>
      table.update('b3', (box) => ({ ...box, count: box.count + 1 })).catch(refused),
    );
    await up('backup');
    await Promise.all(writes);
    // The first one to notice raises the epoch; the other one, which need not miss a write of its own, sees that a moment later.
    for (const one of [a, b]) await eventually('noticed', () => goneBack(one) > 0, PATIENCE);
    for (const one of [a, b]) {
      await ready(one);
      expect(goneBack(one)).toBe(1);
      expect(one.store.installation.identity.epoch).toBe(2);
    }
    expect(contentOf(a).filter((text) => !text.startsWith('b3='))).toEqual(
      before.filter((text) => !text.startsWith('b3=')),
    );
    expect(contentOf(b)).toEqual(contentOf(a));
    const changed = await b.table.update('b1', (box) => ({ ...box, count: box.count + 1 }));
    expect(changed).toMatchObject({ count: 2, revision: 3 });
    await b.table.insert({ id: 'later', count: 2 });
    expect((await a.table.insert({ id: 'b45', count: 6 })).revision).toBe(3);
    await eventually('a follows', () => a.table.get('later')?.count === 2 && a.table.get('b1')?.count === 2);
  });

  it('loses nothing when suspended for longer than its connection timeouts', async () => {
    const [a, b] = [await start(), await start()];
    await fill(a);
    server.freeze();
    await unready(a);
    server.thaw();
    for (const one of [a, b]) await ready(one);
    expect(contentOf(b)).toEqual(contentOf(a));
    expect(goneBack(a)).toBe(0);
    expect(a.store.installation.identity.epoch).toBe(1);
  });

  it('is not considered restored after repeated restarts under load', async () => {
    const a = await start();
    await a.table.insert({ id: 'total', count: 0 });
    for (let round = 1; round <= 3; round += 1) {
      const add = a.table.update('total', (box) => ({ ...box, count: box.count + 1 }));
      await restart();
      await add;
      await ready(a);
    }
    expect(a.table.get('total')?.count).toBe(3);
    expect(goneBack(a)).toBe(0);
  });

  it('is unhealthy while the runtime user may not write, and healthy again afterwards', async () => {
    const { store } = await start();
    const connection = await r.connect({ host: server.host, port: server.port, silent: true });
    const allow = (write: boolean) => r.db(options.database).grant('metal', { write }).run(connection);
    const health = () => store.health().then(() => 'healthy', String);
    expect(await health()).toBe('healthy');
    await allow(false);
    await eventually('it is noticed', async () => /denies user "metal"/.test(await health()));
    await allow(true);
    await eventually('it is over', async () => (await health()) === 'healthy');
    await connection.close();
  });

  describe('reports the reason when refused because of', () => {
    const other = (more: Partial<RethinkOptions>) => new RethinkEngine({ ...options, ...more });
    const reasonFor = async (engine: RethinkEngine, table = 'box'): Promise<string> => {
      const reason = await engine.insert(table, { id: 'a' }).then(() => 'not refused', refused);
      await engine.close();
      return reason;
    };

    it.each<[string, () => RethinkEngine, string, RegExp]>([
      [
        'an unknown user',
        () => other({ inspect: true, user: 'stranger' }),
        'box',
        /refuses user "stranger" \(Unknown user\)/,
      ],
      [
        'a wrong password',
        () => other({ inspect: true, password: 'wrong' }),
        'box',
        /"admin" \(Wrong password\).*_PASSWORD/,
      ],
      ['a wrong password of the runtime user', () => other({ password: 'wrong' }), 'box', /"metal" \(Wrong password\)/],
      ['a missing table', () => other({}), 'fox', /never set up .*fox.*"metal-api migrate"/],
      ['a missing database', () => other({ inspect: true, database: 'none' }), 'box', /never set up .*none/],
      [
        'a missing permission',
        () => other({ database: 'rethinkdb' }),
        'users',
        /denies user "metal" a required permission/,
      ],
    ])('%s', async (_, engine, table, reason) => {
      await start();
      expect(await reasonFor(engine(), table)).toMatch(reason);
    });
  });
});
