/** What a fault happens to. */
export type FaultScope = 'partition' | 'machine' | 'two machines' | 'switch' | 'link';

interface FaultDescription {
  readonly scope: FaultScope;
  /** Shortest and longest duration in seconds; [0, 0] for a change that stays. */
  readonly lasts: readonly [number, number];
}

/** All kinds of faults, in words for operators. */
export const FAULTS = {
  'events lost': { scope: 'partition', lasts: [20, 60] },
  'events late': { scope: 'partition', lasts: [20, 60] },
  'events duplicated': { scope: 'partition', lasts: [20, 60] },
  'events reordered': { scope: 'partition', lasts: [20, 60] },
  'clocks wrong': { scope: 'partition', lasts: [60, 300] },
  'partition cut off': { scope: 'partition', lasts: [600, 600] },
  'BMC dead': { scope: 'machine', lasts: [60, 300] },
  'BMC slow': { scope: 'machine', lasts: [60, 300] },
  'BMC lying': { scope: 'machine', lasts: [30, 180] },
  'machine in a crash loop': { scope: 'machine', lasts: [60, 240] },
  'machine registering twice': { scope: 'machine', lasts: [60, 120] },
  'MAC address changed': { scope: 'machine', lasts: [0, 0] },
  'UUID of another machine': { scope: 'two machines', lasts: [60, 180] },
  'switch gone': { scope: 'switch', lasts: [60, 240] },
  'switch replaced': { scope: 'switch', lasts: [0, 0] },
  'link lost': { scope: 'link', lasts: [60, 300] },
} as const satisfies Readonly<Record<string, FaultDescription>>;

export type FaultKind = keyof typeof FAULTS;

/** A fault of the schedule. Times are milliseconds of the schedule, which a run may pass through faster. */
export interface Fault {
  readonly kind: FaultKind;
  /** Since the start of the schedule. */
  readonly at: number;
  /** 0: the change stays. */
  readonly lasts: number;
  /** ID of the partition, machine or switch. */
  readonly subject: string;
  /** The other machine, or the port of the switch. */
  readonly detail?: string;
  /** Error of the clocks in milliseconds; negative: they are behind. */
  readonly skew?: number;
}

/** One line for the log, e.g. `+00:01:05 BMC dead: 1234… for 90 s`. */
export function describeFault({ kind, at, lasts, subject, detail, skew }: Fault): string {
  const time = new Date(at).toISOString().slice(11, 19);
  const where = detail === undefined ? subject : `${subject} (${detail})`;
  const error = skew === undefined ? '' : `, ${Math.abs(skew) / 1000} s ${skew < 0 ? 'behind' : 'ahead'}`;
  return `+${time} ${kind}: ${where}${lasts === 0 ? '' : ` for ${lasts / 1000} s`}${error}`;
}
