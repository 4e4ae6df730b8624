import type { Switch, SwitchNic } from '../../api/types.js';
import { durationText } from '../../components/time.js';

const collator = new Intl.Collator('en', { numeric: true });
export const byName = (a: { name: string }, b: { name: string }): number => collator.compare(a.name, b.name);

/** The number of the first lane of a port (docs/reference/switches.md#port-names); undefined for other names. */
export function laneOf(name: string): number | undefined {
  const [, sonic, cumulus, split] = /^(?:Ethernet(\d{1,6})|swp(\d{1,6})(?:s(\d{1,6}))?)$/.exec(name) ?? [];
  if (sonic !== undefined) return Number(sonic);
  if (cumulus === undefined || Number(cumulus) < 1) return undefined;
  return (Number(cumulus) - 1) * 4 + Number(split ?? 0);
}

/** What another switch gets that takes the place of this one. */
export interface Takeover {
  readonly moves: readonly {
    readonly machine: string;
    readonly from: string;
    /** Undefined if the new switch has no such port. */
    readonly to: string | undefined;
    readonly vrf: string;
  }[];
  /** Ports of the model that the new switch lacks, although it must have them. */
  readonly missing: readonly string[];
}

/**
 * The ports, VRFs and machines that `target` takes over from `model`; with the names of the model when `target` is not known
 * yet. The server decides in the same way (docs/reference/switches.md#replacement).
 */
export function takeoverOf(model: Switch, target: Switch | undefined): Takeover {
  const isSameVendor = target === undefined || target.os?.vendor === model.os?.vendor;
  const find = ({ name }: SwitchNic): string | undefined => {
    if (target === undefined) return name;
    const lane = laneOf(name);
    return target.nics.find((nic) =>
      isSameVendor ? nic.name === name : lane !== undefined && laneOf(nic.name) === lane,
    )?.name;
  };
  const moves = model.connections
    .map(({ nic, machine_id: machine = '' }) => ({ machine, from: nic.name, to: find(nic), vrf: nic.vrf ?? '' }))
    .sort((a, b) => collator.compare(a.from, b.from));
  const missing = model.nics.filter((nic) => laneOf(nic.name) !== undefined && find(nic) === undefined);
  return { moves, missing: missing.sort(byName).map(({ name }) => name) };
}

/** The switches that may take the place of this one: of the same rack and partition, and not in use. */
export const successorsOf = (old: Switch, all: readonly Switch[]): Switch[] =>
  all.filter(
    ({ id, rack_id, partition, connections }) =>
      id !== old.id && rack_id === old.rack_id && partition.id === old.partition.id && connections.length === 0,
  );

/** From which a replacement of this switch takes its ports: the one other switch of the rack that is in use. */
export function twinOf(old: Switch, all: readonly Switch[]): Switch | undefined {
  const others = all.filter(
    ({ id, rack_id, partition, connections, mode }) =>
      id !== old.id &&
      rack_id === old.rack_id &&
      partition.id === old.partition.id &&
      mode !== 'replace' &&
      connections.length > 0,
  );
  return others.length === 1 ? others[0] : undefined;
}

export interface Pair {
  readonly rack: string;
  readonly partition: string;
  readonly leaves: readonly Switch[];
}

/** The leaves of each rack, ordered by partition and rack. */
export function pairsOf(switches: readonly Switch[]): readonly Pair[] {
  const pairs = new Map<string, { rack: string; partition: string; leaves: Switch[] }>();
  for (const leaf of switches) {
    const [rack, partition] = [leaf.rack_id, leaf.partition.id ?? ''];
    const key = `${partition}\0${rack}`;
    const pair = pairs.get(key) ?? { rack, partition, leaves: [] };
    pair.leaves.push(leaf);
    pairs.set(key, pair);
  }
  for (const { leaves } of pairs.values()) leaves.sort((a, b) => collator.compare(a.id, b.id));
  return [...pairs.values()].sort(
    (a, b) => collator.compare(a.partition, b.partition) || collator.compare(a.rack, b.rack),
  );
}

/** The error of the last round of the agent; undefined when a later round went well. */
export function currentError({ last_sync: sync, last_sync_error: failure }: Switch): string | undefined {
  if (!failure || (sync && sync.time > failure.time)) return undefined;
  return failure.error || 'the agent reported an error without a text';
}

/** How long a round of the agent took, from nanoseconds. */
export const syncDuration = (nanoseconds: number): string =>
  nanoseconds < 1e9 ? `${Math.ceil(nanoseconds / 1e6)} ms` : durationText(nanoseconds / 1e6);

/** What a port does, with a symbol: colour never is the only difference. */
export function portState(nic: SwitchNic): {
  readonly id: 'up' | 'down' | 'shut' | 'unknown';
  readonly symbol: string;
} {
  if (nic.admin_status === 'DOWN') return { id: 'shut', symbol: '✕' };
  if (nic.actual === 'UP') return { id: 'up', symbol: '▲' };
  return nic.actual === 'DOWN' ? { id: 'down', symbol: '▼' } : { id: 'unknown', symbol: '?' };
}
