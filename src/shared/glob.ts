const SPECIAL = /[.+^${}()|/\\*?[\]]/;
const literal = (character: string): string => (SPECIAL.test(character) ? `\\${character}` : character);
const member = (character: string): string => (character === '-' ? '\\-' : literal(character));

/**
 * Compiles a pattern for whole strings (reference/30 §2.1): `*` any run of characters but `/`, `?` one character but
 * `/`, `[a-z]` and `[^a-z]` one character of a class, `\x` the character x. Undefined when the pattern is malformed:
 * an unterminated or empty class, a range out of order, a backslash at the end.
 */
export function compileGlob(pattern: string): RegExp | undefined {
  const characters = [...pattern];
  let source = '';
  while (characters.length > 0) {
    const part = nextPart(characters);
    if (part === undefined) return undefined;
    // Runs of stars mean the same as one, and would only make a mismatch slow to find.
    if (part !== STAR || !source.endsWith(STAR)) source += part;
  }
  return new RegExp(`^${source}$`, 'su');
}

const STAR = '[^/]*';

/** Takes one element off the pattern and returns it as the source of a regular expression. */
function nextPart(characters: string[]): string | undefined {
  const character = characters.shift();
  switch (character) {
    case '*':
      return STAR;
    case '?':
      return '[^/]';
    case '[':
      return characterClass(characters);
    case '\\':
      return escaped(characters);
    default:
      return character === undefined ? undefined : literal(character);
  }
}

function characterClass(characters: string[]): string | undefined {
  const negated = characters[0] === '^';
  if (negated) characters.shift();
  let members = '';
  while (characters.length > 0 && characters[0] !== ']') {
    const next = classMember(characters);
    if (next === undefined) return undefined;
    members += next;
  }
  const terminated = characters.shift() === ']';
  return terminated && members ? `[${negated ? '^' : ''}${members}]` : undefined;
}

/** One character of a class, or a range of them. */
function classMember(characters: string[]): string | undefined {
  const low = classCharacter(characters);
  if (low === undefined || characters[0] !== '-') return low && member(low);
  characters.shift();
  const high = classCharacter(characters);
  return high !== undefined && low <= high ? `${member(low)}-${member(high)}` : undefined;
}

function classCharacter(characters: string[]): string | undefined {
  const character = characters.shift();
  if (character === '\\') return characters.shift();
  return character === '-' || character === ']' ? undefined : character;
}

function escaped(characters: string[]): string | undefined {
  const character = characters.shift();
  return character === undefined ? undefined : literal(character);
}

/** The pattern that matches exactly `text`. */
export const escapeGlob = (text: string): string => text.replace(/[*?[\\]/g, '\\$&');
