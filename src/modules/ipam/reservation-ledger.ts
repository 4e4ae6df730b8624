import { DomainError, invalid } from '../../shared/errors/domain-error.js';
import { Prefix } from '../../shared/net/prefix.js';
import { firstOverlapping } from '../../shared/net/prefix-index.js';
import { remembered } from '../../shared/remembered.js';
import type { Reservation } from './ipam.js';

const parsed = remembered(({ prefixes }: Reservation): readonly Prefix[] => prefixes.map((text) => Prefix.parse(text)));

/** Throws `invalid` when a prefix overlaps one of another owner's (reference/20 §2.2 step 10). */
export function refuseOverlap(taken: readonly Reservation[], owner: string, wanted: readonly string[]): void {
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

/** Throws `conflict` with the role and its holder in `details` when somebody else holds one of the roles. */
export function refuseTakenRoles(taken: readonly Reservation[], owner: string, roles: readonly string[]): void {
  for (const role of roles) {
    const holder = taken.find((reservation) => reservation.owner !== owner && reservation.roles.includes(role));
    if (holder)
      throw new DomainError('conflict', `${role} is already network "${holder.owner}"`, { role, holder: holder.owner });
  }
}

/**
 * The reservations with `wanted` in place of what its owner had before. Throws like the two rules above. Its own prefixes
 * may overlap: while a network changes, those before the change and those after it are reserved together.
 */
export function reserve(taken: readonly Reservation[], wanted: Reservation): Reservation[] {
  refuseOverlap(taken, wanted.owner, wanted.prefixes);
  refuseTakenRoles(taken, wanted.owner, wanted.roles);
  return [...taken.filter(({ owner }) => owner !== wanted.owner), wanted];
}
