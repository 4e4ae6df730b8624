import { describe, expect, it, vi } from 'vitest';
import { r } from './reql.js';
import { Statements } from './statements.js';

/** What the statements of a table send. */
async function sent(name: string): Promise<string> {
  const statements = new Statements(r.db('d').table(name));
  const terms: unknown[] = [];
  const connection = { query: async (term: unknown) => (terms.push(term), { resolve: async () => [undefined] }) };
  const write = { key: 'k', write: 'w', json: '{}', revision: 1, state: undefined } as never;
  const queries = [
    statements.get('k'),
    ...(['insert', 'replace', 'remove'] as const).flatMap((kind) => [
      statements.one(kind, write),
      statements.batch(kind, [write]),
    ]),
    statements.insertMany('w', '[]'),
    statements.patchUnchecked('w', '{}'),
    statements.barrier,
  ];
  for (const query of queries) await query.run(connection as never);
  return JSON.stringify(terms);
}

describe('the statements of a table', () => {
  it('differ from those of another one in the table alone', async () => {
    const [one, other] = [await sent('one'), await sent('other')];
    const table = (name: string): string => JSON.stringify([15, [[14, ['d']], name]]);
    expect(one.split(table('one')).length).toBeGreaterThan(10);
    expect(other).toBe(one.replaceAll(table('one'), table('other')));
    expect(one).not.toContain('any table');
  });

  it('are built once for all tables', () => {
    const built = vi.spyOn(r, 'expr');
    new Statements(r.db('d').table('third'));
    expect(built).not.toHaveBeenCalled();
    built.mockRestore();
  });
});
