import { describe, expect, it } from 'vitest';
import type { Identity } from './identity.js';
import { Installation } from './installation.js';

const identity = (uuid: string, epoch: number): Identity => ({
  ...{ id: 'identity', revision: epoch, created: '2026-01-01T00:00:00.000Z' },
  ...{ uuid, epoch },
});

describe('Installation', () => {
  it('is unknown before the store is started', () => {
    expect(() => new Installation().uuid).toThrow('once the store is started');
  });

  it('tells of another epoch and of another UUID, not of the first sight nor of the same again', () => {
    const installation = new Installation();
    const heard: string[] = [];
    const stop = installation.watch(({ uuid, epoch }) => heard.push(`${uuid} ${epoch}`));
    for (const epoch of [1, 1, 2]) installation.learn(identity('a', epoch));
    installation.learn(identity('b', 2));
    stop();
    installation.learn(identity('c', 1));
    expect(heard).toEqual(['a 2', 'b 2']);
    expect(installation.uuid).toBe('c');
  });
});
