import { describe, expect, it } from 'vitest';
import { fromRow, rowKey, toRow, type Row } from './rows.js';

const stored = (content: { readonly id: string }) =>
  fromRow({ ...(JSON.parse(toRow(content)) as Row), revision: 3, $writes: ['w'] }).current;

describe('rows', () => {
  it('store every document without loss', () => {
    for (const id of ['a', 'x'.repeat(127), 'x'.repeat(128), 'a\0b', 'sha256:00', 'ü'.repeat(64)]) {
      const document = { id, list: [{ $reql_type$: { $$reql_type$: 1 } }], text: '$reql_type$', path: 'C:\\ud800' };
      expect(stored(document)).toEqual({ ...document, revision: 3 });
    }
  });

  it('never contain a revision set by the caller or lone surrogates', () => {
    expect(stored({ id: 'a', revision: 9, text: 'x\ud800', '\udc00': 1 } as { id: string })).toEqual({
      id: 'a',
      revision: 3,
      text: 'x\ufffd',
      '\ufffd': 1,
    });
  });

  it('have a unique valid database key for each id', () => {
    const odd = ['x'.repeat(128), 'x'.repeat(129), 'a\0b', 'a\0c', 'sha256:1'];
    const keys = odd.map(rowKey);
    expect(new Set(keys).size).toBe(odd.length);
    expect(keys.every((key) => /^sha256:[0-9a-f]{64}$/.test(key))).toBe(true);
    expect(rowKey('2001:db8::1')).toBe('2001:db8::1');
  });

  it('distinguish removals from absence', () => {
    expect(fromRow(null)).toEqual({ current: undefined, revision: 0 });
    expect(fromRow({ id: 'a', revision: 4, $removed: 1 })).toEqual({ current: undefined, revision: 4 });
  });
});
