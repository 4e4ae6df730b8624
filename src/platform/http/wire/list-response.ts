import { acquireLoopTurn, LoopSlicer } from '../../../shared/event-loop.js';
import { jsonPiecesOf } from './json.js';
import type { KeptAnswer } from './json.js';
import type { JsonPieces } from './json-pieces.js';
import { ListBuilder } from './list-builder.js';
import type { ResponseJson } from './response-json.js';

/** A response as its JSON. */
export type JsonOf<_Answer> = JsonPieces;

/** A list response: its JSON, in pieces that responses share, or packed. */
export type ListResponse<_Element> = ResponseJson;

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
  const slicer = new LoopSlicer();
  const list = new ListBuilder();
  for (const element of find()) {
    if (slicer.due) await slicer.pause();
    list.add(jsonPiecesOf(answer(element)));
    if (list.full) await list.pack();
  }
  return list.end();
}
