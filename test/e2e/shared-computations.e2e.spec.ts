import type { Response } from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { RequestCoalescer } from '../../src/shared/concurrency/request-coalescer.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { plantMachine } from '../support/machines.js';

type Asker = 'viewer' | 'editor' | 'admin';
const ASKERS: readonly Asker[] = ['viewer', 'editor', 'admin'];
const CALLS = 30;

let server: TestApp;

beforeAll(async () => {
  server = await startTestApp({ METAL_API_AUDITING_ENABLED: 'true' });
  for (const id of ['fra', 'muc'])
    await server.as('admin').put('/v1/partition').send({ id, bootconfig: {} }).expect(201);
  await server.as('admin').put('/v1/size').send({ id: 'small', constraints: [] }).expect(201);
  for (let n = 0; n < 20; n++)
    await plantMachine(server, `m${n}`, {
      machine: { partitionId: n % 2 ? 'fra' : 'muc', sizeId: 'small' },
      events: {},
    });
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => server.close());

const get = (path: string) => (asker: Asker) => server.as(asker).get(path);
const post = (path: string, body: object) => (asker: Asker) => server.as(asker).post(path).send(body);

/**
 * Holds computations back until all callers have asked. Returns how many ran: those who ask after one has begun get the
 * result of the next one.
 */
function held(): () => number {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its object below
  const { run } = RequestCoalescer.prototype;
  let [asked, computed] = [0, 0];
  vi.spyOn(RequestCoalescer.prototype, 'run').mockImplementation(function (
    this: RequestCoalescer<unknown>,
    question,
    compute,
  ) {
    asked++;
    return run.call(this, question, async () => {
      computed++;
      await eventually('all have asked', () => asked === CALLS);
      return compute();
    });
  });
  return () => computed;
}

/** Sends a request for every asker at once, in turn; returns the responses. */
const together = (ask: (asker: Asker) => PromiseLike<Response>): Promise<Response[]> =>
  Promise.all(Array.from({ length: CALLS }, async (_, n) => ask(ASKERS[n % ASKERS.length]!)));

describe('callers of all roles that ask at the same time', () => {
  it.each([
    ['the capacity', post('/v1/partition/capacity', {})],
    ['the capacity of a partition', post('/v1/partition/capacity', { id: 'fra' })],
    ['the capacity of a size', post('/v1/partition/capacity', { id: 'muc', sizeid: 'small' })],
    ['the capacity for legacy clients', get('/v1/partition/capacity')],
    ['a consistency check', get('/fsck')],
    ['all issues', post('/v1/machine/issues/evaluate', {})],
    ['severe issues of a partition', post('/v1/machine/issues/evaluate', { severity: 'major', partition_id: 'fra' })],
    ['the whole audit trail', post('/v1/audit/find', { limit: 50 })],
    ['audit entries of a path', post('/v1/audit/find', { path: '/v1/partition', limit: 10 })],
  ])('share %s', async (_, ask) => {
    const computations = held();
    const responses = await together(ask);
    expect(responses.map(({ status }) => status)).toEqual(Array<number>(CALLS).fill(200));
    expect(new Set(responses.map(({ text }) => text)).size).toBe(1);
    expect(computations()).toBe(2);
  });

  it('get their own results for different filters', async () => {
    const computations = held();
    const partitions = ['fra', 'muc'];
    const responses = await Promise.all(
      Array.from({ length: CALLS }, async (_, n) =>
        post('/v1/partition/capacity', { id: partitions[n % 2] })(ASKERS[n % ASKERS.length]!),
      ),
    );
    responses.forEach(({ body }, n) =>
      expect((body as { id: string }[]).map(({ id }) => id)).toEqual([partitions[n % 2]]),
    );
    expect(computations()).toBe(4);
  });

  it('do not share the refusal of a caller without a role', async () => {
    const asked = [get('/fsck')('viewer'), server.as('nobody').get('/fsck'), get('/fsck')('admin')];
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 403, 200]);
  });

  it('see what they wrote before they asked', async () => {
    const first = together(post('/v1/partition/capacity', {}));
    await plantMachine(server, 'late', { machine: { partitionId: 'fra', sizeId: 'small' }, events: {} });
    const { body } = await post('/v1/partition/capacity', { id: 'fra' })('viewer');
    expect((body as { servers: { total: number }[] }[])[0]!.servers[0]!.total).toBe(11);
    await first;
  });
});
