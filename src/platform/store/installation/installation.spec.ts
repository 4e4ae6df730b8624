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

  it('tells when it is known', async () => {
    const installation = new Installation();
    const uuid = installation.whenKnown().then(() => installation.uuid);
    installation.update(identity('a', 1));
    expect(await uuid).toBe('a');
  });

  it('notifies of a new epoch or UUID, but not of the first or an unchanged identity', () => {
    const installation = new Installation();
    const heard: string[] = [];
    const stop = installation.watch(({ uuid, epoch }) => heard.push(`${uuid} ${epoch}`));
    for (const epoch of [1, 1, 2]) installation.update(identity('a', epoch));
    installation.update(identity('b', 2));
    stop();
    installation.update(identity('c', 1));
    expect(heard).toEqual(['a 2', 'b 2']);
    expect(installation.uuid).toBe('c');
  });
});
