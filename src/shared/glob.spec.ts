import { describe, expect, it } from 'vitest';
import { compileGlob, escapeGlob } from './glob.js';

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

  it('escaped matches itself only', () => {
    const name = 'GPU [A]* \\ 1?';
    expect(compileGlob(escapeGlob(name))?.test(name)).toBe(true);
    expect(compileGlob(escapeGlob(name))?.test('GPU A1')).toBe(false);
  });
});
