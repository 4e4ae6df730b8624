import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ipTable } from '../../src/modules/ip/ip.table.js';
import { AllocationService } from '../../src/modules/machine/allocation/allocation.service.js';
import type { AllocationRequest } from '../../src/modules/machine/allocation/request.js';
import { keyedRequestTable } from '../../src/platform/idempotency/keyed-request.table.js';
import { KeyedRequests } from '../../src/platform/idempotency/keyed-requests.service.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { AllocationSite } from '../support/allocation-site.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { override } from '../support/engines.js';
import { rethinkDatabase } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { leaks } from '../support/invariants.js';
import { ipBody, KEY, machineBody, networkBody, post, things } from '../support/keyed-requests.js';
import { tableOf } from '../support/machines.js';
import { rethinkdbAvailable } from '../support/rethinkdb.js';

const REPLAYED = 'idempotency-replayed';

const allocated = ({ machines }: AllocationSite) =>
  [...machines.list()].filter(({ allocation }) => allocation !== undefined).length;

/** A database whose writes into a table wait from a call of `hold` until the call of its result. */
function holding(table: string, database = new MemoryEngine()) {
  let gate: Promise<void> | undefined;
  let waiting = 0;
  const pass = async (name: string): Promise<void> => {
    if (name !== table || gate === undefined) return;
    waiting++;
    await gate;
  };
  const engine = override(database, {
    insert: async (name, content) => {
      await pass(name);
      return database.insert(name, content);
    },
    replace: async (name, content, revision) => {
      await pass(name);
      return database.replace(name, content, revision);
    },
  });
  const hold = (): (() => void) => {
    let release = (): void => undefined;
    gate = new Promise((resolve) => (release = resolve));
    return () => {
      gate = undefined;
      release();
    };
  };
  return { engine, hold, held: (): boolean => waiting > 0 };
}

describe('a request with an idempotency key', () => {
  let site: AllocationSite;
  let server: TestApp;
  beforeAll(async () => {
    site = await AllocationSite.start(8);
    server = site.server;
  });
  afterAll(() => server.close());

  const addresses = (): number => tableOf(server, ipTable).size;

  it('is executed once, and its repetitions have the same response', async () => {
    const key = randomUUID();
    const before = addresses();
    const first = await post(server, '/v1/ip/allocate', ipBody(site), key).expect(201);
    expect(first.headers[REPLAYED]).toBeUndefined();
    for (const spelling of [key, `"${key}"`, key]) {
      const again = await post(server, '/v1/ip/allocate', ipBody(site), spelling).expect(201);
      expect(again.text).toBe(first.text);
      expect(again.headers[REPLAYED]).toBe('true');
      expect(again.headers['content-type']).toBe(first.headers['content-type']);
    }
    expect(addresses()).toBe(before + 1);
  });

  it('is executed again with another key, by another caller, or without a key', async () => {
    const key = randomUUID();
    const before = addresses();
    await post(server, '/v1/ip/allocate', ipBody(site), key).expect(201);
    await post(server, '/v1/ip/allocate', ipBody(site)).expect(201);
    await server.as('admin').post('/v1/ip/allocate').set(KEY, key).send(ipBody(site)).expect(201);
    await server.as('editor').post('/v1/ip/allocate').send(ipBody(site)).expect(201);
    expect(addresses()).toBe(before + 4);
  });

  it.each([
    ['another body', '/v1/ip/allocate', { description: 'x' }],
    ['another path', '/v1/network/allocate', {}],
    ['another query', '/v1/ip/allocate?x=1', {}],
  ])('is refused for %s', async (_, path, more) => {
    const key = randomUUID();
    await post(server, '/v1/ip/allocate', ipBody(site), key).expect(201);
    const refused = await post(server, path, { ...ipBody(site), ...more }, key).expect(409);
    expect(errorOf(refused).message).toContain('was used for another request');
  });

  it.each(['', '""', 'two words', 'k'.repeat(129), 'a\\b'])('is refused with the key %j', async (key) => {
    const refused = await post(server, '/v1/ip/allocate', ipBody(site), key).expect(400);
    expect(errorOf(refused).message).toContain('expected 1 to 128 visible ASCII characters');
  });

  it('is authorized before its key is read, at each repetition', async () => {
    await server.as('viewer').post('/v1/ip/allocate').set(KEY, 'two words').send(ipBody(site)).expect(403);
    const key = randomUUID();
    await post(server, '/v1/ip/allocate', ipBody(site), key).expect(201);
    await server.as('viewer').post('/v1/ip/allocate').set(KEY, key).send(ipBody(site)).expect(403);
  });

  it('is executed again after a refusal, which changed nothing', async () => {
    const key = randomUUID();
    const image = { id: 'late-1.0.0', url: 'http://127.0.0.1/x', features: ['machine'] };
    const body = { id: image.id, description: 'changed' };
    await server.as('admin').post('/v1/image').set(KEY, key).send(body).expect(404);
    await server.as('admin').put('/v1/image').send(image);
    const { body: stored } = await server.as('viewer').get(`/v1/image/${image.id}`);
    const { status } = await server.as('admin').post('/v1/image').set(KEY, key).send(body);
    expect([status, stored.id ?? 'absent']).toEqual(stored.id === undefined ? [404, 'absent'] : [200, image.id]);
  });

  it('ignores the key where nothing is changed', async () => {
    await server.as('viewer').get('/v1/ip').set(KEY, 'two words').expect(200);
    await server.as('viewer').post('/v1/ip/find').set(KEY, 'two words').send({}).expect(200);
  });

  it('joins the first one while it is in progress', async () => {
    const key = randomUUID();
    const before = allocated(site);
    const responses = await Promise.all(
      Array.from({ length: 10 }, () => post(server, '/v1/machine/allocate', machineBody(site), key).expect(200)),
    );
    expect(new Set(responses.map(({ text }) => text)).size).toBe(1);
    expect(responses.filter(({ headers }) => headers[REPLAYED] === undefined)).toHaveLength(1);
    expect(allocated(site)).toBe(before + 1);
  });

  it('can delete and free: the repetition shows what was freed', async () => {
    const { body } = await post(server, '/v1/ip/allocate', ipBody(site)).expect(201);
    const key = randomUUID();
    const path = `/v1/ip/free/${body.ipaddress}`;
    const first = await server.as('editor').delete(path).set(KEY, key).expect(200);
    const again = await server.as('editor').delete(path).set(KEY, key).expect(200);
    expect(again.text).toBe(first.text);
    await server.as('editor').delete(path).set(KEY, randomUUID()).expect(404);
  });
});

describe('identical allocations without a key', () => {
  it('are one while the first is in progress, and another one afterwards', async () => {
    const site = await AllocationSite.start(8);
    const service = site.service(AllocationService);
    /** Number of machines that simultaneous requests get. */
    const machines = async (...requests: Partial<AllocationRequest>[]): Promise<number> => {
      const results = await Promise.all(requests.map((fields) => service.allocate(site.request(fields))));
      return new Set(results.map(({ id }) => id)).size;
    };
    expect(await machines({}, {}, {})).toBe(1);
    expect(await machines({})).toBe(1);
    expect(await machines({}, { tags: ['other'] })).toBe(2);
    expect(await machines({ name: '', hostname: '' }, { name: '', hostname: '' })).toBe(2);
    expect(allocated(site)).toBe(6);
    await site.server.close();
  });
});

describe('keys on several replicas', () => {
  const SHARED = { METAL_API_DB: 'rethinkdb', METAL_API_DATA_DIR: '/nonexistent' };

  it('are known to all replicas, during the request and after it', async () => {
    const database = new MemoryEngine();
    const { engine, hold } = holding('ip', database);
    const site = await AllocationSite.start(0, SHARED, { engine });
    const other = await startTestApp(SHARED, { engine: database });
    const release = hold();
    const key = randomUUID();
    const first = post(site.server, '/v1/ip/allocate', ipBody(site), key).then((response) => response);
    await eventually('the other replica knows the request', () => tableOf(other, keyedRequestTable).size === 1);
    const second = post(other, '/v1/ip/allocate', ipBody(site), key).then((response) => response);
    const wrong = await post(other, '/v1/ip/allocate', { ...ipBody(site), name: 'x' }, key);
    expect(wrong.status).toBe(409);
    release();
    expect((await second).text).toBe((await first).text);
    expect([(await first).headers[REPLAYED], (await second).headers[REPLAYED]]).toEqual([undefined, 'true']);
    expect(tableOf(other, ipTable).size).toBe(1);
    await Promise.all([site.server.close(), other.close()]);
  });

  it.each([
    ['a machine', 'machine', '/v1/machine/allocate', machineBody, 200],
    ['an address', 'ip', '/v1/ip/allocate', ipBody, 201],
    ['a network', 'network', '/v1/network/allocate', networkBody, 201],
  ] as const)(
    'are taken over from a replica that froze while it allocated %s',
    async (_, table, path, bodyOf, status) => {
      const settings = { ...SHARED, METAL_API_ALLOCATION_TIMEOUT: '1s' };
      const database = new MemoryEngine();
      const { engine, hold, held } = holding(table, database);
      const site = await AllocationSite.start(4, settings, { engine });
      const other = await startTestApp(settings, { engine: database });
      const before = things(other, path);
      const key = randomUUID();
      const release = hold();
      const frozen = post(site.server, path, bodyOf(site), key).then((response) => response.status);
      await eventually('the first replica writes', held);
      const { text } = await post(other, path, bodyOf(site), key).expect(status);
      release();
      expect(await frozen).toBe(503);
      expect((await post(other, path, bodyOf(site), key).expect(status)).text).toBe(text);
      expect(things(other, path)).toBe(before + 1);
      expect(leaks((definition) => tableOf(other, definition))).toEqual([]);
      await Promise.all([site.server.close(), other.close()]);
    },
  );

  it('outlive a restart, for 24 hours', async () => {
    const engine = new MemoryEngine();
    const site = await AllocationSite.start(0, {}, { engine });
    const key = randomUUID();
    const first = await post(site.server, '/v1/ip/allocate', ipBody(site), key).expect(201);
    await site.server.close();
    const restarted = await startTestApp({}, { engine });
    const again = await post(restarted, '/v1/ip/allocate', ipBody(site), key).expect(201);
    expect(again.text).toBe(first.text);
    await restarted.app.get(KeyedRequests, { strict: false }).prune();
    expect(tableOf(restarted, keyedRequestTable).size).toBe(1);
    const [record] = [...tableOf(restarted, keyedRequestTable).list()];
    const expires = '2020-01-01T00:00:00.000Z';
    await tableOf(restarted, keyedRequestTable).update(record!.id, (request) => ({ ...request, expires }));
    await restarted.app.get(KeyedRequests, { strict: false }).prune();
    expect(tableOf(restarted, keyedRequestTable).size).toBe(0);
    const anew = await post(restarted, '/v1/ip/allocate', ipBody(site), key).expect(201);
    expect(anew.body.ipaddress).not.toBe(first.body.ipaddress);
    await restarted.close();
  });
});

describe.skipIf(!rethinkdbAvailable('idempotency keys on RethinkDB'))('keys on RethinkDB', () => {
  it('are executed once, whichever replica the repetitions reach', async () => {
    const database = await rethinkDatabase();
    const settings = { ...database.variables, METAL_API_DATA_DIR: '/nonexistent' };
    const site = await AllocationSite.start(12, settings);
    const replicas = [site.server, await startTestApp(settings)] as const;
    const kinds = [
      ['/v1/machine/allocate', machineBody, 200],
      ['/v1/ip/allocate', ipBody, 201],
      ['/v1/network/allocate', networkBody, 201],
    ] as const;
    for (const [path, bodyOf, status] of kinds) {
      const before = things(site.server, path);
      const texts = await Promise.all(
        Array.from({ length: 24 }, async (_, index) => {
          const key = `${path}-${index % 6}`;
          const { text } = await post(replicas[index % 4 < 2 ? 0 : 1], path, bodyOf(site), key).expect(status);
          return text;
        }),
      );
      expect(new Set(texts).size).toBe(6);
      await eventually('the first replica has all', () => things(site.server, path) === before + 6);
    }
    expect(leaks((definition) => tableOf(site.server, definition))).toEqual([]);
    await Promise.all(replicas.map((replica) => replica.close()));
    await database.stop();
  });
});
