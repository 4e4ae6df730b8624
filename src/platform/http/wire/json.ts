/** The bytes of answers that mappers hand out again and again; `undefined` until somebody asks for them. */
const known = new WeakMap<object, Buffer | undefined>();

/**
 * Promises that this answer will never change, so that its JSON is made only once. A list of ten thousand machines is
 * seventy megabytes, of which little changes between two readers.
 */
export function unchanging<T extends object>(answer: T): T {
  known.set(answer, undefined);
  return answer;
}

/** The JSON of an answer; the same as `JSON.stringify`, but as bytes, and remembered, where answers are unchanging. */
export function toJson(answer: unknown): string | Buffer {
  if (isUnchanging(answer)) return bytesOf(answer);
  return Array.isArray(answer) && answer.some(isUnchanging) ? listOf(answer) : JSON.stringify(answer);
}

const isUnchanging = (answer: unknown): answer is object =>
  typeof answer === 'object' && answer !== null && known.has(answer);

function bytesOf(answer: object): Buffer {
  let bytes = known.get(answer);
  if (bytes === undefined) known.set(answer, (bytes = Buffer.from(JSON.stringify(answer))));
  return bytes;
}

const [OPEN, COMMA, CLOSE] = [Buffer.from('['), Buffer.from(','), Buffer.from(']')];

function listOf(answers: readonly unknown[]): Buffer {
  const parts = answers.flatMap((answer, index) => [
    index === 0 ? OPEN : COMMA,
    isUnchanging(answer) ? bytesOf(answer) : Buffer.from(JSON.stringify(answer) ?? 'null'),
  ]);
  return Buffer.concat([...parts, CLOSE]);
}
