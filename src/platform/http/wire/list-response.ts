import { mapYielding, acquireLoopTurn } from '../../../shared/event-loop.js';
import { jsonPiecesOf } from './json.js';
import type { KeptAnswer } from './json.js';
import { JsonPieces } from './json-pieces.js';

/** A response as its JSON. */
export type JsonOf<_Answer> = JsonPieces;

/** A list response: its JSON, made of the pieces of its elements, which responses share. */
export type ListResponse<_Element> = JsonPieces;

/**
 * Responds with a list that may be long without blocking the event loop: `find` collects the elements in one step, so
 * that they belong to one moment; their responses are created, or taken from the cache, in portions. Rejects with
 * errors of either function.
 */
export async function respondWithList<T, A extends object>(
  find: () => Iterable<T>,
  answer: (element: T) => A | KeptAnswer<A> | JsonOf<A>,
): Promise<ListResponse<A>> {
  await acquireLoopTurn();
  return JsonPieces.list(await mapYielding(find(), (element) => jsonPiecesOf(answer(element))));
}
