import { Injectable } from '@nestjs/common';
import { Replicas } from '../replica/replicas.service.js';
import { Bus } from '../../platform/bus/bus.js';
import { Store } from '../../platform/store/store.js';
import { listed, only, summarize } from './health.js';
import type { Health, ServiceHealth } from './health.js';

/** Milliseconds after which a part that does not answer counts as failed. */
const DEADLINE = 5_000;

/**
 * Asks the parts which a request depends on. Address management and master data live in this process, on the store. The
 * bus and other replicas are looked at beside them: without a broker commands wait, and everything else works.
 */
@Injectable()
export class HealthService {
  constructor(
    private readonly store: Store,
    private readonly bus: Bus,
    private readonly replicas: Replicas,
  ) {}

  /** `ok` tells about all parts, even when only one was asked for. */
  async check(service?: string): Promise<{ readonly ok: boolean; readonly health: Health }> {
    const store = await this.checkStore();
    const inside = { ...store, message: store.status === 'healthy' ? 'part of metal-api' : store.message };
    const needed = summarize({ ipam: inside, 'masterdata-api': inside, rethinkdb: store });
    const health = listed(needed, { bus: this.busHealth(), replicas: this.replicaHealth() });
    return { ok: needed.status === 'healthy', health: service === undefined ? health : only(health, service) };
  }

  /** Whether this replica can do all its work: what keeps it from it, nothing when it can. */
  async obstacles(): Promise<readonly string[]> {
    const parts = [await this.checkStore(), this.busHealth()];
    return parts.filter(({ status }) => status !== 'healthy').map(({ message }) => message);
  }

  /** Who asks need not be known, so it does not say where the broker is. */
  private busHealth(): ServiceHealth {
    if (!this.bus.durable) return { status: 'healthy', message: 'within this process' };
    const { connected, message } = this.bus.state();
    if (!connected) return { status: 'degraded', message: `commands wait: ${message.replace(/^NATS \S+: /, '')}` };
    const { pending, redelivered } = this.bus.figures() ?? {};
    const waiting = pending ? `, ${pending.commands} commands and ${pending.results} results wait there` : '';
    const again = redelivered ? `, ${redelivered.commands + redelivered.results} messages come again` : '';
    return { status: 'healthy', message: `connected to the broker${waiting}${again}` };
  }

  private replicaHealth(): ServiceHealth {
    const alive = this.replicas.list().filter((replica) => replica.alive);
    const subjects = new Set(this.replicas.differences().map(({ what }) => what));
    if (subjects.size === 0) return { status: 'healthy', message: `replicas: ${alive.length}` };
    return { status: 'degraded', message: `replicas disagree on ${[...subjects].join(', ')}` };
  }

  private async checkStore(): Promise<ServiceHealth> {
    try {
      const { kind, version, tables } = await within(DEADLINE, this.store.health());
      const behind = tables.filter(({ synced }) => !synced).map(({ name }) => name);
      if (behind.length > 0) return { status: 'unhealthy', message: `tables not in step: ${behind.join(', ')}` };
      return { status: 'healthy', message: `connected to ${kind} version: ${version}` };
    } catch (error) {
      return { status: 'unhealthy', message: `the store does not answer: ${(error as Error).message}` };
    }
  }
}

async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
