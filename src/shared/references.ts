import { pluralize } from './text.js';
import { DomainError } from './errors/domain-error.js';
import type { ErrorKind } from './errors/domain-error.js';

/** Finds references to an entity. Must be cheap: lists call it once per element. */
export interface ReferenceSource {
  /** Kind of the referring entities, in the plural, e.g. `machines`. */
  readonly what: string;
  /** Returns the IDs of the entities that refer to `entityId`. */
  readonly idsOf: (entityId: string) => readonly string[];
}

/**
 * References to the entities of a feature. Features may import only earlier ones; later features therefore register
 * here at start-up, and the earlier one checks before it deletes an entity.
 */
export class References {
  private readonly sources: ReferenceSource[] = [];

  add(source: ReferenceSource): void {
    this.sources.push(source);
  }

  /** Returns the IDs of the `what` that refer to the entity; empty if `what` is not registered. */
  idsOf(what: string, entityId: string): readonly string[] {
    return this.sources.filter((source) => source.what === what).flatMap((source) => source.idsOf(entityId));
  }

  /** Throws `kind` (default 422) if the entity is still referenced; the message names the kind and some of the IDs. */
  assertUnreferenced(entity: string, entityId: string, kind: ErrorKind = 'invalid'): void {
    for (const { what, idsOf } of this.sources) {
      const ids = idsOf(entityId);
      if (ids.length > 0) throw new DomainError(kind, inUse(entity, entityId, what, ids));
    }
  }
}

function inUse(entity: string, entityId: string, what: string, ids: readonly string[]): string {
  const some = ids.slice(0, 3).join(', ') + (ids.length > 3 ? ', …' : '');
  const users = pluralize(ids.length, singularOf(what), what);
  return `${entity} "${entityId}" cannot be deleted, ${users} still ${ids.length === 1 ? 'refers' : 'refer'} to it: ${some}`;
}

/** The singular of a source's name: machines, switches, size reservations. */
const singularOf = (plural: string): string => plural.replace(/(?<=ch)es$|s$/, '');
