/** The text of answers that mappers hand out again and again; `undefined` until somebody asks for it. */
const texts = new WeakMap<object, string | undefined>();

/**
 * Promises that this answer, or part of an answer, will never change, so that its text is made only once. A list of ten
 * thousand machines is thirty megabytes, of which little changes between two readers. An object made of such parts is
 * put together from their texts. For plain objects and arrays.
 */
export function unchanging<T extends object>(answer: T): T {
  texts.set(answer, undefined);
  return answer;
}

/** The JSON text of an answer; the same as `JSON.stringify`, but remembers the texts of what never changes. */
export function toJson(answer: unknown): string {
  if (!Array.isArray(answer)) return textOf(answer);
  return `[${answer.map((element) => textOf(element) ?? 'null').join(',')}]`;
}

function textOf(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null || !texts.has(answer)) return JSON.stringify(answer);
  const known = texts.get(answer);
  if (known !== undefined) return known;
  const text = Array.isArray(answer) ? JSON.stringify(answer) : assembled(answer);
  texts.set(answer, text);
  return text;
}

function assembled(answer: object): string {
  const members: string[] = [];
  for (const [key, value] of Object.entries(answer)) {
    const text = textOf(value);
    if (text !== undefined) members.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${members.join(',')}}`;
}
