import { DomainError, invalid } from '../../shared/errors/domain-error.js';
import { Prefix } from '../../shared/net/prefix.js';
import type { Reservation } from './ipam.js';

/** Throws `invalid` when a prefix overlaps one of another owner's (reference/20 §2.2 step 10). */
export function refuseOverlap(taken: readonly Reservation[], owner: string, wanted: readonly string[]): void {
  const others = taken.filter((reservation) => reservation.owner !== owner);
  for (const prefix of wanted.map((text) => Prefix.parse(text))) {
    for (const other of others) {
      const clash = other.prefixes.find((text) => Prefix.parse(text).overlaps(prefix));
      if (clash) throw invalid(`prefix ${prefix.toString()} overlaps ${clash} of network "${other.owner}"`);
    }
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
