import { describe, expect, it } from 'vitest';
import { allEnded } from './all-ended.js';

const later = async (act: () => void): Promise<string> => {
  await new Promise(setImmediate);
  act();
  return 'done';
};

describe('allEnded', () => {
  it('returns the results in order', async () => {
    expect(await allEnded([later(() => undefined), Promise.resolve(7)])).toEqual(['done', 7]);
  });

  it('throws the first failure after everything has ended', async () => {
    let ended = false;
    const failing = allEnded([
      Promise.reject(new Error('first')),
      Promise.reject(new Error('second')),
      later(() => (ended = true)),
    ]);
    await expect(failing).rejects.toThrow('first');
    expect(ended).toBe(true);
  });
});
