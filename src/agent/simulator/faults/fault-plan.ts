import { Random } from '../random.js';
import { FAULTS } from './fault.js';
import type { Fault, FaultKind } from './fault.js';

/** What faults can happen to. The order of the entries is part of what a seed determines. */
export interface FaultSite {
  readonly partition: string;
  /** IDs. */
  readonly machines: readonly string[];
  readonly switches: readonly { readonly name: string; readonly ports: readonly string[] }[];
}

const CUT_OFF: FaultKind = 'partition cut off';

/** Each machine takes part in a fault about this often, in seconds; within limits for small and large partitions. */
const SECONDS_PER_MACHINE = 600;
const SHORTEST_GAP = 5;
const LONGEST_GAP = 30;

/** When the partition is first cut off, and how long it is connected afterwards, in seconds. */
const FIRST_CUT = [120, 600] as const;
const BETWEEN_CUTS = [1800, 3600] as const;

/**
 * The endless schedule of faults for a site, in the order of their times. The same seed and site yield the same
 * schedule. Kinds are dealt like cards, so that each of them occurs before any occurs again; cutting off the whole
 * partition has a schedule of its own, because it takes so long.
 */
export function* faultPlan(seed: number, site: FaultSite): Generator<Fault, never> {
  const others = dealtFaults(new Random(seed), site);
  const cuts = cutOffs(new Random(seed + 1), site);
  let cut = cuts.next().value;
  for (;;) {
    const fault = others.next().value;
    for (; cut.at <= fault.at; cut = cuts.next().value) yield cut;
    yield fault;
  }
}

/** The faults that begin before `end`, in milliseconds of the schedule. */
export function faultsBefore(end: number, plan: Generator<Fault, never>): Fault[] {
  const faults: Fault[] = [];
  for (;;) {
    const fault = plan.next().value;
    if (fault.at >= end) return faults;
    faults.push(fault);
  }
}

function* dealtFaults(random: Random, site: FaultSite): Generator<Fault, never> {
  const gap = Math.min(LONGEST_GAP, Math.max(SHORTEST_GAP, SECONDS_PER_MACHINE / site.machines.length));
  const kinds = (Object.keys(FAULTS) as FaultKind[]).filter((kind) => kind !== CUT_OFF && isPossible(kind, site));
  for (let at = 0; ;) {
    for (const kind of shuffled(kinds, random)) {
      at += Math.round(gap * 1000 * (0.5 + random.next()));
      yield { kind, at, lasts: duration(kind, random), ...target(kind, site, random) };
    }
  }
}

function* cutOffs(random: Random, { partition }: FaultSite): Generator<Fault, never> {
  let at = random.between(...FIRST_CUT) * 1000;
  for (;;) {
    const lasts = duration(CUT_OFF, random);
    yield { kind: CUT_OFF, at, lasts, subject: partition };
    at += lasts + random.between(...BETWEEN_CUTS) * 1000;
  }
}

function duration(kind: FaultKind, random: Random): number {
  const [shortest, longest] = FAULTS[kind].lasts;
  return random.between(shortest, longest) * 1000;
}

const isPossible = (kind: FaultKind, { machines }: FaultSite): boolean =>
  FAULTS[kind].scope !== 'two machines' || machines.length > 1;

function target(kind: FaultKind, site: FaultSite, random: Random): Pick<Fault, 'subject' | 'detail' | 'skew'> {
  const { partition, machines, switches } = site;
  switch (FAULTS[kind].scope) {
    case 'partition': {
      if (kind !== 'clocks wrong') return { subject: partition };
      const error = random.between(30, 600) * 1000;
      return { subject: partition, skew: random.chance(0.5) ? error : -error };
    }
    case 'machine':
      return { subject: pick(machines, random) };
    case 'two machines': {
      const subject = pick(machines, random);
      const others = machines.filter((machine) => machine !== subject);
      return { subject, detail: pick(others, random) };
    }
    case 'switch':
      return { subject: pick(switches, random).name };
    case 'link': {
      const { name, ports } = pick(switches, random);
      return { subject: name, detail: pick(ports, random) };
    }
  }
}

const pick = <T>(choices: readonly T[], random: Random): T => choices[random.between(0, choices.length - 1)]!;

/** A Fisher-Yates shuffle. */
function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = random.between(0, last);
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}
