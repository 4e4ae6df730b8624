import { describe, expect, it } from 'vitest';
import { References } from './references.js';

const refusal = (what: string, ids: readonly string[]): string => {
  const references = new References();
  references.add({ what, idsOf: () => ids });
  try {
    references.assertUnreferenced('partition', 'p');
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('assertUnreferenced', () => {
  it.each([
    ['machines', ['m'], '1 machine still refers to it: m'],
    ['machines', ['m', 'n'], '2 machines still refer to it: m, n'],
    ['switches', ['s'], '1 switch still refers to it: s'],
    ['size reservations', ['r'], '1 size reservation still refers to it: r'],
    ['ips', ['10.0.0.1'], '1 ip still refers to it: 10.0.0.1'],
    ['networks', ['a', 'b', 'c', 'd'], '4 networks still refer to it: a, b, c, …'],
  ])('%s %j', (what, ids, told) => {
    expect(refusal(what, ids)).toBe(`partition "p" cannot be deleted, ${told}`);
  });

  it('accepts an entity without references', () => expect(refusal('machines', [])).toBe(''));
});
