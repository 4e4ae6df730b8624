import { mapInTurns, ownTurn } from '../../../shared/turns.js';
import { piecesOf } from './json.js';
import { JsonPieces } from './json-pieces.js';

/** A list as it is answered: its JSON, made of the pieces of its elements, which other answers share. */
export type AnswerList<_Element> = JsonPieces;

/**
 * Answers a list that may be long, without keeping others from the event loop: `find` gathers what is to be answered in
 * one go, so that it is of one moment; the answers are made, or found ready, in turns. Rejects with what either throws.
 */
export async function answerList<T, A extends object>(
  find: () => Iterable<T>,
  answer: (element: T) => A,
): Promise<AnswerList<A>> {
  await ownTurn();
  return JsonPieces.list(await mapInTurns(find(), (element) => piecesOf(answer(element))));
}
