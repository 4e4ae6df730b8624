import type { Machine } from '../api/types.js';

export interface Rack {
  readonly id: string;
  readonly partition: string;
  readonly room: string;
  /** In the order of their leaf ports. */
  readonly machines: readonly Machine[];
}

/** The racks of these machines, ordered by partition, room and ID. */
export function racksOf(machines: Iterable<Machine>): readonly Rack[] {
  const racks = new Map<string, { id: string; partition: string; room: string; machines: Machine[] }>();
  for (const machine of machines) {
    const [partition, room, id] = [machine.partition?.id ?? '', machine.roomid ?? '', machine.rackid ?? ''];
    const key = `${partition}\0${room}\0${id}`;
    const rack = racks.get(key);
    if (rack) rack.machines.push(machine);
    else racks.set(key, { id, partition, room, machines: [machine] });
  }
  for (const rack of racks.values()) rack.machines.sort(byPort);
  return [...racks.values()].sort(
    (a, b) => compare(a.partition, b.partition) || compare(a.room, b.room) || compare(a.id, b.id),
  );
}

const collator = new Intl.Collator('en', { numeric: true });
const compare = (a: string, b: string): number => (a === b ? 0 : collator.compare(a, b));

const ports = new WeakMap<Machine, number>();

/** The number of the port at the first leaf, which is the order in the rack; machines without one are last. */
function portOf(machine: Machine): number {
  const known = ports.get(machine);
  if (known !== undefined) return known;
  const name = machine.hardware.nics.find(({ neighbors }) => neighbors.length > 0)?.neighbors[0]?.name ?? '';
  const port = Number(/(\d+)\D*$/.exec(name)?.[1] ?? Infinity);
  ports.set(machine, port);
  return port;
}

function byPort(a: Machine, b: Machine): number {
  const [first, second] = [portOf(a), portOf(b)];
  if (first !== second) return first - second;
  return a.id < b.id ? -1 : 1;
}
