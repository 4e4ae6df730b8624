/** Maximum length of a stored pattern, in UTF-16 units. */
export const MAX_PATTERN_LENGTH = 256;

/** Maximum number of stars in a stored pattern. */
export const MAX_STARS = 8;

/** Longer texts match no pattern, in UTF-16 units; far above the length of any CPU or GPU model or disk name. */
export const MAX_TEXT_LENGTH = 1024;

/** A compiled pattern. */
export interface Glob {
  /** Whether the whole text matches. */
  test(text: string): boolean;
}

/** Matches one character. */
type Element = (character: string) => boolean;

/** The part of a pattern between two stars. */
interface Segment {
  readonly elements: readonly Element[];
  /**
   * Whether one of its elements matches a slash; then the leftmost position of a segment is not always the best one.
   */
  readonly takesSlash: boolean;
}

/**
 * Compiles a pattern for whole strings (docs/reference/sizes.md#fields): `*` matches any run of characters except `/`,
 * `?` one character except `/`, `[a-z]` and `[^a-z]` one character of a class, `\x` the character x. Returns undefined
 * if the pattern is malformed: an unterminated or empty class, a range out of order, a backslash at the end.
 *
 * Matching takes time linear in the text with one star, and never more than text times pattern.
 */
export function compileGlob(pattern: string): Glob | undefined {
  const segments = segmentsOf([...pattern]);
  return segments && { test: (text) => text.length <= MAX_TEXT_LENGTH && matches(segments, [...text]) };
}

/** Why a pattern must not be stored; undefined if it may be. */
export function globProblem(pattern: string): string | undefined {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    return `has ${pattern.length} characters, at most ${MAX_PATTERN_LENGTH} are allowed`;
  }
  const segments = segmentsOf([...pattern]);
  if (!segments) return 'is not a valid pattern';
  if (segments.length - 1 > MAX_STARS) return `has ${segments.length - 1} stars, at most ${MAX_STARS} are allowed`;
  return undefined;
}

function matches(segments: readonly Segment[], text: readonly string[]): boolean {
  const [first, last] = [segments[0]!, segments.at(-1)!];
  if (segments.length === 1) return text.length === first.elements.length && fits(first, text, 0);
  if (!fits(first, text, 0)) return false;
  const [from, to] = [first.elements.length, text.length - last.elements.length];
  if (to < from || !fits(last, text, to)) return false;
  const inner = segments.slice(1, -1);
  const leftmost = inner.every(({ takesSlash }) => !takesSlash) || !text.includes('/');
  return leftmost ? fitInOrder(inner, text, from, to) : fitAnyhow(inner, text, from, to);
}

const fits = ({ elements }: Segment, text: readonly string[], at: number): boolean =>
  at + elements.length <= text.length && elements.every((element, index) => element(text[at + index]!));

/** Greedy match: places each segment at the leftmost position where it fits. */
function fitInOrder(inner: readonly Segment[], text: readonly string[], from: number, to: number): boolean {
  let at = from;
  for (const segment of inner) {
    while (at + segment.elements.length <= to && !fits(segment, text, at)) {
      if (text[at] === '/') return false;
      at++;
    }
    at += segment.elements.length;
    if (at > to) return false;
  }
  return !text.slice(at, to).includes('/');
}

/** Full match: tracks all positions where the segments so far may end. */
function fitAnyhow(inner: readonly Segment[], text: readonly string[], from: number, to: number): boolean {
  let ends: ReadonlySet<number> = new Set([from]);
  for (const segment of inner) {
    const next = new Set<number>();
    let reached = false;
    for (let at = from; at + segment.elements.length <= to; at++) {
      // A star runs from any end up to the next slash.
      reached = ends.has(at) || (reached && text[at - 1] !== '/');
      if (reached && fits(segment, text, at)) next.add(at + segment.elements.length);
    }
    ends = next;
  }
  const slash = text.slice(0, to).lastIndexOf('/');
  return [...ends].some((end) => end > slash);
}

function segmentsOf(characters: string[]): Segment[] | undefined {
  const segments: { elements: Element[]; takesSlash: boolean }[] = [{ elements: [], takesSlash: false }];
  let star = false;
  while (characters.length > 0) {
    const part = nextPart(characters);
    if (part === undefined) return undefined;
    // Consecutive stars are equivalent to one.
    if (part === STAR && !star) segments.push({ elements: [], takesSlash: false });
    star = part === STAR;
    if (part === STAR) continue;
    const segment = segments.at(-1)!;
    segment.elements.push(part);
    segment.takesSlash ||= part('/');
  }
  return segments;
}

const STAR = Symbol('star');
const literal =
  (wanted: string): Element =>
  (character) =>
    character === wanted;
const anyButSlash: Element = (character) => character !== '/';

/** Consumes one element or star of the pattern. */
function nextPart(characters: string[]): Element | typeof STAR | undefined {
  const character = characters.shift();
  switch (character) {
    case '*':
      return STAR;
    case '?':
      return anyButSlash;
    case '[':
      return characterClass(characters);
    case '\\':
      return escaped(characters);
    default:
      return character === undefined ? undefined : literal(character);
  }
}

type Range = readonly [low: number, high: number];

function characterClass(characters: string[]): Element | undefined {
  const negated = characters[0] === '^';
  if (negated) characters.shift();
  const ranges: Range[] = [];
  while (characters.length > 0 && characters[0] !== ']') {
    const next = classMember(characters);
    if (next === undefined) return undefined;
    ranges.push(next);
  }
  const terminated = characters.shift() === ']';
  if (!terminated || ranges.length === 0) return undefined;
  return (character) => {
    const code = character.codePointAt(0)!;
    return ranges.some(([low, high]) => low <= code && code <= high) !== negated;
  };
}

/** Consumes one character of a class, or a range. */
function classMember(characters: string[]): Range | undefined {
  const low = classCharacter(characters);
  if (low === undefined) return undefined;
  if (characters[0] !== '-') return [low, low];
  characters.shift();
  const high = classCharacter(characters);
  return high !== undefined && low <= high ? [low, high] : undefined;
}

function classCharacter(characters: string[]): number | undefined {
  const character = characters.shift();
  if (character === '\\') return characters.shift()?.codePointAt(0);
  return character === '-' || character === ']' ? undefined : character?.codePointAt(0);
}

function escaped(characters: string[]): Element | undefined {
  const character = characters.shift();
  return character === undefined ? undefined : literal(character);
}

/** Returns the pattern that matches exactly `text`. */
export const escapeGlob = (text: string): string => text.replace(/[*?[\\]/g, '\\$&');
