import type { Type } from '@nestjs/common';
import type { Role } from '../../platform/auth/role.js';
import type { Dependency } from '../../platform/store/dependency.js';
import type { Sight } from './watch.js';

/** Objects that can be watched, as their list shows them. */
export interface WatchKind {
  /** As in the path of the list: `/v1/<name>`. */
  readonly name: string;
  /** Who may list them. */
  readonly role: Role;
  /** The wire class of the objects. */
  readonly shape: Type;
  /** Ids of all objects of the list; others do no harm. */
  ids(): Iterable<string>;
  /** The object of the list with all secrets, made by the mapper of the list; undefined when the list has none. */
  look(id: string): Sight | undefined;
  /** The object without its secrets. */
  readonly conceal?: (object: object) => object;
  /** Everything that objects are made of. */
  readonly sources: readonly Dependency[];
}

/** The object as callers see it who see secrets, or do not. */
export const shownObject = ({ conceal }: WatchKind, { object }: Sight, secrets: boolean): object =>
  secrets || !conceal ? object : conceal(object);
