import { setImmediate as nextRound } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Turns } from './turns.js';

describe('Turns', () => {
  it('lets one user continue per round, in the order in which they asked', async () => {
    const turns = new Turns();
    const seen: string[] = [];
    const user = async (name: string): Promise<void> => {
      for (let turn = 1; turn <= 2; turn++) {
        await turns.next();
        seen.push(`${name}${turn}`);
      }
    };
    const users = ['a', 'b', 'c'].map(user);
    const perRound: number[] = [];
    while (seen.length < 6) {
      const before = seen.length;
      await nextRound();
      perRound.push(seen.length - before);
    }
    await Promise.all(users);
    expect(seen).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
    expect(Math.max(...perRound)).toBe(1);
  });
});
