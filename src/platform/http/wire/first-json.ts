/**
 * Parses the first JSON value of a text and ignores what follows it, as Go's decoder does (reference/40 §1.4).
 * Throws `EOF` for a text without a value, and a message with the position for a malformed one.
 */
export function parseFirstJson(text: string): unknown {
  if (text.trim() === '') throw new SyntaxError('EOF');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return JSON.parse(firstValue(text)) as unknown;
  }
}

function firstValue(text: string): string {
  const end = endOfFirstValue(text);
  if (end === undefined) throw new SyntaxError('unexpected EOF');
  return text.slice(0, end);
}

/** Index behind the first value; undefined when the text ends inside it. Only brackets and strings are looked at. */
function endOfFirstValue(text: string): number | undefined {
  const start = text.search(/\S/);
  const first = text[start];
  if (first === '"') return endOfString(text, start);
  if (first !== '{' && first !== '[') return endOfScalar(text, start);
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') {
      if (--depth === 0) return at + 1;
    } else if (char === '"') {
      const end = endOfString(text, at);
      if (end === undefined) return undefined;
      at = end - 1;
    }
  }
  return undefined;
}

function endOfString(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return undefined;
}

function endOfScalar(text: string, start: number): number {
  const rest = text.slice(start).search(/[\s{}[\],"]/);
  return rest <= 0 ? text.length : start + rest;
}
