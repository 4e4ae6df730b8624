import { describe, expect, it } from 'vitest';
import type { Bus } from '../../platform/bus/bus.js';
import { InProcessBus } from '../../platform/bus/in-process/in-process-bus.js';
import { MemoryEngine } from '../../platform/store/memory/memory-engine.js';
import { Store } from '../../platform/store/store.js';
import { defineTable } from '../../platform/store/table.js';
import type { Replicas } from '../replica/replicas.service.js';
import { selectService, summarize } from './health.js';
import { HealthService } from './health.service.js';

const healthy = { status: 'healthy', message: 'fine' } as const;
const failed = { status: 'unhealthy', message: 'down' } as const;

describe('summarize', () => {
  it('is healthy if all parts are', () =>
    expect(summarize({ a: healthy, b: healthy })).toMatchObject({ status: 'healthy', message: '' }));
  it('is a partial outage if one part failed, with its message', () =>
    expect(summarize({ a: healthy, b: failed })).toMatchObject({ status: 'partial-outage', message: 'down' }));
  it('is unhealthy if all parts failed', () => expect(summarize({ a: failed, b: failed }).status).toBe('unhealthy'));
  it('is degraded if one part is', () =>
    expect(summarize({ a: healthy, b: { status: 'degraded', message: 'slow' } }).status).toBe('degraded'));
});

describe('selectService', () => {
  const health = summarize({ a: healthy, b: failed });
  it('lifts one part to the top level', () =>
    expect(selectService(health, 'b')).toEqual({ status: 'unhealthy', message: 'down', services: { b: failed } }));
  it('returns no status for unknown names', () =>
    expect(selectService(health, 'constructor')).toEqual({ status: '', message: '', services: {} }));
});

/** On the in-process bus, without other replicas by default. */
const health = (store: Store, bus: Bus = new InProcessBus(), more: Partial<Replicas> = {}): HealthService => {
  const replicas = { list: () => [], differences: () => [], ...more } as unknown as Replicas;
  return new HealthService(store, bus, replicas);
};

class Broker extends InProcessBus {
  override readonly durable = true as never;
  constructor(private readonly problem: string) {
    super();
  }
  override state() {
    return { connected: this.problem === '', message: this.problem && `NATS nats://10.0.0.1:4222: ${this.problem}` };
  }
}

describe('HealthService', () => {
  it('is healthy on a started store', async () => {
    const store = new Store(new MemoryEngine());
    await store.start();
    const { ok, health: told } = await health(store).check();
    expect(ok).toBe(true);
    expect(Object.keys(told.services)).toEqual(['ipam', 'masterdata-api', 'rethinkdb', 'bus', 'replicas']);
  });

  it('is unhealthy while a table is out of sync', async () => {
    const store = new Store(new MemoryEngine());
    store.table(defineTable<{ id: string; revision: number }>()({ name: 'late' }));
    const { ok, health: told } = await health(store).check('rethinkdb');
    expect(ok).toBe(false);
    expect(told.message).toContain('late');
  });

  it('is unhealthy if the database does not respond, even in a view of one healthy part', async () => {
    class Dead extends MemoryEngine {
      override async version(): Promise<string> {
        throw new Error('connection refused');
      }
    }
    const { ok, health: told } = await health(new Store(new Dead())).check();
    expect(ok).toBe(false);
    expect(told).toMatchObject({ status: 'unhealthy', message: expect.stringContaining('connection refused') });
  });

  it.each([
    'connection lost',
    'CONNECTION_REFUSED',
    'not connected yet',
    'stream METAL_COMMANDS belongs to another',
    'timeout',
  ])(
    'stays healthy for v1 clients while the bus is unavailable (%s), and reports the bus as degraded',
    async (problem) => {
      const store = new Store(new MemoryEngine());
      await store.start();
      const asked = health(store, new Broker(problem));
      const { ok, health: told } = await asked.check();
      expect([ok, told.status, told.message]).toEqual([true, 'healthy', '']);
      expect(told.services['bus']).toEqual({ status: 'degraded', message: `commands wait: ${problem}` });
      expect((await asked.check('bus')).health.status).toBe('degraded');
      expect(await asked.unreadyReasons()).toEqual([`commands wait: ${problem}`]);
      expect(await health(store, new Broker('')).unreadyReasons()).toEqual([]);
    },
  );

  it('lists the subjects that replicas disagree on, without details', async () => {
    const store = new Store(new MemoryEngine());
    await store.start();
    const differences = () => [
      { what: 'keys', message: 'secret' } as const,
      { what: 'clock', message: 'secret' } as const,
    ];
    const { ok, health: told } = await health(store, undefined, { differences }).check('replicas');
    expect(ok).toBe(true);
    expect(told).toMatchObject({ status: 'degraded', message: 'replicas disagree on keys, clock' });
  });
});
