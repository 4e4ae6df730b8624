import type { Type } from '@nestjs/common';
import type { Role } from '../../platform/auth/role.js';
import type { Change, Document, Table } from '../../platform/store/table.js';
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
  readonly sources: readonly WatchSource[];
}

/** The object as callers see it who see secrets, or do not. */
export const shownObject = ({ conceal }: WatchKind, { object }: Sight, secrets: boolean): object =>
  secrets || !conceal ? object : conceal(object);

/** A table that objects depend on. */
export interface WatchSource {
  readonly table: string;
  /** Hears of each key whose objects may have changed, and of a gap in the feed. Returns the end of it. */
  follow(changed: (key: string) => void, interrupted: () => void): () => void;
  /** Ids of the objects that depend on a key; asked once for many changes, as they may be many. */
  idsOf(key: string): Iterable<string>;
}

/**
 * Objects depend on documents of `table`: `keysOf` has to be cheap, `idsOf` may search. Keys are taken of the document
 * before and after the change.
 */
export function dependsOn<T extends Document>(
  table: Pick<Table<T, never>, 'name' | 'watch'>,
  keysOf: (document: T) => readonly (string | undefined)[] = ({ id }) => [id],
  idsOf: (key: string) => Iterable<string> = (key) => [key],
): WatchSource {
  const follow: WatchSource['follow'] = (changed, interrupted) => {
    const tell = (document: T | undefined): void => {
      if (document) for (const key of keysOf(document)) if (key) changed(key);
    };
    return table.watch((change: Change<T>) => {
      if (change.type === 'reset') return interrupted();
      tell(change.before);
      if (change.type === 'put') tell(change.now);
    });
  };
  return { table: table.name, follow, idsOf };
}
