import { append } from '../../shared/append.js';
import type { Content } from '../../shared/document.js';
import type { IntegerRange } from '../../shared/concurrency/integer-allocator.js';
import type { Machine } from '../../modules/machine/machine.js';
import type { Network } from '../../modules/network/network.js';
import { ASN_BASE, POOL_RANGE, type PoolNumber } from '../../modules/pool/pool.js';
import type { FreeNumbers } from '../old-installation.js';
import type { InconsistencyName, Notes } from '../notes.js';

/** The words of one pool. */
interface PoolNames {
  readonly what: string;
  readonly unowned: InconsistencyName;
  readonly alsoFree: InconsistencyName;
  readonly outOfRange: InconsistencyName;
  /** What is added to a number of the pool to get the one that is shown. */
  readonly base: number;
  readonly reserved: readonly IntegerRange[];
  readonly setting: string;
}

/** The VRF numbers of networks, each with its owners. */
export function vrfsOf(
  networks: readonly Content<Network>[],
  free: FreeNumbers,
  reserved: readonly IntegerRange[],
  notes: Notes,
): Content<PoolNumber>[] {
  const owners = new Map<number, Content<Network>[]>();
  for (const network of networks) {
    if (network.vrf !== 0) append(owners, network.vrf, network);
  }
  for (const [vrf, users] of owners) {
    const child = users.length > 1 && users.find(({ parentNetworkId }) => parentNetworkId !== undefined);
    if (child)
      notes.inconsistent(
        'vrf-shared',
        users.map(({ id }) => `network ${id}`),
        `VRF ${vrf}`,
      );
  }
  comparePool(owners, free, ({ id }) => `network ${id}`, notes, {
    ...{ what: 'VRF', unowned: 'vrf-unowned', alsoFree: 'vrf-also-free', outOfRange: 'vrf-out-of-range' },
    ...{ base: 0, reserved, setting: 'METAL_API_VRF_RESERVED' },
  });
  return [...owners].map(([vrf, users]) => numberOf(vrf, users));
}

/** An allocation as the owner of its AS number. */
interface Allocation {
  readonly id: string;
  readonly created: string;
  readonly machine: string;
}

/** The AS numbers of allocations, each with its owner. */
export function asnsOf(
  machines: readonly Content<Machine>[],
  free: FreeNumbers,
  reserved: readonly IntegerRange[],
  notes: Notes,
): Content<PoolNumber>[] {
  const owners = new Map<number, Allocation[]>();
  for (const { id: machine, allocation } of machines) {
    if (!allocation || allocation.asn === 0) continue;
    const number = allocation.asn - ASN_BASE;
    const owner = { id: allocation.uuid, created: allocation.created, machine };
    append(owners, number, owner);
    if (allocation.networks.some(({ asn }) => asn !== allocation.asn)) {
      const asns = [...new Set(allocation.networks.map(({ asn }) => asn))];
      notes.inconsistent('asn-differs', [`machine ${machine}`], `AS numbers ${asns.join(', ')}`);
    }
  }
  for (const [number, users] of owners) {
    const ids = users.map(({ machine }) => `machine ${machine}`);
    if (users.length > 1) notes.inconsistent('asn-shared', ids, `AS number ${ASN_BASE + number}`);
  }
  comparePool(owners, free, ({ machine }) => `machine ${machine}`, notes, {
    ...{ what: 'AS number', unowned: 'asn-unowned', alsoFree: 'asn-also-free', outOfRange: 'asn-out-of-range' },
    ...{ base: ASN_BASE, reserved, setting: 'METAL_API_ASN_RESERVED' },
  });
  return [...owners].map(([number, users]) => numberOf(number, users));
}

const numberOf = (
  number: number,
  users: readonly { readonly id: string; readonly created: string }[],
): Content<PoolNumber> => ({
  id: String(number),
  owners: users.map(({ id }) => id),
  acquired: users.map(({ created }) => created).sort()[0] ?? '',
});

function comparePool<T>(
  owners: ReadonlyMap<number, readonly T[]>,
  free: FreeNumbers,
  nameOf: (owner: T) => string,
  notes: Notes,
  names: PoolNames,
): void {
  const { what, base } = names;
  if (free === undefined) {
    notes.inconsistent('pool-not-filled', [what], `pool of ${what}s`);
    return;
  }
  for (const [number, users] of owners) {
    const ids = users.map(nameOf);
    if (!inPool(number)) notes.inconsistent(names.outOfRange, ids, `${what} ${base + number}`);
    else if (free.has(number)) notes.inconsistent(names.alsoFree, ids, `${what} ${base + number}`);
  }
  for (const { first, last } of unownedRanges(owners, free)) {
    const text = first === last ? `${base + first}` : `${base + first}-${base + last}`;
    const kept = names.reserved.some((one) => one.first <= base + first && base + last <= one.last);
    const consequence = kept ? `stays reserved by ${names.setting}` : `becomes free unless ${names.setting} lists it`;
    notes.inconsistent(names.unowned, [`${what} ${text}`], consequence);
  }
}

const inPool = (number: number): boolean => BigInt(number) >= POOL_RANGE.first && BigInt(number) <= POOL_RANGE.last;

/** Numbers that are neither free nor owned, as closed ranges. */
function unownedRanges(owners: ReadonlyMap<number, unknown>, free: ReadonlySet<number>) {
  const ranges: { first: number; last: number }[] = [];
  for (let number = Number(POOL_RANGE.first); number <= Number(POOL_RANGE.last); number++) {
    if (free.has(number) || owners.has(number)) continue;
    const before = ranges.at(-1);
    if (before?.last === number - 1) before.last = number;
    else ranges.push({ first: number, last: number });
  }
  return ranges;
}
