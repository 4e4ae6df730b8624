import { describe, expect, it } from 'vitest';
import { Scheduler } from '../../shared/concurrency/scheduler.js';
import { testConfig } from '../../../test/support/app.js';
import { memoryTable } from '../../../test/support/store.js';
import { MemoryEngine } from '../../platform/store/memory/memory-engine.js';
import type { Clock } from '../../shared/clock.js';
import { MemoryLogger } from '../../shared/app-logger.js';
import { differencesOf } from './replica.js';
import { replicaTable } from './replica.table.js';
import { Replicas } from './replicas.service.js';
import { HeartbeatTracker } from './heartbeat-tracker.js';

const START = Date.parse('2026-01-01T00:00:00Z');
const KEYS = {
  METAL_API_TOKEN_KEY: 'the first key of sixteen characters',
  METAL_API_HMAC_ADMIN_KEY: 'the first admin key of many characters',
};

/** Replicas on one database whose clocks run in step, each ahead by its `offset`. */
function world() {
  const engine = new MemoryEngine();
  const time = { now: START };
  const all: Replicas[] = [];
  const replica = async (offset = 0, variables: Record<string, string> = {}) => {
    const clock: Clock = { now: () => time.now + offset };
    const log = new MemoryLogger();
    const config = testConfig({ METAL_API_DB: 'rethinkdb', ...KEYS, ...variables });
    const table = memoryTable(replicaTable, engine);
    const replicas = new Replicas(table, config, clock, log, new Scheduler((job) => log.warn(job)));
    await replicas.onApplicationBootstrap();
    all.push(replicas);
    return { replicas, log, table };
  };
  const pass = async (seconds: number, beating: readonly Replicas[] = all): Promise<void> => {
    for (let passed = 0; passed < seconds; passed += 5) {
      time.now += 5000;
      for (const one of beating) await one.sendHeartbeat();
    }
  };
  return { replica, pass, time, engine };
}

const whats = (replicas: Replicas): string[] => replicas.differences().map(({ what }) => what);

describe('Replicas', () => {
  it('log nothing if they agree', async () => {
    const w = world();
    const [a, b] = [await w.replica(), await w.replica(4000)];
    await w.pass(30);
    expect([whats(a.replicas), whats(b.replicas), a.log.lines, b.log.lines]).toEqual([[], [], [], []]);
    expect(a.replicas.list().map(({ self, alive }) => [self, alive])).toEqual([
      [true, true],
      [false, true],
    ]);
  });

  it.each([
    ['token key', { METAL_API_TOKEN_KEY: 'another key of sixteen characters' }, 'METAL_API_TOKEN_KEY'],
    ['admin key', { METAL_API_HMAC_ADMIN_KEY: 'another key of sixteen chars' }, 'METAL_API_HMAC_ADMIN_KEY'],
    ['view key', { METAL_API_HMAC_VIEW_KEY: 'another key of sixteen chars' }, 'METAL_API_HMAC_VIEW_KEY'],
    ['edit key', { METAL_API_HMAC_EDIT_KEY: 'another key of sixteen chars' }, 'METAL_API_HMAC_EDIT_KEY'],
    [
      'installation',
      { METAL_API_NATS_URL: 'nats://127.0.0.1:1', METAL_API_INSTALLATION: 'north' },
      'METAL_API_INSTALLATION',
    ],
  ])('with different settings (%s) notice each other, and log it once', async (_, variables, named) => {
    const w = world();
    const [a, b] = [await w.replica(), await w.replica(0, variables)];
    await w.pass(60);
    for (const { log } of [a, b]) expect(log.lines).toEqual([expect.stringContaining(named)]);
    expect(JSON.stringify([a.log.lines, [...a.table.list()]])).not.toContain('sixteen');
    await b.replicas.beforeApplicationShutdown();
    await w.pass(5, [a.replicas]);
    expect(whats(a.replicas)).toEqual([]);
    expect(a.log.lines.at(-1)).toContain('is gone');
  });

  it.each([
    [6000, 'behind', 'ahead of'],
    [-6000, 'ahead of', 'behind'],
    [5001, 'behind', 'ahead of'],
    [3600_000, 'behind', 'ahead of'],
    [-90_000, 'ahead of', 'behind'],
  ])('with clocks that differ by %i ms notice it on both sides', async (offset, ofOne, ofOther) => {
    const w = world();
    const [a, b] = [await w.replica(offset), await w.replica()];
    await w.pass(20);
    expect(a.log.lines).toEqual([expect.stringContaining(`${ofOne} this one's`)]);
    expect(b.log.lines).toEqual([expect.stringContaining(`${ofOther} this one's`)]);
    w.time.now += 5000;
  });

  it('remove a killed replica, and accept a frozen one when it comes back', async () => {
    const w = world();
    const [a, b] = [await w.replica(), await w.replica()];
    await w.pass(10);
    await w.pass(25, [a.replicas]);
    expect(a.replicas.list().map(({ alive }) => alive)).toEqual([true, false]);
    await w.pass(60, [a.replicas]);
    expect(a.replicas.list()).toHaveLength(1);
    await w.pass(10);
    expect(a.replicas.list().map(({ alive }) => alive)).toEqual([true, true]);
    expect([...a.log.lines, ...b.log.lines]).toEqual([]);
  });

  it('do not mistake the record of a dead process for a live one', async () => {
    const w = world();
    const dead = await w.replica(0, { METAL_API_TOKEN_KEY: 'another key of sixteen characters' });
    const a = await w.replica();
    await w.pass(10, [a.replicas]);
    expect([a.log.lines, whats(a.replicas)]).toEqual([[], []]);
    await w.pass(60, [a.replicas]);
    expect([...dead.table.list()]).toHaveLength(1);
  });

  it('write nothing if the database cannot be shared', async () => {
    const w = world();
    const lone = await w.replica(0, { METAL_API_DB: 'memory' });
    expect([...lone.table.list()]).toEqual([]);
    expect(lone.replicas.list()).toHaveLength(1);
    await lone.replicas.beforeApplicationShutdown();
  });
});

describe('differencesOf', () => {
  const own = { version: 'v1', installation: 'metal', keys: { A: '1', B: '2' } };
  it.each([
    [{}, undefined, []],
    [{ version: 'v2' }, 0, ['version']],
    [{ keys: { A: '1', B: '' } }, 0, ['keys']],
    [{ keys: { A: '1' } }, 5000, ['keys']],
    [{ installation: '' }, -5001, ['installation', 'clock']],
    [{}, 5001, ['clock']],
  ])('with %j and clocks %s ms apart', (other, offset, expected) => {
    expect(differencesOf(own, { ...own, ...other }, offset).map(({ what }) => what)).toEqual(expected);
  });
});

describe('HeartbeatTracker', () => {
  it('takes the smallest of the last few samples', () => {
    const tracker = new HeartbeatTracker();
    tracker.noteHeartbeat('a', 0, 60_000); // delivered after a minute
    expect(tracker.offset('a')).toBeUndefined();
    for (const [at, now] of [
      [60_000, 60_100],
      [65_000, 65_050],
      [70_000, 78_000],
    ] as const)
      tracker.noteHeartbeat('a', at, now);
    expect(tracker.offset('a')).toBe(50);
    tracker.restart();
    expect(tracker.offset('a')).toBeUndefined();
    expect(tracker.isAlive('a', 80_000)).toBe(true);
    expect(tracker.isAlive('a', 99_000)).toBe(false);
  });
});
