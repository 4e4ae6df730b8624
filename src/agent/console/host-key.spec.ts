import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { newHostKey } from './host-key.js';

describe('a new host key', () => {
  it('can be read by SSH servers, each of many', () => {
    const keys = Array.from({ length: 1000 }, newHostKey);
    expect(keys.filter((key) => ssh2.utils.parseKey(key) instanceof Error)).toEqual([]);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
