import type { Machine, Project } from '../api/types.js';

/** Machines are immutable, so the text of each is made once. */
const texts = new WeakMap<Machine, string>();

/** Everything by which a machine is found, in lower case and separated by spaces. */
function textOf(machine: Machine): string {
  const known = texts.get(machine);
  if (known !== undefined) return known;
  const { id, name, rackid, roomid, partition, size, hardware, allocation, tags } = machine;
  const text = [
    ...[id, name, rackid, roomid, partition?.id, size?.id],
    ...hardware.nics.map(({ mac }) => mac),
    ...tags,
    ...(allocation ? [allocation.name, allocation.hostname, allocation.project, allocation.image?.id] : []),
    ...(allocation?.networks.flatMap(({ ips, networkid }) => [...ips, networkid]) ?? []),
  ]
    .filter((part) => part)
    .join(' ')
    .toLowerCase();
  texts.set(machine, text);
  return text;
}

/** Whether each word of the query is part of something that identifies the machine or its project. */
export function matcher(query: string, projects: Iterable<Project>): (machine: Machine) => boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  const named = [...projects].map(({ meta, name }) => [meta?.id ?? '', (name ?? '').toLowerCase()] as const);
  const wanted = words.map((word) => ({
    word,
    projects: new Set(named.filter(([, name]) => name.includes(word)).map(([id]) => id)),
  }));
  return (machine) =>
    wanted.every(
      ({ word, projects: ids }) =>
        textOf(machine).includes(word) || (machine.allocation ? ids.has(machine.allocation.project) : false),
    );
}
