import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob, escapeGlob, globProblem, MAX_TEXT_LENGTH } from './glob.js';

/** One element of a pattern, and which characters it takes; a star takes runs of them. */
interface Part {
  readonly source: string;
  readonly takes: (character: string) => boolean;
  readonly isStar?: boolean;
}

const PARTS: readonly Part[] = [
  { source: '*', takes: (c) => c !== '/', isStar: true },
  { source: '?', takes: (c) => c !== '/' },
  { source: '[ab]', takes: (c) => c === 'a' || c === 'b' },
  { source: '[^a]', takes: (c) => c !== 'a' },
  { source: '[/b-d]', takes: (c) => c === '/' || (c >= 'b' && c <= 'd') },
  { source: '\\*', takes: (c) => c === '*' },
  ...['a', 'b', '/', 'é', '😀'].map((source) => ({ source, takes: (c: string) => c === source })),
];

/** Tries everything. */
function naive(parts: readonly Part[], text: readonly string[]): boolean {
  const [part, ...rest] = parts;
  if (!part) return text.length === 0;
  if (part.isStar && naive(rest, text)) return true;
  return text.length > 0 && part.takes(text[0]!) && naive(part.isStar ? parts : rest, text.slice(1));
}

const pattern = fc.array(fc.constantFrom(...PARTS), { maxLength: 8 });
const text = fc.array(fc.constantFrom('a', 'b', 'c', '/', '*', 'é', '😀'), { maxLength: 10 });

describe('a glob', () => {
  it.each([
    ['*', 'abc', true],
    ['*', '', true],
    ['*', '/dev/sda', false],
    ['/dev/*', '/dev/nvme0n1', true],
    ['/dev/*', '/dev/disk/0', false],
    ['/dev/nvme?n1', '/dev/nvme0n1', true],
    ['?', '/', false],
    ['AMD EPYC 7[0-9]*', 'AMD EPYC 7402P', true],
    ['[^a-c]x', 'dx', true],
    ['[^a-c]x', 'ax', false],
    ['a[/]b', 'a/b', true],
    ['[\\]]', ']', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['Xeon(R) ****', 'Xeon(R) Gold', true],
    ['a.c', 'abc', false],
    ['line*', 'line\nbreak', true],
    ['ab', 'abc', false],
    ['a-b', 'a-b', true],
    ['[a\\-z]', '-', true],
    ['[a\\-z]', 'b', false],
  ])('%s matches %s: %s', (pattern, text, expected) => {
    expect(compileGlob(pattern)?.test(text)).toBe(expected);
  });

  it.each(['[', '[]', '[^]', '[a', 'a\\', '[a-]', '[z-a]', '[-a]'])('"%s" is malformed', (pattern) => {
    expect(compileGlob(pattern)).toBeUndefined();
  });

  it('that is escaped matches only the original text', () => {
    const name = 'GPU [A]* \\ 1?';
    expect(compileGlob(escapeGlob(name))?.test(name)).toBe(true);
    expect(compileGlob(escapeGlob(name))?.test('GPU A1')).toBe(false);
  });

  it('agrees with exhaustive search', () => {
    const found = { true: 0, false: 0 };
    fc.assert(
      fc.property(pattern, text, (parts, characters) => {
        const expected = naive(parts, characters);
        found[`${expected}`]++;
        expect(compileGlob(parts.map(({ source }) => source).join(''))?.test(characters.join(''))).toBe(expected);
      }),
      { numRuns: 20_000 },
    );
    expect(Math.min(found.true, found.false), 'both answers were tried').toBeGreaterThan(500);
  });

  it('with classes that match slashes considers more than the leftmost position', () => {
    expect(compileGlob('*[^b]*y')?.test('a/y')).toBe(true);
    expect(compileGlob('*[/a]*b')?.test('aa/b')).toBe(true);
    expect(compileGlob('*[^x]?*[/]*')?.test('ab/cd')).toBe(true);
  });

  it.each([
    ['two stars', '*a*b', 'a'],
    ['eight stars', '*a*a*a*a*a*a*a*b', 'a'],
    ['a long segment', `*${'a'.repeat(200)}b*`, 'a'],
    ['slashes everywhere', '*[^b]*[^b]*[^b]*[^b]*y', 'a/'],
    ['classes', '*[a-c][a-c][a-c]*[d]', 'abc'],
    ['a star at both ends', '*NVIDIA*', 'NVIDI'],
  ])('with %s reads each character a bounded number of times', (_, pattern, filler) => {
    const glob = compileGlob(pattern)!;
    const longest = filler.repeat(MAX_TEXT_LENGTH / filler.length);
    const began = process.cpuUsage();
    for (let i = 0; i < 20; i++) expect(glob.test(longest)).toBe(false);
    expect(process.cpuUsage(began).user / 1000 / 20, 'milliseconds each').toBeLessThan(50);
  });

  it('does not match texts that are longer than any device reports', () => {
    expect(compileGlob('*')?.test('x'.repeat(MAX_TEXT_LENGTH))).toBe(true);
    expect(compileGlob('*')?.test('x'.repeat(MAX_TEXT_LENGTH + 1))).toBe(false);
    expect(compileGlob('*a*b')?.test('a'.repeat(36_000))).toBe(false);
  });

  it.each([
    ['*'.repeat(257), /has 257 characters, at most 256/],
    ['x'.repeat(300), /has 300 characters/],
    ['a*b*c*d*e*f*g*h*i*j', /has 9 stars, at most 8/],
    ['?*'.repeat(20), /has 20 stars/],
    ['[a', /is not a valid pattern/],
    ['a\\', /is not a valid pattern/],
  ])('"%s" must not be stored', (pattern, expected) => {
    expect(globProblem(pattern)).toMatch(expected);
  });

  it.each(['', '*', '****', 'a*b*c*d*e*f*g*h*i', '\\*'.repeat(30), 'NVIDIA [AH]100*'])(
    '"%s" may be stored',
    (pattern) => {
      expect(globProblem(pattern)).toBeUndefined();
    },
  );
});
