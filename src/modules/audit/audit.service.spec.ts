import { describe, expect, it, vi } from 'vitest';
import { testConfig } from '../../../test/support/app.js';
import { decodeBody } from '../../platform/http/wire/decode.js';
import { fieldsOf } from '../../platform/http/wire/field.js';
import { EngineAppendLog } from '../../platform/store/engine-append-log.js';
import { MemoryEngine } from '../../platform/store/memory/memory-engine.js';
import { ManualClock } from '../../shared/clock.js';
import { LoopSlicer } from '../../shared/event-loop.js';
import { MemoryLogger } from '../../shared/app-logger.js';
import { addressOf, COMPONENT } from './audit.js';
import type { AuditedCall, Trace } from './audit.js';
import { AuditFindRequest } from './audit.dto.js';
import { AuditService } from './audit.service.js';

const HOUR = 3600_000;

const call = (rqid: string, more: Partial<AuditedCall> = {}): AuditedCall => ({
  component: COMPONENT,
  rqid,
  type: 'http',
  detail: 'POST',
  path: '/v1/machine/allocate',
  forwardedFor: '',
  remoteAddr: '127.0.0.1:4711',
  user: 'me@example.org',
  tenant: 't',
  project: 'p1',
  ...more,
});

async function auditing(variables: Record<string, string> = {}) {
  const engine = new MemoryEngine();
  await engine.open();
  const trail = new EngineAppendLog<Trace>(engine, { name: 'audit' });
  const clock = new ManualClock();
  const log = new MemoryLogger();
  const config = testConfig({ METAL_API_AUDITING_ENABLED: 'true', ...variables });
  return { audit: new AuditService(trail, config, clock, log), trail, clock, log };
}

const ANY = { equal: {}, contained: {} };
const rqids = (traces: readonly Trace[]): string[] => traces.map(({ rqid }) => rqid);

describe('the audit trail', () => {
  it('returns lines ordered by time; defaults to the last day, and limits to the newest lines', async () => {
    const { audit, clock } = await auditing();
    for (const rqid of ['a', 'b', 'c', 'd']) {
      await audit.recordRequest(call(rqid));
      clock.advance(10 * HOUR);
    }
    expect(rqids(await audit.find(ANY))).toEqual(['c', 'd']);
    expect(rqids(await audit.find({ ...ANY, from: '2026-01-01T00:00:00.000Z' }))).toEqual(['a', 'b', 'c', 'd']);
    const range = { from: '2026-01-01T10:00:00.000Z', to: '2026-01-01T20:00:00.000Z' };
    expect(rqids(await audit.find({ ...ANY, ...range }))).toEqual(['b', 'c']);
    expect(rqids(await audit.find({ ...ANY, from: '2026-01-01T00:00:00.000Z', limit: 2 }))).toEqual(['c', 'd']);
    await expect(audit.find({ ...ANY, limit: -1 })).rejects.toMatchObject({ kind: 'malformed' });
  });

  it('compares some fields exactly and searches within others', async () => {
    const { audit } = await auditing();
    await audit.recordRequest(call('a'), '{"name":"needle"}');
    audit.recordResponse(call('a'), { statusCode: 404, body: 'null', error: '"no size"' });
    await audit.recordRequest(
      call('b', { type: 'grpc', user: 'you@example.org', path: '/api.v1.BootService/Register' }),
    );
    const found = async (equal: object, contained: object) =>
      (await audit.find({ equal, contained })).map(({ rqid, phase }) => `${rqid} ${phase}`);
    expect(await found({}, { body: 'needle' })).toEqual(['a request']);
    expect(await found({ statusCode: 404 }, {})).toEqual(['a response']);
    expect(await found({ user: 'me@example.org', phase: 'request' }, {})).toEqual(['a request']);
    expect(await found({ user: 'me' }, {})).toEqual([]);
    expect(await found({}, { path: 'Boot', remoteAddr: '4711' })).toEqual(['b request']);
    expect(await found({}, { error: 'no size' })).toEqual(['a response']);
    expect(await found({ type: 'grpc' }, { path: 'allocate' })).toEqual([]);
  });

  it('pauses after each line whose comparison takes long', async () => {
    const { audit } = await auditing();
    for (let n = 0; n < 10; n++) await audit.recordRequest(call(`r${n}`), '"needle"');
    const pauses = vi.spyOn(LoopSlicer.prototype, 'pause');
    let now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 11));
    try {
      expect(await audit.find({ equal: {}, contained: { body: 'needle' } })).toHaveLength(10);
      expect(pauses).toHaveBeenCalledTimes(10);
    } finally {
      clock.mockRestore();
      pauses.mockRestore();
    }
  });

  it('searches for texts of limited length only', () => {
    const fields = [...fieldsOf(AuditFindRequest).values()].filter(({ type }) => type === 'string');
    expect(fields).toHaveLength(14);
    for (const { name } of fields) {
      const search = (length: number) => Buffer.from(JSON.stringify({ [name]: 'x'.repeat(length) }));
      expect(decodeBody(AuditFindRequest, search(1024))).toHaveProperty(name);
      expect(() => decodeBody(AuditFindRequest, search(1025))).toThrow(
        `field "${name}" has 1025 characters, at most 1024 are allowed`,
      );
    }
  });

  it('removes lines older than the retention', async () => {
    const { audit, clock } = await auditing({ METAL_API_AUDITING_RETENTION: '15h' });
    await audit.recordRequest(call('a'));
    clock.advance(10 * HOUR);
    await audit.recordRequest(call('b'));
    clock.advance(10 * HOUR);
    expect(await audit.prune()).toBe(1);
    expect(rqids(await audit.find({ ...ANY, from: '2026-01-01T00:00:00.000Z' }))).toEqual(['b']);
  });

  it('removes lines beyond the maximum, and logs it', async () => {
    const { audit, log } = await auditing({ METAL_API_AUDITING_MAX_ENTRIES: '1000', METAL_API_AUDITING_RATE: '1000' });
    for (let n = 0; n < 1007; n++) await audit.recordRequest(call(`r${n}`));
    expect(await audit.prune()).toBe(7);
    expect(rqids(await audit.find({ ...ANY, limit: 2000 }))[0]).toBe('r7');
    expect(log.lines).toEqual([expect.stringContaining('METAL_API_AUDITING_MAX_ENTRIES')]);
  });

  it.each([400, 401, 403, 404, 409, 412, 415, 422, 429])(
    'omits the body of a call that ends with %i',
    async (statusCode) => {
      const { audit } = await auditing();
      const refused = call('a');
      await audit.recordRequest(refused, '{"name":"needle"}');
      audit.recordResponse(refused, { statusCode, body: '{}', error: '"no"' });
      await audit.beforeApplicationShutdown();
      expect(await audit.find(ANY)).toMatchObject([
        { phase: 'request', body: '' },
        { phase: 'response', statusCode },
      ]);
    },
  );

  it.each([200, 201, 500, 503])('keeps the body of a call that ends with %i', async (statusCode) => {
    const { audit } = await auditing();
    const kept = call('a');
    await audit.recordRequest(kept, '{"name":"needle"}');
    audit.recordResponse(kept, { statusCode, body: '{}', error: '' });
    await audit.beforeApplicationShutdown();
    expect(await audit.find(ANY)).toMatchObject([{ body: '{"name":"needle"}' }, { statusCode }]);
  });

  it('records the machine of a gRPC call, even of a refused one', async () => {
    const { audit } = await auditing();
    for (const [rqid, statusCode] of [
      ['refused', 9],
      ['failed', 13],
    ] as const) {
      const grpc = call(rqid, { type: 'grpc', user: '' });
      await audit.recordRequest(grpc, '{"machine":"m1"}');
      audit.recordResponse(grpc, { statusCode, body: '', error: '"no"' });
    }
    await audit.beforeApplicationShutdown();
    const requests = (await audit.find(ANY)).filter(({ phase }) => phase === 'request');
    expect(requests.map(({ rqid, body }) => [rqid, body])).toEqual([
      ['refused', '{"machine":"m1"}'],
      ['failed', '{"machine":"m1"}'],
    ]);
  });

  it('assigns each call a unique ID, regardless of the request ID', async () => {
    const { audit } = await auditing();
    for (let n = 0; n < 5; n++) {
      const same = call('the same id');
      await audit.recordRequest(same);
      audit.recordResponse(same, { statusCode: 200, body: '', error: '' });
    }
    await audit.beforeApplicationShutdown();
    const ids = (await audit.find(ANY)).map(({ callId }) => callId);
    expect(new Set(ids).size).toBe(5);
    for (const callId of ids) expect(await audit.find({ equal: { callId: callId! }, contained: {} })).toHaveLength(2);
  });

  it('truncates texts that callers choose', async () => {
    const { audit } = await auditing();
    const long = 'x'.repeat(100_000);
    await audit.recordRequest(call('a', { path: long, forwardedFor: long, user: long, tenant: long, project: long }));
    audit.recordRefusal(call('b', { path: long }), { statusCode: 400, body: '', error: long });
    await audit.beforeApplicationShutdown();
    for (const trace of await audit.find(ANY)) expect(JSON.stringify(trace).length).toBeLessThan(10_000);
  });

  describe('for a caller that exceeds its rate', () => {
    const over = async () => {
      const world = await auditing({ METAL_API_AUDITING_RATE: '1' });
      for (let n = 0; n < 10; n++) await world.audit.recordRequest(call('within'));
      return world;
    };

    it('records one line without body per successful write, and counts the rest', async () => {
      const { audit, clock } = await over();
      const [done, wrong] = [call('done'), call('wrong')];
      for (const each of [done, wrong]) await audit.recordRequest(each, '{"name":"needle"}');
      audit.recordResponse(done, { statusCode: 201, body: '{"id":"needle"}', error: '' });
      audit.recordResponse(wrong, { statusCode: 400, body: '{}', error: '"no"' });
      audit.recordRefusal(call('refused'), { statusCode: 403, body: '{}', error: '"no"' });
      audit.recordOmissions();
      await audit.beforeApplicationShutdown();
      const [first, last, ...more] = (await audit.find(ANY)).filter(({ rqid }) => rqid !== 'within');
      expect(more).toEqual([]);
      expect(first).toMatchObject({ rqid: 'done', phase: 'response', statusCode: 201, body: '' });
      expect(last).toMatchObject({ phase: 'single', user: 'me@example.org', statusCode: null });
      expect(JSON.parse(last!.body)).toMatchObject({ calls: 2 });
      clock.advance(1000);
      await audit.recordRequest(call('again'), '{"name":"needle"}');
      expect(await audit.find({ equal: { rqid: 'again' }, contained: {} })).toMatchObject([
        { body: '{"name":"needle"}' },
      ]);
    });

    it('does not affect other callers', async () => {
      const { audit } = await over();
      await audit.recordRequest(call('other', { user: 'you@example.org' }), '{}');
      expect(await audit.find({ equal: { rqid: 'other' }, contained: {} })).toHaveLength(1);
    });

    it('denies access to secrets that cannot be recorded, but allows writes', async () => {
      const { audit } = await over();
      for (let n = 0; n < 10; n++) await audit.recordSecretsRequest(call('read'));
      await expect(audit.recordSecretsRequest(call('read'))).rejects.toMatchObject({ kind: 'unavailable' });
      await audit.recordRequest(call('write'));
    });
  });

  it('refuses requests that cannot be recorded, and retries recording responses', async () => {
    const { audit, trail, log } = await auditing();
    const append = trail.append.bind(trail);
    let failures = 3;
    trail.append = (entries) => (failures-- > 0 ? Promise.reject(new Error('disk full')) : append(entries));
    await expect(audit.recordRequest(call('a'))).rejects.toMatchObject({ kind: 'unavailable' });
    expect(log.lines).toEqual(['could not write the audit trail']);
    audit.recordResponse(call('b'), { statusCode: 200, body: 'null', error: '' });
    await audit.beforeApplicationShutdown();
    expect(rqids(await audit.find(ANY))).toEqual(['b']);
  });

  it('formats addresses of both families with their port', () => {
    expect([addressOf('192.0.2.1', 80), addressOf('2001:db8::1', 80)]).toEqual(['192.0.2.1:80', '[2001:db8::1]:80']);
  });

  it('does not wait for a hanging database', async () => {
    const { audit, trail } = await auditing();
    trail.append = () => new Promise(() => undefined);
    await expect(audit.recordRequest(call('a'))).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('is disabled by default', async () => {
    const { audit } = await auditing({ METAL_API_AUDITING_ENABLED: 'false' });
    await expect(audit.find(ANY)).rejects.toMatchObject({ kind: 'disabled' });
  });
});
