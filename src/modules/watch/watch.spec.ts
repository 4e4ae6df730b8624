import { describe, expect, it } from 'vitest';
import { cursorOf, positionOf, selectionOf } from './watch.js';

const KNOWN = ['ip', 'machine'];
const selection = selectionOf({ kinds: 'machine,ip' }, KNOWN, false);

describe('selectionOf', () => {
  it('has the same key for the same watch only', () => {
    const keys = [
      selection,
      selectionOf({ kinds: 'ip' }, KNOWN, false),
      selectionOf({ kinds: 'machine,ip' }, KNOWN, true),
      selectionOf({ kinds: 'machine,ip', project: 'p' }, KNOWN, false),
      selectionOf({ kinds: 'machine,ip', partition: 'p' }, KNOWN, false),
    ].map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(selectionOf({ kinds: 'ip, machine,ip' }, KNOWN, false).key).toBe(selection.key);
  });

  it.each([
    [{}, 'kinds must not be empty, expected a comma-separated list of ip, machine'],
    [{ kinds: 'ip,' }, 'kinds must not be empty'],
    [{ kinds: 'ip,x' }, 'kind "x" is unknown, expected a comma-separated list of ip, machine'],
    [{ kinds: 'ip', project: 'p'.repeat(257) }, 'project is too long, expected at most 256 characters'],
  ])('refuses %j', (query, message) => {
    expect(() => selectionOf(query, KNOWN, false)).toThrow(message);
  });
});

describe('cursors', () => {
  it('are read as they were written', () => {
    const position = { since: 123456789, at: 987654321 };
    expect(positionOf(cursorOf('epoch', selection, position), 'epoch', selection)).toEqual(position);
  });

  it.each(['', 'x', 'a.b.c', `epoch.${selection.key}.1.-1`, `epoch.${selection.key}.1.${'z'.repeat(11)}`])(
    'are refused when they are malformed: %j',
    (text) => {
      expect(() => positionOf(text, 'epoch', selection)).toThrow(expect.objectContaining({ kind: 'malformed' }));
    },
  );

  it('of other processes and watches end in listing again', () => {
    const cursor = cursorOf('epoch', selection, { since: 1, at: 1 });
    const gone = expect.objectContaining({ kind: 'gone', message: expect.stringContaining('list again') });
    expect(() => positionOf(cursor, 'other', selection)).toThrow(gone);
    expect(() => positionOf(cursor, 'epoch', selectionOf({ kinds: 'ip' }, KNOWN, false))).toThrow(gone);
  });
});
