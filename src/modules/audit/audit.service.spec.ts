import { describe, expect, it } from 'vitest';
import { testConfig } from '../../../test/support/app.js';
import { LiveLog } from '../../platform/store/live-log.js';
import { MemoryEngine } from '../../platform/store/memory/memory-engine.js';
import { ManualClock } from '../../shared/clock.js';
import { MemoryLog } from '../../shared/log.js';
import { addressOf, COMPONENT } from './audit.js';
import type { AuditedCall, Trace } from './audit.js';
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
  const trail = new LiveLog<Trace>(engine, 'audit');
  const clock = new ManualClock();
  const log = new MemoryLog();
  const config = testConfig({ METAL_API_AUDITING_ENABLED: 'true', ...variables });
  return { audit: new AuditService(trail, config, clock, log), trail, clock, log };
}

const ANY = { equal: {}, contained: {} };
const rqids = (traces: readonly Trace[]): string[] => traces.map(({ rqid }) => rqid);

describe('the audit trail', () => {
  it('is searched in the order of time, the last day and the newest lines', async () => {
    const { audit, clock } = await auditing();
    for (const rqid of ['a', 'b', 'c', 'd']) {
      await audit.requested(call(rqid));
      clock.advance(10 * HOUR);
    }
    expect(rqids(await audit.find(ANY))).toEqual(['c', 'd']);
    expect(rqids(await audit.find({ ...ANY, from: '2026-01-01T00:00:00.000Z' }))).toEqual(['a', 'b', 'c', 'd']);
    const range = { from: '2026-01-01T10:00:00.000Z', to: '2026-01-01T20:00:00.000Z' };
    expect(rqids(await audit.find({ ...ANY, ...range }))).toEqual(['b', 'c']);
    expect(rqids(await audit.find({ ...ANY, from: '2026-01-01T00:00:00.000Z', limit: 2 }))).toEqual(['c', 'd']);
    await expect(audit.find({ ...ANY, limit: -1 })).rejects.toMatchObject({ kind: 'malformed' });
  });

  it('compares some fields exactly and looks into others', async () => {
    const { audit } = await auditing();
    await audit.requested(call('a'), '{"name":"needle"}');
    audit.answered(call('a'), { statusCode: 404, body: 'null', error: '"no size"' });
    await audit.requested(call('b', { type: 'grpc', user: 'you@example.org', path: '/api.v1.BootService/Register' }));
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

  it('forgets what is older than the retention', async () => {
    const { audit, clock } = await auditing({ METAL_API_AUDITING_RETENTION: '15h' });
    await audit.requested(call('a'));
    clock.advance(10 * HOUR);
    await audit.requested(call('b'));
    clock.advance(10 * HOUR);
    expect(await audit.prune()).toBe(1);
    expect(rqids(await audit.find({ ...ANY, from: '2026-01-01T00:00:00.000Z' }))).toEqual(['b']);
  });

  it('refuses requests that it cannot put on record, and tries answers again', async () => {
    const { audit, trail, log } = await auditing();
    const append = trail.append.bind(trail);
    let failures = 3;
    trail.append = (entries) => (failures-- > 0 ? Promise.reject(new Error('disk full')) : append(entries));
    await expect(audit.requested(call('a'))).rejects.toMatchObject({ kind: 'unavailable' });
    expect(log.lines).toEqual(['the audit trail cannot be written']);
    audit.answered(call('b'), { statusCode: 200, body: 'null', error: '' });
    await audit.beforeApplicationShutdown();
    expect(rqids(await audit.find(ANY))).toEqual(['b']);
  });

  it('writes addresses of both families with their port', () => {
    expect([addressOf('192.0.2.1', 80), addressOf('2001:db8::1', 80)]).toEqual(['192.0.2.1:80', '[2001:db8::1]:80']);
  });

  it('does not wait for a database that hangs', async () => {
    const { audit, trail } = await auditing();
    trail.append = () => new Promise(() => undefined);
    await expect(audit.requested(call('a'))).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('is disabled unless asked for', async () => {
    const { audit } = await auditing({ METAL_API_AUDITING_ENABLED: 'false' });
    await expect(audit.find(ANY)).rejects.toMatchObject({ kind: 'disabled' });
  });
});
