import { DomainError, invalid } from '../../shared/errors/domain-error.js';
import { Prefix } from '../../shared/net/prefix.js';
import { firstOverlapping } from '../../shared/net/prefix-index.js';
import { memoizeByIdentity } from '../../shared/memoize-by-identity.js';
import type { PrefixReservation } from './ipam.js';

const parsed = memoizeByIdentity(({ prefixes }: PrefixReservation): readonly Prefix[] =>
  prefixes.map((text) => Prefix.parse(text)),
);

/**
 * Throws `invalid` if a prefix overlaps a prefix of another owner (docs/reference/networks.md#create-a-network step
 * 10).
 */
export function assertNoOverlap(taken: readonly PrefixReservation[], owner: string, wanted: readonly string[]): void {
  const others = taken.filter((reservation) => reservation.owner !== owner);
  const prefixes = wanted.map((text) => Prefix.parse(text));
  const position = firstOverlapping(prefixes, others.flatMap(parsed));
  const prefix = position === undefined ? undefined : prefixes[position];
  if (!prefix) return;
  for (const other of others) {
    const clash = parsed(other).find((candidate) => candidate.overlaps(prefix));
    if (clash) throw invalid(`prefix ${prefix.toString()} overlaps ${clash.toString()} of network "${other.owner}"`);
  }
}

/** Throws `conflict`, with the role and its holder in `details`, if another owner has one of the roles. */
export function assertRolesFree(taken: readonly PrefixReservation[], owner: string, roles: readonly string[]): void {
  for (const role of roles) {
    const holder = taken.find((reservation) => reservation.owner !== owner && reservation.roles.includes(role));
    if (holder)
      throw new DomainError('conflict', `${role} is already network "${holder.owner}"`, { role, holder: holder.owner });
  }
}

/**
 * Returns the reservations with `wanted` in place of its owner's previous reservation. Throws the errors of the two
 * functions above. An owner's own prefixes may overlap: while a network changes, its old and new prefixes are both
 * reserved.
 */
export function reserve(taken: readonly PrefixReservation[], wanted: PrefixReservation): PrefixReservation[] {
  assertNoOverlap(taken, wanted.owner, wanted.prefixes);
  assertRolesFree(taken, wanted.owner, wanted.roles);
  return [...taken.filter(({ owner }) => owner !== wanted.owner), wanted];
}
