/** A JSON object of a BMC; every member is checked where it is used. */
export type RedfishObject = Readonly<Record<string, unknown>>;

/** Maximum nesting of a BMC's response. Real resources have less than ten levels. */
export const MAX_DEPTH = 32;

/**
 * Parses the JSON object that a BMC sent. Returns undefined if the text is not a JSON object or is nested more than
 * `maxDepth` levels deep, which is checked before it is parsed.
 */
export function parseBoundedObject(text: string, maxDepth = MAX_DEPTH): RedfishObject | undefined {
  if (depthOf(text, maxDepth) > maxDepth) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The nesting of brackets outside of strings; counting stops above `limit`. */
function depthOf(text: string, limit: number): number {
  let [depth, deepest, inString] = [0, 0, false];
  for (let at = 0; at < text.length && deepest <= limit; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth--;
  }
  return deepest;
}

export const isObject = (value: unknown): value is RedfishObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object at a path of members; an empty object if there is none. */
export function objectAt(from: unknown, ...path: string[]): RedfishObject {
  let value: unknown = from;
  for (const name of path) value = isObject(value) ? value[name] : undefined;
  return isObject(value) ? value : {};
}

/** The text of a member; undefined if it is missing, empty or no text. */
export function textAt(from: RedfishObject, name: string): string | undefined {
  const value = from[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The finite number of a member; undefined if it is missing or no number. */
export function numberAt(from: RedfishObject, name: string): number | undefined {
  const value = from[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The first `most` objects of a list; none if the member is not a list. */
export function objectsAt(from: RedfishObject, name: string, most: number): readonly RedfishObject[] {
  const value = from[name];
  return Array.isArray(value) ? value.slice(0, most).filter(isObject) : [];
}

/** The first `most` texts of a list; undefined if the member is not a list. */
export function textsAt(from: RedfishObject, name: string, most = 100): readonly string[] | undefined {
  const value = from[name];
  return Array.isArray(value)
    ? value.slice(0, most).filter((entry): entry is string => typeof entry === 'string')
    : undefined;
}
