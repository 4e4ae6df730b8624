import { changeEntity, type Optional } from '../../shared/entity.js';
import { DomainError, invalid, malformed } from '../../shared/errors/domain-error.js';
import { ADDRESS_FAMILIES, type AddressFamily } from '../../shared/net/family.js';
import { assertDisjoint } from '../ipam/ipam.js';
import { familiesOf, isChild, type ChildPrefixLengths, type Network } from './network.js';
import {
  checkChildLengths,
  checkDestinations,
  readLengths,
  readPrefixes,
  type RequestedLengths,
} from './network-rules.js';

/** Fields that an administrator can change (POST /v1/network). Absent fields stay unchanged. */
export type NetworkChange = Optional<
  Pick<Network, 'name' | 'description' | 'labels' | 'shared'> & {
    /** Like the other lists, replaces the whole list unless empty. */
    readonly prefixes: readonly string[];
    readonly destinationPrefixes: readonly string[];
    /** An empty list empties the stored one, if forced. */
    readonly additionalAnnouncableCidrs: readonly string[];
    readonly defaultChildPrefixLength: RequestedLengths;
  }
>;

/** A changed network, with the prefixes that it gains and loses. */
export interface PlannedChange {
  readonly network: Network;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Returns the network after a change. The final state is checked, so one request can make a super network dual-stack,
 * which the original does not support (docs/reference/networks.md#update-a-network step 7). `force` permits dropping
 * additional announcable CIDRs; with `force`, an absent list drops all of them. Throws `malformed` and `invalid` as
 * specified by the steps of docs/reference/networks.md#update-a-network.
 */
export function planChange(network: Network, change: NetworkChange, force: boolean, now: string): PlannedChange {
  if (change.shared === false && network.shared)
    throw malformed(`network "${network.id}" is shared and cannot be made private again`);
  const prefixes = change.prefixes?.length ? readPrefixes('prefixes', change.prefixes, 'invalid') : network.prefixes;
  if (change.prefixes?.length) assertDisjoint(prefixes);
  const added = without(prefixes, network.prefixes);
  const removed = without(network.prefixes, prefixes);
  if (isChild(network) && added.length + removed.length > 0)
    throw invalid(
      `prefixes of "${network.id}" cannot change; they belong to super network "${network.parentNetworkId}"`,
    );
  const destinationPrefixes = change.destinationPrefixes?.length
    ? readPrefixes('destinationprefixes', change.destinationPrefixes, 'invalid')
    : network.destinationPrefixes;
  if (change.prefixes?.length || change.destinationPrefixes?.length) checkDestinations(prefixes, destinationPrefixes);
  const fields = {
    name: change.name,
    description: change.description,
    labels: change.labels,
    shared: change.shared,
    prefixes,
    destinationPrefixes,
    defaultChildPrefixLength: childLengths(network, change.defaultChildPrefixLength ?? {}, prefixes),
    additionalAnnouncableCidrs: announcable(network, change.additionalAnnouncableCidrs, force),
  };
  return { network: changeEntity<Network>(network, fields, now), added, removed };
}

const without = (texts: readonly string[], others: readonly string[]): string[] => {
  const known = new Set(others);
  return texts.filter((text) => !known.has(text));
};

/**
 * Returns `undefined` if unchanged. `metalctl` sends back the lengths it has read, so lengths equal to the stored ones
 * are no change (docs/reference/metalctl.md#network-update).
 */
function childLengths(
  network: Network,
  requested: RequestedLengths,
  prefixes: readonly string[],
): ChildPrefixLengths | undefined {
  const stored = network.defaultChildPrefixLength ?? {};
  const lengths = readLengths('defaultchildprefixlength', requested, 'invalid');
  const given = isSame(lengths, stored) ? [] : (Object.keys(lengths) as AddressFamily[]);
  if (!network.privateSuper) {
    if (given.length === 0) return undefined;
    throw invalid(`defaultchildprefixlength: network "${network.id}" is not a private super network`);
  }
  const unused = given.find((family) => !familiesOf(prefixes).includes(family));
  if (unused) throw invalid(`defaultchildprefixlength: given for ${unused}, but the network has no ${unused} prefix`);
  const next = given.length === 0 ? withoutLostFamilies(stored, prefixes) : lengths;
  checkChildLengths(prefixes, next, 'malformed');
  return next;
}

const isSame = (some: ChildPrefixLengths, others: ChildPrefixLengths): boolean =>
  ADDRESS_FAMILIES.every((family) => some[family] === others[family]);

/** Drops the length of an address family whose last prefix is removed. */
const withoutLostFamilies = (lengths: ChildPrefixLengths, prefixes: readonly string[]): ChildPrefixLengths =>
  Object.fromEntries(familiesOf(prefixes).flatMap((family) => (lengths[family] ? [[family, lengths[family]]] : [])));

/** Returns `undefined` if unchanged. */
function announcable(network: Network, requested: readonly string[] | undefined, force: boolean): string[] | undefined {
  if (requested === undefined && !force) return undefined;
  const next = readPrefixes('additionalAnnouncableCIDRs', requested ?? [], 'invalid');
  if (next.length > 0 && !network.privateSuper)
    throw new DomainError(
      'invalid',
      `additionalAnnouncableCIDRs: network "${network.id}" is not a private super network`,
    );
  const [lost] = without(network.additionalAnnouncableCidrs, next);
  if (lost && !force)
    throw malformed(`additionalAnnouncableCIDRs: ${lost} would be removed, which requires force=true`);
  return next;
}
