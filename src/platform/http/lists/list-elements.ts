import type { JsonPieces } from '../wire/json-pieces.js';
import type { ResponseJson } from '../wire/response-json.js';

/** An element of a list to make anew, by id; `make` is undefined if the list has it no longer. */
export interface ElementChange {
  readonly id: string;
  readonly make: (() => JsonPieces) | undefined;
}

/** The elements of a list as bytes. */
export interface ListElements {
  /**
   * Makes elements anew, in turns that yield to the event loop. Not to be called again before it has ended. Rejects with errors
   * of `make`. Resolves with the changes that are not made yet, because there is too much.
   */
  update(changes: readonly ElementChange[]): Promise<readonly ElementChange[]>;
  /** The list, in the order of ids; the same one until an element changes. */
  list(): ResponseJson;
}
