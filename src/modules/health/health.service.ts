import { Injectable } from '@nestjs/common';
import { withDeadline } from '../../shared/concurrency/deadline.js';
import { Replicas } from '../replica/replicas.service.js';
import { Bus } from '../../platform/bus/bus.js';
import { Store } from '../../platform/store/store.js';
import { withInformational, selectService, summarize } from './health.js';
import type { Health, ServiceHealth } from './health.js';

/** A part that does not respond within this many milliseconds counts as failed. */
const DEADLINE = 5_000;

/**
 * Checks the parts that requests depend on. IPAM and master data are part of this process, on top of the store. The
 * bus and other replicas are reported in addition: without a broker, commands wait, and everything else works.
 */
@Injectable()
export class HealthService {
  constructor(
    private readonly store: Store,
    private readonly bus: Bus,
    private readonly replicas: Replicas,
  ) {}

  /** `ok` covers all parts, even if only one was requested. */
  async check(service?: string): Promise<{ readonly ok: boolean; readonly health: Health }> {
    const store = await this.checkStore();
    const inside = { ...store, message: store.status === 'healthy' ? 'part of metal-api' : store.message };
    const needed = summarize({ ipam: inside, 'masterdata-api': inside, rethinkdb: store });
    const health = withInformational(needed, { bus: this.busHealth(), replicas: this.replicaHealth() });
    return { ok: needed.status === 'healthy', health: service === undefined ? health : selectService(health, service) };
  }

  /** Returns the reasons why this replica cannot do all of its work; empty if it is ready. */
  async unreadyReasons(): Promise<readonly string[]> {
    const parts = [await this.checkStore(), this.busHealth()];
    return parts.filter(({ status }) => status !== 'healthy').map(({ message }) => message);
  }

  /** The caller may be unauthenticated, so the message does not reveal the broker's address. */
  private busHealth(): ServiceHealth {
    if (!this.bus.durable) return { status: 'healthy', message: 'within this process' };
    const { connected, message } = this.bus.state();
    if (!connected) return { status: 'degraded', message: `commands wait: ${message.replace(/^NATS \S+: /, '')}` };
    const { pending, redelivered } = this.bus.brokerStats() ?? {};
    const waiting = pending ? `, ${pending.commands} commands and ${pending.results} results are queued there` : '';
    const again = redelivered ? `, ${redelivered.commands + redelivered.results} messages are being redelivered` : '';
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
      const { kind, version, tables } = await withDeadline(
        this.store.health(),
        DEADLINE,
        () => new Error(`no response within ${DEADLINE} ms`),
      );
      const behind = tables.filter(({ synced }) => !synced).map(({ name }) => name);
      if (behind.length > 0) return { status: 'unhealthy', message: `tables out of sync: ${behind.join(', ')}` };
      return { status: 'healthy', message: `connected to ${kind} version: ${version}` };
    } catch (error) {
      return { status: 'unhealthy', message: `the store does not respond: ${(error as Error).message}` };
    }
  }
}
