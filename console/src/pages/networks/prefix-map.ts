import type { Ip, Network } from '../../api/types.js';
import { bitsOf, contains, lastOf, parsePrefix } from './prefix.js';
import type { Prefix } from './prefix.js';

/** Something that takes addresses of a network. */
export interface Thing {
  readonly kind: 'child' | 'used' | 'reserved';
  readonly prefix: Prefix;
  /** ID of the child network, or the address. */
  readonly id: string;
  readonly text: string;
}

/** A part of a prefix, drawn as one square. */
export interface Cell {
  readonly prefix: Prefix;
  /** `partial`: things take some of it. */
  readonly state: 'free' | 'partial' | Thing['kind'];
  /** What is in it; one thing unless it is partial. */
  readonly things: readonly Thing[];
}

/** A map has at most 2^8 cells. */
const CELL_BITS = 8;

/** The prefix in equal parts, with what takes them. Takes time in proportion to things and cells. */
export function cellsOf(view: Prefix, things: readonly Thing[]): readonly Cell[] {
  const bits = Math.min(CELL_BITS, bitsOf(view.family) - view.length);
  const length = view.length + bits;
  const shift = BigInt(bitsOf(view.family) - length);
  const content: Thing[][] = Array.from({ length: 2 ** bits }, () => []);
  for (const thing of things) {
    if (thing.prefix.family !== view.family) continue;
    const [first, last] = [thing.prefix.base, lastOf(thing.prefix)];
    if (last < view.base || first > lastOf(view)) continue;
    const from = first < view.base ? 0 : Number((first - view.base) >> shift);
    const to = last > lastOf(view) ? content.length - 1 : Number((last - view.base) >> shift);
    for (let index = from; index <= to; index++) content[index]!.push(thing);
  }
  return content.map((inside, index) => {
    const prefix = { family: view.family, base: view.base + (BigInt(index) << shift), length };
    const [only] = inside;
    const state = !only ? 'free' : inside.length === 1 && contains(only.prefix, prefix) ? only.kind : 'partial';
    return { prefix, state, things: inside };
  });
}

/**
 * Everything that takes addresses of this prefix of a network: children, addresses, and what IPAM reserves. `projectName`
 * returns what the texts call a project.
 */
export function thingsIn(
  prefix: Prefix,
  children: readonly Network[],
  ips: readonly Ip[],
  projectName: (id: string) => string,
): readonly Thing[] {
  const of = (project: string | undefined): string => (project ? ` of project ${projectName(project)}` : '');
  const things: Thing[] = [];
  const add = (kind: Thing['kind'], text: string, id: string, label: string): void => {
    const at = parsePrefix(text);
    if (at && contains(prefix, at)) things.push({ kind, prefix: at, id, text: label });
  };
  for (const { id, name, projectid, prefixes } of children) {
    for (const text of prefixes) add('child', text, id, `child network ${name || id}${of(projectid)}`);
  }
  for (const { ipaddress, name, projectid, type } of ips) {
    add('used', ipaddress, ipaddress, `${type} address${name ? ` ${name}` : ''}${of(projectid)}`);
  }
  if (children.length === 0) things.push(...reservedIn(prefix));
  return things.sort((a, b) => (a.prefix.base < b.prefix.base ? -1 : 1));
}

/** The first address, and of IPv4 the last one, are never allocated (docs/reference/ipam.md#reserved-addresses). */
function reservedIn(prefix: Prefix): Thing[] {
  const length = bitsOf(prefix.family);
  const reserve = (base: bigint, text: string): Thing => ({
    kind: 'reserved',
    prefix: { family: prefix.family, base, length },
    id: text,
    text,
  });
  const first = reserve(prefix.base, 'reserved: network address');
  if (prefix.family === 'IPv6' || prefix.length === 32) return [first];
  return [first, reserve(lastOf(prefix), 'reserved: broadcast address')];
}

/** The share of a prefix that children take, from 0 to 1. */
export function shareTaken(prefix: Prefix, children: readonly Network[]): number {
  let taken = 0;
  for (const { prefixes } of children) {
    for (const text of prefixes) {
      const at = parsePrefix(text);
      if (at && contains(prefix, at)) taken += 2 ** (prefix.length - at.length);
    }
  }
  return Math.min(1, taken);
}
