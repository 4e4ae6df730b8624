import { describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../platform/store/memory/memory-engine.js';
import { Store } from '../../platform/store/store.js';
import { defineTable } from '../../platform/store/table.js';
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

describe('HealthService', () => {
  it('is healthy on a started store', async () => {
    const store = new Store(new MemoryEngine());
    await store.start();
    const { ok, health } = await new HealthService(store).check();
    expect(ok).toBe(true);
    expect(Object.keys(health.services)).toEqual(['ipam', 'masterdata-api', 'rethinkdb']);
  });

  it('is not while a table is behind', async () => {
    const store = new Store(new MemoryEngine());
    store.table(defineTable<{ id: string; revision: number }>()({ name: 'late' }));
    const { ok, health } = await new HealthService(store).check('rethinkdb');
    expect(ok).toBe(false);
    expect(health.message).toContain('late');
  });

  it('is not when the database does not answer; a healthy view of one part still says that not all is well', async () => {
    class Dead extends MemoryEngine {
      override async version(): Promise<string> {
        throw new Error('connection refused');
      }
    }
    const { ok, health } = await new HealthService(new Store(new Dead())).check();
    expect(ok).toBe(false);
    expect(health).toMatchObject({ status: 'unhealthy', message: expect.stringContaining('connection refused') });
  });
});
