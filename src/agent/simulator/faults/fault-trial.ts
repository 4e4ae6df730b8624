import type { RestClient } from '../../rest-client.js';
import { settle } from '../agreement/settle.js';
import type { SettleReport } from '../agreement/settle.js';
import type { RunningPartition } from '../running-partition.js';
import type { SimulatedPartition } from '../simulated-partition.js';
import type { Conditions } from './conditions.js';
import { FAULTS } from './fault.js';
import type { Fault, FaultKind } from './fault.js';
import { faultPlan } from './fault-plan.js';
import type { FaultSite } from './fault-plan.js';
import { FaultRunner } from './fault-runner.js';

export interface FaultTrialOptions {
  readonly site: RunningPartition;
  /** The conditions that the site was created with. */
  readonly conditions: Conditions;
  readonly seed: number;
  /** Client with the admin role. */
  readonly admin: RestClient;
  readonly print: (line: string) => void;
}

/** Faults in a running partition, and the question at the end whether server and partition agree. */
export class FaultTrial {
  private readonly runner: FaultRunner;

  constructor(private readonly options: FaultTrialOptions) {
    const { site, conditions, seed, admin, print } = options;
    this.runner = new FaultRunner({
      plan: faultPlan(seed, faultSiteOf(site.partition)),
      conditions,
      parts: { partition: site.partition, bus: site.bus, admin },
      print,
    });
  }

  start(): void {
    this.runner.start();
  }

  /** Number of faults that have happened, by kind. */
  get counts(): Readonly<Record<FaultKind, number>> {
    const count = (kind: string): number => this.runner.done.filter((fault) => fault.kind === kind).length;
    return Object.fromEntries(Object.keys(FAULTS).map((kind) => [kind, count(kind)])) as Record<FaultKind, number>;
  }

  /** Ends all faults and waits until server and partition agree, for at most `timeout` milliseconds. */
  async conclude(timeout: number): Promise<SettleReport> {
    const { site, admin } = this.options;
    await this.runner.stop();
    await site.flush();
    const { done, skipped } = this.runner;
    const aftermath = {
      lied: subjectsOf(done, 'BMC lying'),
      keptSwitches: subjectsOf(skipped, 'switch replaced'),
    };
    const { stepTime = 1000 } = site.partition.settings;
    const pause = Math.max(200, Math.min(stepTime, 2000));
    const patience = 1000 + 10 * stepTime;
    return settle({ partition: site.partition, client: admin, timeout, pause, patience, aftermath });
  }
}

const subjectsOf = (faults: readonly Fault[], kind: FaultKind): ReadonlySet<string> =>
  new Set(faults.filter((fault) => fault.kind === kind).map(({ subject }) => subject));

/** What faults can happen to in a partition, before any of its parts are replaced. */
export const faultSiteOf = ({ settings, machines, switches }: SimulatedPartition): FaultSite => ({
  partition: settings.partition,
  machines: machines.map(({ id }) => id),
  switches: switches.map(({ settings: { name, ports } }) => ({ name, ports: ports.map((port) => port.name) })),
});

/** The verdict for operators, one line for each disagreement. */
export function verdictOf({ differences, repairs, machines, switches }: SettleReport): string[] {
  const repaired = repairs.map(({ subject, reason }) => `repaired ${subject}: ${reason}`);
  if (differences.length === 0)
    return [...repaired, `server and partition agree: ${machines} machines, ${switches} switches`];
  const lines = differences.map(({ subject, text }) => `  ${subject}: ${text}`);
  return [...repaired, 'server and partition disagree:', ...lines];
}
