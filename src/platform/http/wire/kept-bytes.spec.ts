import { describe, expect, it } from 'vitest';
import { KeptBytes } from './kept-bytes.js';

const keeper = (name: string, forgotten: string[]) => ({ forget: () => void forgotten.push(name) });

describe('kept bytes', () => {
  it('are forgotten in the order in which they were kept, when there are too many', () => {
    const forgotten: string[] = [];
    const keepers = ['a', 'b', 'c', 'd'].map((name) => keeper(name, forgotten));
    const bytes = new KeptBytes(100);
    bytes.add(keepers[0]!, 40);
    bytes.add(keepers[1]!, 60);
    expect(forgotten).toEqual([]);
    bytes.add(keepers[2]!, 30);
    expect(forgotten).toEqual(['a']);
    bytes.add(keepers[0]!, 10);
    bytes.add(keepers[3]!, 100);
    expect(forgotten).toEqual(['a', 'b', 'c', 'a']);
  });

  it('of one object that has more than all may have are forgotten at once', () => {
    const forgotten: string[] = [];
    const bytes = new KeptBytes(100);
    const large = keeper('large', forgotten);
    bytes.add(large, 101);
    const small = keeper('small', forgotten);
    bytes.add(small, 100);
    expect(forgotten).toEqual(['large']);
  });
});
