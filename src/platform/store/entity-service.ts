import { byId } from '../../shared/entity.js';
import { notFound } from '../../shared/errors/domain-error.js';
import type { Document, Table } from './table.js';

/** The reads that every feature offers for its entities. All are served from memory. */
export abstract class EntityService<T extends Document, I extends string = string> {
  /** `what` is the name of the entity in messages, e.g. `image`. */
  constructor(
    protected readonly what: string,
    protected readonly table: Table<T, I>,
  ) {}

  /** Undefined for an unknown ID, and for none. */
  find(id: string | undefined): T | undefined {
    return id === undefined ? undefined : this.table.get(id);
  }

  /** Throws `not-found`. */
  get(id: string): T {
    const entity = this.find(id);
    if (!entity) throw notFound(this.what, id);
    return entity;
  }

  /** The entities that `accept` selects, ordered by ID. */
  list(accept: (entity: T) => boolean = () => true): T[] {
    return [...this.table.list()].filter(accept).sort(byId);
  }
}
