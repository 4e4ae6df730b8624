import type { Change, Document, Table } from './table.js';

/** A table that objects are made of. */
export interface Dependency {
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
): Dependency {
  const follow: Dependency['follow'] = (changed, interrupted) => {
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
