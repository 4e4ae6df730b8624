import { r, type RDatum } from 'rethinkdb-ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RethinkEngine } from '../../src/platform/store/rethinkdb/rethinkdb-engine.js';
import { Store } from '../../src/platform/store/store.js';
import type { Table } from '../../src/platform/store/table.js';
import { eventually } from '../support/eventually.js';
import { RethinkServer, rethinkdbAvailable } from '../support/rethinkdb.js';
import { boxes, type Box } from '../support/store-box.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

describe.skipIf(!rethinkdbAvailable('store on a bad network to RethinkDB'))('unreliable network', () => {
  let server: RethinkServer;
  let wire: TcpProxy;
  let database: string;
  /** `far` connects to the database through the unreliable network, `near` directly. */
  let far: { readonly store: Store; readonly table: Table<Box> };
  let near: typeof far;

  const load = async (options: ReturnType<RethinkServer['options']>): Promise<typeof far> => {
    const store = new Store(new RethinkEngine(options), { report: () => undefined });
    const table = store.table(boxes);
    await store.start();
    return { store, table };
  };

  /** Loses only responses, not connection attempts: the connections are opened before. */
  const loseAnswers = async (): Promise<void> => {
    await Promise.all(many(8, () => far.table.readFresh('missing')));
    wire.swallowAnswers(true);
  };

  const rewrite = async (id: string, times: number): Promise<void> => {
    for (let i = 0; i < times; i++) await near.table.upsert(id, (box) => ({ ...box, id, count: i, owner: 'near' }));
  };
  /** Makes all writes of a row so far one hour older. */
  const age = async (id: string): Promise<void> => {
    const connection = await r.connect({ host: server.host, port: server.port, silent: true });
    const older = (row: RDatum) => ({ $times: row('$times').map((time: RDatum<number>) => time.sub(3600)) });
    await r.db(database).table('box').get(id).update(older).run(connection);
    await connection.close();
  };
  const recycle = async (id: string, times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      await near.table.insert({ id, count: i });
      await near.table.remove(id);
    }
  };

  beforeAll(async () => void (server = await RethinkServer.start()));
  afterAll(() => server.stop());
  beforeEach(async () => {
    wire = await TcpProxy.start(server);
    const options = server.options();
    database = options.database;
    near = await load(options);
    far = await load({ ...options, host: '127.0.0.1', port: wire.port });
  });
  afterEach(async () => {
    await far.store.stop();
    await near.store.stop();
    await wire.stop();
  });

  it('becomes unready if a feed is cut, then recovers completely and reports a reset', async () => {
    await Promise.all(many(20, (i) => near.table.insert({ id: `b${i}`, count: i })));
    await eventually('loaded', () => far.table.size === 20);
    const heard: string[] = [];
    far.table.watch((change) => heard.push(change.type === 'reset' ? 'reset' : `${change.type} ${change.id}`));
    wire.refuse(true);
    wire.cut();
    await eventually('noticed', () => !far.store.ready);
    await near.table.update('b1', (box) => ({ ...box, count: -1 }));
    await near.table.remove('b2');
    await near.table.insert({ id: 'new', count: 1 });
    await near.table.remove('b3');
    await near.table.insert({ id: 'b3', count: 33 });
    expect(far.table.get('b2')).toBeDefined();
    wire.refuse(false);
    await eventually('ready again', () => far.store.ready);
    expect(heard.pop()).toBe('reset');
    expect(heard.sort()).toEqual(['put b1', 'put b3', 'put new', 'removed b2']);
    expect(new Map([...far.table.list()].map((b) => [b.id, b]))).toEqual(
      new Map([...near.table.list()].map((b) => [b.id, b])),
    );
    expect(far.table.get('b3')).toEqual({ id: 'b3', count: 33, revision: 3 });
  });

  it('applies a write once and returns the correct result if the response is lost', async () => {
    for (let round = 0; round < 5; round++) {
      const id = `b${round}`;
      await loseAnswers();
      const insert = far.table.insert({ id, count: 1 });
      await eventually('the server has it', () => near.table.get(id) !== undefined);
      wire.swallowAnswers(false);
      wire.cut();
      expect(await insert).toEqual({ id, count: 1, revision: 1 });

      await loseAnswers();
      const update = far.table.update(id, (box) => ({ ...box, count: box.count + 1 }));
      await eventually('the server has it', () => near.table.get(id)?.count === 2);
      wire.swallowAnswers(false);
      wire.cut();
      expect(await update).toEqual({ id, count: 2, revision: 2 });

      await loseAnswers();
      const touch = far.table.patchUnchecked([{ id, owner: 'me' }]);
      await eventually('the server has it', () => near.table.get(id)?.owner === 'me');
      wire.swallowAnswers(false);
      wire.cut();
      await touch;
      expect(far.table.get(id)).toEqual({ id, count: 2, owner: 'me', revision: 3 });
    }
    expect([...near.table.list()].every((box) => box.revision === 3)).toBe(true);
  });

  it('returns the removed document if the response is lost', async () => {
    const box = await far.table.insert({ id: 'a', count: 1 });
    await eventually('near has it', () => near.table.size === 1);
    wire.delayAnswers(100);
    const remove = far.table.remove('a', box.revision);
    await eventually('the server has it', () => near.table.size === 0);
    wire.cut();
    wire.delayAnswers(0);
    expect(await remove).toEqual(box);
    expect((await far.table.insert({ id: 'a', count: 2 })).revision).toBe(3);
  });

  it('returns the correct result if the response is lost after others have overwritten the document', async () => {
    await far.table.insert({ id: 'a', count: 0 });
    await eventually('near has it', () => near.table.size === 1);
    await loseAnswers();
    const mine = far.table.replace({ id: 'a', count: 1, owner: 'far' }, 1);
    await eventually('the server has it', () => near.table.get('a')?.owner === 'far');
    await near.table.update('a', (box) => ({ ...box, count: 2, owner: 'near' }));
    await near.table.update('a', (box) => ({ ...box, count: 3 }));
    wire.swallowAnswers(false);
    wire.cut();
    expect(await mine).toEqual({ id: 'a', count: 1, owner: 'far', revision: 2 });
    await eventually('far follows', () => far.table.get('a')?.count === 3);
  });

  it('reports that the outcome of a write is unknown', async () => {
    await far.table.insert({ id: 'a', count: 0 });
    await eventually('near has it', () => near.table.size === 1);
    await loseAnswers();
    const mine = far.table.replace({ id: 'a', count: 1, owner: 'far' }, 1).catch((error: unknown) => error);
    await eventually('the server has it', () => near.table.get('a')?.owner === 'far');
    for (let i = 0; i < 10; i++) await near.table.update('a', (box) => ({ ...box, count: 10 + i, owner: 'near' }));
    wire.swallowAnswers(false);
    wire.cut();
    expect(await mine).toMatchObject({ kind: 'unavailable' });
  });

  it.each([
    ['a document of many writes', async (id: string) => void (await rewrite(id, 20))],
    ['an id that was inserted and removed many times', async (id: string) => recycle(id, 9)],
    ['an id that was inserted and removed once', async (id: string) => recycle(id, 1)],
    ['an id with exactly as many writes as a row records', async (id: string) => recycle(id, 4)],
    ['a document that another process changes concurrently', async (id: string) => void (await rewrite(id, 12))],
  ])('correctly refuses an insert against %s if the response is lost', async (_, prepare) => {
    await prepare('a');
    await age('a'); // earlier writes must not make the outcome uncertain
    await loseAnswers();
    const first = near.table.get('a');
    if (first === undefined) await near.table.insert({ id: 'a', count: 0, owner: 'near' });
    else await near.table.update('a', (box) => ({ ...box, owner: 'near' }));
    const mine = far.table.insert({ id: 'a', count: 1, owner: 'far' }).catch((error: unknown) => error);
    await pause(100);
    wire.swallowAnswers(false);
    wire.cut();
    expect(await mine).toMatchObject({ kind: 'already-exists' });
    expect((await near.table.readFresh('a'))?.owner).toBe('near');
  });

  it('reports that the outcome of an insert is unknown after more writes than a row records', async () => {
    await recycle('a', 9);
    await loseAnswers();
    const mine = far.table.insert({ id: 'a', count: 1, owner: 'far' }).catch((error: unknown) => error);
    await eventually('the server has it', () => near.table.get('a')?.owner === 'far');
    await rewrite('a', 10);
    wire.swallowAnswers(false);
    wire.cut();
    expect(await mine).toMatchObject({ kind: 'unavailable' });
  });

  it('does not let the loser of a race win if responses are lost', async () => {
    await loseAnswers();
    await near.table.insert({ id: 'a', count: 0, owner: 'near' });
    const mine = far.table.insert({ id: 'a', count: 1, owner: 'far' }).catch((error: unknown) => error);
    await pause(100);
    wire.swallowAnswers(false);
    wire.cut();
    expect(await mine).toMatchObject({ kind: 'already-exists' });
    expect(far.table.get('a')?.owner).toBe('near');
  });

  it('counts each of 100 additions exactly once despite repeatedly cut connections', async () => {
    await far.table.insert({ id: 'a', count: 0 });
    let done = false;
    const cutting = (async () => {
      while (!done) {
        await pause(20 + Math.random() * 60);
        wire.cut();
      }
    })();
    const add = () => far.table.update('a', (box) => ({ ...box, count: box.count + 1 }));
    for (let i = 0; i < 100; i += 5) await Promise.all(many(5, add));
    done = true;
    await cutting;
    await eventually('near has all', () => near.table.get('a')?.count === 100);
    expect((await near.table.readFresh('a'))?.revision).toBe(101);
    await eventually('ready in the end', () => far.store.ready);
    expect(far.table.get('a')).toEqual(near.table.get('a'));
  });

  it('detects a silently dead connection and restarts the feed', { timeout: 60_000 }, async () => {
    await near.table.insert({ id: 'a', count: 1 });
    await eventually('loaded', () => far.table.size === 1);
    await loseAnswers();
    await near.table.insert({ id: 'b', count: 1 });
    await eventually('noticed', () => !far.store.ready);
    wire.swallowAnswers(false);
    await eventually('ready again', () => far.store.ready);
    expect(far.table.get('b')).toBeDefined();
  });
});
