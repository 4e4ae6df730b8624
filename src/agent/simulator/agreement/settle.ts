import { sleep } from '../../../shared/concurrency/timers.js';
import type { RestClient } from '../../rest-client.js';
import type { SimulatedPartition } from '../simulated-partition.js';
import { differencesBetween } from './differences.js';
import type { Disagreement } from './differences.js';
import { repairsFor } from './repair.js';
import type { Aftermath } from './repair.js';
import { serverView } from './server-view.js';
import type { ServerView } from './server-view.js';

export interface SettleOptions {
  readonly partition: SimulatedPartition;
  /** Client with the admin role. */
  readonly client: RestClient;
  /** How long server and partition have to agree, in milliseconds. */
  readonly timeout: number;
  /** Pause between two comparisons in milliseconds. */
  readonly pause: number;
  /** How long machines are left alone before an operator repairs them, and between two repairs, in milliseconds. */
  readonly patience: number;
  readonly aftermath: Aftermath;
}

export interface SettleReport {
  /** Empty: server and partition agree. */
  readonly differences: readonly Disagreement[];
  /** Repairs by operators, in order. */
  readonly repairs: readonly { readonly subject: string; readonly reason: string }[];
  readonly machines: number;
  readonly switches: number;
}

/**
 * Waits until server and partition agree. Meanwhile the partition reports what it does, and operators repair what
 * faults have left behind. Errors of calls count as disagreement until the time is over, then the last one is thrown.
 */
export async function settle(options: SettleOptions): Promise<SettleReport> {
  const { partition, client, timeout, pause } = options;
  const end = performance.now() + timeout;
  const operator = new Operator(options);
  for (;;) {
    const isLast = performance.now() >= end;
    try {
      await partition.reportAll();
      const view = await serverView(client, partition.settings.partition);
      const differences = differencesBetween(view, partition);
      if (differences.length === 0 || isLast) {
        const counts = { machines: partition.machines.length, switches: partition.switches.length };
        return { differences, repairs: operator.done, ...counts };
      }
      await operator.repair(view);
    } catch (error) {
      if (isLast) throw error;
    }
    await sleep(pause, { keepsAlive: true });
  }
}

class Operator {
  readonly done: { subject: string; reason: string }[] = [];
  private due: number;

  constructor(private readonly options: SettleOptions) {
    this.due = performance.now() + options.patience;
  }

  async repair(view: ServerView): Promise<void> {
    const { partition, client, aftermath, patience } = this.options;
    if (performance.now() < this.due) return;
    this.due = performance.now() + patience;
    for (const repair of repairsFor(view, partition, aftermath)) {
      await repair.carryOut(client);
      this.done.push({ subject: repair.subject, reason: repair.reason });
    }
  }
}
