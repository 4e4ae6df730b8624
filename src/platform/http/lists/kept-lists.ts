import { Injectable } from '@nestjs/common';
import { jsonPiecesOf } from '../wire/json.js';
import type { KeptAnswer } from '../wire/json.js';
import type { JsonPieces } from '../wire/json-pieces.js';
import { respondWithList } from '../wire/list-response.js';
import type { ListResponse } from '../wire/list-response.js';

interface Kept {
  /** Number of changes before it was made. */
  readonly changes: number;
  readonly list: Promise<JsonPieces>;
}

/**
 * The responses of lists, kept until something changes that their objects are made of: a caller who has the list already costs
 * a comparison of numbers, and its compressed bytes serve everybody.
 */
@Injectable()
export class KeptLists {
  private readonly sources = new Map<string, () => number>();
  private readonly kept = new Map<string, Kept>();

  /** Lists of this kind are valid while the result of `changes` is the same; without a declaration, they are not kept. */
  declare(kind: string, changes: () => number): void {
    this.sources.set(kind, changes);
  }

  /**
   * Like `respondWithList`, for all objects of a kind. `variant` names everything else that the response depends on, such as
   * the secrets that it shows; its values must be few.
   */
  respond<T, A extends object>(
    kind: string,
    variant: string,
    find: () => Iterable<T>,
    answer: (element: T) => A | KeptAnswer<A>,
  ): Promise<ListResponse<A>> {
    const changes = this.sources.get(kind)?.();
    if (changes === undefined) return respondWithList(find, answer);
    const key = `${kind} ${variant}`;
    const known = this.kept.get(key);
    if (known?.changes === changes) return known.list;
    const list = respondWithList(find, (element) => tagged(answer(element)));
    this.kept.set(key, { changes, list });
    list.catch(() => this.kept.delete(key));
    return list;
  }
}

/** The element with its tag, which is made while the loop takes turns, not in one go with the tag of the list. */
function tagged(answer: object): JsonPieces {
  const pieces = jsonPiecesOf(answer);
  void pieces.tag;
  return pieces;
}
