import type { Fault, FaultKind } from './fault.js';

/** The faults that are in effect. Machines, BMCs, switches and links look here before they act. */
export class Conditions {
  private readonly active = new Set<Fault>();
  private severed = new AbortController();
  /** How much faster than the schedule time passes; durations of faults are divided by it. */
  readonly speed: number;

  constructor({ speed = 1 }: { readonly speed?: number } = {}) {
    this.speed = speed;
  }

  begin(fault: Fault): void {
    this.active.add(fault);
    if (fault.kind === 'partition cut off') this.severed.abort(new CutOffError());
  }

  /** Idempotent. */
  end(fault: Fault): void {
    this.active.delete(fault);
    if (fault.kind === 'partition cut off' && !this.isCutOff) this.severed = new AbortController();
  }

  get all(): readonly Fault[] {
    return [...this.active];
  }

  /** Whether such a fault is in effect, for this subject if one is given. */
  has(kind: FaultKind, subject?: string): boolean {
    return this.find(kind, subject) !== undefined;
  }

  find(kind: FaultKind, subject?: string): Fault | undefined {
    return this.all.find((fault) => fault.kind === kind && (subject === undefined || fault.subject === subject));
  }

  isLinkLost(name: string, port: string): boolean {
    return this.all.some(({ kind, subject, detail }) => kind === 'link lost' && subject === name && detail === port);
  }

  get isCutOff(): boolean {
    return this.has('partition cut off');
  }

  /** Aborted while the partition is cut off; another one afterwards. */
  get cutOff(): AbortSignal {
    return this.severed.signal;
  }

  /** Error of the partition's clocks in milliseconds. */
  get skew(): number {
    return this.all.reduce((sum, { skew = 0 }) => sum + skew, 0);
  }
}

/** What a call fails with while the partition is cut off. */
export class CutOffError extends Error {
  constructor() {
    super('the partition is cut off');
    this.name = 'CutOffError';
  }
}
