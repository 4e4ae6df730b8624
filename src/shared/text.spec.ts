import { describe, expect, it } from 'vitest';
import { sanitizeText, pluralize, isPrintable, MAX_DEVICE_TEXT, entityLabel, quoteText } from './text.js';

describe('sanitizeText', () => {
  it.each([
    ['ACME Server 3000', 'ACME Server 3000'],
    ['Grüße, 東京, 😀', 'Grüße, 東京, 😀'],
    ['  padded  ', '  padded  '],
    ['ACME\0\0\0', 'ACME'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;new title\u0007X11', 'X11'],
    ['\u001b]8;;http://evil.example\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u009b2Jgone', 'gone'],
    ['\u001bc\u001b(Breset', 'reset'],
    ['unfinished \u001b[', 'unfinished'],
    ['panic\r\n\tat line 1\n', 'panic at line 1'],
    ['bell\u0007 del\u007f c1\u0080', 'bell del c1'],
    ['abc\u202edcba', 'abcdcba'],
    ['a\u200bb\u2066c\u2069\ufeff', 'abc'],
    ['\ufffd\ufffdSN123\ufffd', 'SN123'],
    ['half \ud83d', 'half'],
    ['tag\u{e0041}s', 'tags'],
    ['\0\u001b[0m\r\n', ''],
  ])('makes %j into %j', (text, expected) => {
    expect(sanitizeText(text)).toBe(expected);
    expect(isPrintable(sanitizeText(text))).toBe(true);
  });

  it('truncates, but never inside a surrogate pair', () => {
    expect(sanitizeText('x'.repeat(1000))).toHaveLength(MAX_DEVICE_TEXT);
    expect(sanitizeText('abc😀', 4)).toBe('abc');
    expect(sanitizeText('abc😀', 5)).toBe('abc😀');
  });

  it.each(['\u001b]', '\u009d', '\u001b[0', '\u001b[1;', '\u009b ', '\u001bP0', '\u0090', '\u001b'])(
    'takes time linear in its length for repeated %j',
    // Quadratic time would take minutes.
    (start) => expect(sanitizeText(start.repeat(400_000)).length).toBeLessThanOrEqual(MAX_DEVICE_TEXT),
  );
});

describe('quoteText', () => {
  it.each([
    ['fra', '"fra"'],
    ['', '""'],
    ['a\u001b[2Jb', '"a\\u001b[2Jb"'],
    ['\u202e', '"\\u202e"'],
    ['x'.repeat(300), `"${'x'.repeat(200)}…"`],
  ])('shows %j as %s', (text, expected) => {
    expect(quoteText(text)).toBe(expected);
  });
});

describe('messages', () => {
  it.each([
    [0, '0 machines', '0 switches are'],
    [1, '1 machine', '1 switch is'],
    [2, '2 machines', '2 switches are'],
  ])('count %i', (count, regular, irregular) => {
    expect(pluralize(count, 'machine')).toBe(regular);
    expect(pluralize(BigInt(count), 'switch is', 'switches are')).toBe(irregular);
  });

  it.each([
    ['p', 'project "p"'],
    ['', 'no project'],
    ['a\u0007', 'project "a\\u0007"'],
  ])('name the project %j', (id, name) => expect(entityLabel('project', id)).toBe(name));
});
