import { describe, expect, it } from 'vitest';
import type { Bus } from '../../platform/bus/bus.js';
import { InProcessBus } from '../../platform/bus/in-process/in-process-bus.js';
import { MemoryEngine } from '../../platform/store/memory/memory-engine.js';
import { Store } from '../../platform/store/store.js';
import { defineTable } from '../../platform/store/table.js';
import type { Replicas } from '../replica/replicas.service.js';
import { only, summarize } from './health.js';
import { HealthService } from './health.service.js';

const healthy = { status: 'healthy', message: 'fine' } as const;
const failed = { status: 'unhealthy', message: 'down' } as const;

describe('summarize', () => {
  it('is healthy when all parts are', () =>
    expect(summarize({ a: healthy, b: healthy })).toMatchObject({ status: 'healthy', message: '' }));
  it('is a partial outage when one part failed, with its message', () =>
    expect(summarize({ a: healthy, b: failed })).toMatchObject({ status: 'partial-outage', message: 'down' }));
  it('is unhealthy when all failed', () => expect(summarize({ a: failed, b: failed }).status).toBe('unhealthy'));
  it('is degraded when one part is', () =>
    expect(summarize({ a: healthy, b: { status: 'degraded', message: 'slow' } }).status).toBe('degraded'));
});

describe('only', () => {
  const health = summarize({ a: healthy, b: failed });
  it('lifts one part to the top', () =>
    expect(only(health, 'b')).toEqual({ status: 'unhealthy', message: 'down', services: { b: failed } }));
  it('knows nothing of unknown names', () =>
    expect(only(health, 'constructor')).toEqual({ status: '', message: '', services: {} }));
});

/** Over the in-process bus, alone unless told otherwise. */
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

  it('is not while a table is behind', async () => {
    const store = new Store(new MemoryEngine());
    store.table(defineTable<{ id: string; revision: number }>()({ name: 'late' }));
    const { ok, health: told } = await health(store).check('rethinkdb');
    expect(ok).toBe(false);
    expect(told.message).toContain('late');
  });

  it('is not when the database does not answer; a healthy view of one part still says that not all is well', async () => {
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
  ])('stays healthy for clients of v1 when the bus is away (%s), and says so of the bus', async (problem) => {
    const store = new Store(new MemoryEngine());
    await store.start();
    const asked = health(store, new Broker(problem));
    const { ok, health: told } = await asked.check();
    expect([ok, told.status, told.message]).toEqual([true, 'healthy', '']);
    expect(told.services['bus']).toEqual({ status: 'degraded', message: `commands wait: ${problem}` });
    expect((await asked.check('bus')).health.status).toBe('degraded');
    expect(await asked.obstacles()).toEqual([`commands wait: ${problem}`]);
    expect(await health(store, new Broker('')).obstacles()).toEqual([]);
  });

  it('says what replicas disagree on, without details', async () => {
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
