/**
 * What is known of what never changes: the text of parts of answers, the bytes of whole answers, `undefined` until
 * somebody asks. Whole answers are bytes because texts of tens of megabytes cost the process several times their size
 * while they are put together and sent.
 */
const known = new WeakMap<object, string | Buffer | undefined>();

/**
 * Promises that this answer, or part of an answer, will never change, so that its JSON is made only once. A list of ten
 * thousand machines is fifty megabytes, of which little changes between two readers. An object made of such parts is
 * put together from their texts. For plain objects and arrays.
 */
export function unchanging<T extends object>(answer: T): T {
  known.set(answer, undefined);
  return answer;
}

/** The JSON of an answer; the same as `JSON.stringify`, but as bytes, and remembered, where answers never change. */
export function toJson(answer: unknown): string | Buffer {
  if (isUnchanging(answer)) return bytesOf(answer);
  return Array.isArray(answer) && answer.some(isUnchanging) ? listOf(answer) : JSON.stringify(answer);
}

const isUnchanging = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && known.has(value);

function bytesOf(answer: object): Buffer {
  const found = known.get(answer);
  if (typeof found === 'object') return found;
  const bytes = Buffer.from(found ?? assembled(answer));
  known.set(answer, bytes);
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

function textOf(part: unknown): string {
  if (!isUnchanging(part)) return JSON.stringify(part);
  const found = known.get(part);
  if (found !== undefined) return found.toString();
  const text = assembled(part);
  known.set(part, text);
  return text;
}

function assembled(value: object): string {
  if (Array.isArray(value)) return JSON.stringify(value);
  const members: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    const text = textOf(member);
    if (text !== undefined) members.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${members.join(',')}}`;
}
