import { Scheduler } from '../../../shared/concurrency/scheduler.js';
import type { Conditions } from './conditions.js';
import { describeFault } from './fault.js';
import type { Fault } from './fault.js';
import { beginFault, endFault, SkippedFault } from './fault-effects.js';
import type { FaultyParts } from './fault-effects.js';

export interface FaultRunnerOptions {
  readonly plan: Iterator<Fault>;
  readonly conditions: Conditions;
  readonly parts: FaultyParts;
  /** Receives a line when a fault begins, and when it is skipped. */
  readonly print: (line: string) => void;
}

/** Lets the faults of a schedule happen, each at its time. */
export class FaultRunner {
  /** Faults that have happened, in order. */
  readonly done: Fault[] = [];
  /** Faults that could not happen, or only in part. */
  readonly skipped: Fault[] = [];
  private readonly timers: Scheduler;
  private readonly beginnings = new Set<Promise<void>>();
  private readonly started = performance.now();

  constructor(private readonly options: FaultRunnerOptions) {
    this.timers = new Scheduler((what, error) => options.print(`${what}: ${(error as Error).message}`));
  }

  start(): void {
    const { value: fault, done } = this.options.plan.next() as IteratorResult<Fault, undefined>;
    if (done === true) return;
    this.timers.once(this.untilTime(fault.at), fault.kind, () => {
      this.start();
      const beginning = this.begin(fault).finally(() => this.beginnings.delete(beginning));
      this.beginnings.add(beginning);
      return beginning;
    });
  }

  /** Ends all faults; no further ones begin. */
  async stop(): Promise<void> {
    await this.timers.stop();
    await Promise.all(this.beginnings);
    for (const fault of this.options.conditions.all) this.end(fault);
  }

  private async begin(fault: Fault): Promise<void> {
    const { conditions, parts, print } = this.options;
    print(describeFault(fault));
    if (fault.lasts > 0) conditions.begin(fault);
    try {
      await beginFault(parts, fault);
      this.done.push(fault);
      if (fault.lasts > 0) this.timers.once(fault.lasts / conditions.speed, 'end of a fault', () => this.end(fault));
    } catch (error) {
      conditions.end(fault);
      this.skipped.push(fault);
      print(`${error instanceof SkippedFault ? 'skipped' : 'failed'}: ${fault.kind}: ${(error as Error).message}`);
    }
  }

  private end(fault: Fault): void {
    const { conditions, parts } = this.options;
    conditions.end(fault);
    endFault(parts, fault);
  }

  private untilTime(at: number): number {
    return Math.max(0, at / this.options.conditions.speed - (performance.now() - this.started));
  }
}
