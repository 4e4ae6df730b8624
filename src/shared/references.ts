import { counted } from './text.js';
import { DomainError } from './errors/domain-error.js';
import type { ErrorKind } from './errors/domain-error.js';

/** Finds what refers to an entity. Must be cheap: lists ask once per element. */
export interface ReferenceSource {
  /** What refers, in the plural, e.g. `machines`. */
  readonly what: string;
  /** The ids of those that refer to the entity. */
  readonly idsOf: (entityId: string) => readonly string[];
}

/**
 * Who refers to the entities of a feature. Features may only import earlier ones, so those that come later add
 * themselves here when the process starts, and the earlier one asks before it deletes.
 */
export class References {
  private readonly sources: ReferenceSource[] = [];

  add(source: ReferenceSource): void {
    this.sources.push(source);
  }

  /** The ids of `what` that refer to the entity; none when nobody answers for `what`. */
  idsOf(what: string, entityId: string): readonly string[] {
    return this.sources.filter((source) => source.what === what).flatMap((source) => source.idsOf(entityId));
  }

  /** Throws (422 unless told otherwise) when anything still refers to the entity, naming what and some of the ids. */
  refuseIfAny(entity: string, entityId: string, kind: ErrorKind = 'invalid'): void {
    for (const { what, idsOf } of this.sources) {
      const ids = idsOf(entityId);
      if (ids.length > 0) throw new DomainError(kind, inUse(entity, entityId, what, ids));
    }
  }
}

function inUse(entity: string, entityId: string, what: string, ids: readonly string[]): string {
  const some = ids.slice(0, 3).join(', ') + (ids.length > 3 ? ', …' : '');
  const users = counted(ids.length, singularOf(what), what);
  return `${entity} "${entityId}" cannot be deleted, ${users} still ${ids.length === 1 ? 'refers' : 'refer'} to it: ${some}`;
}

/** Of the plurals that sources are named by: machines, switches, size reservations. */
const singularOf = (plural: string): string => plural.replace(/(?<=ch)es$|s$/, '');
