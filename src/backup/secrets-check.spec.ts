import { describe, expect, it } from 'vitest';
import { seal } from '../platform/store/sealing/envelope.js';
import { KeyRing } from '../platform/store/sealing/key-ring.js';
import type { SavedState } from '../platform/store/saved-state.js';
import { SecretsCheck } from './secrets-check.js';

const [old, current] = ['a', 'b'].map((letter) => new KeyRing([Buffer.alloc(32, letter)]));
const both = new KeyRing(['b', 'a'].map((letter) => Buffer.alloc(32, letter)));
const idOf = (ring: KeyRing): string => ring.ids[0]!;

const sealed = (ring: KeyRing, id: string, field: string) =>
  seal(ring.current!, { table: 'bmc', id, field }, 'secret of the bmc');

const stateOf = (document: object): SavedState => ({ kind: 'document', name: 'bmc', json: JSON.stringify(document) });

function check(ring: KeyRing, documents: readonly object[], registered: readonly string[] = []): SecretsCheck {
  const secrets = new SecretsCheck(ring, registered);
  for (const document of documents) secrets.add(stateOf(document));
  return secrets;
}

const documents = [
  { id: 'm1', password: sealed(old!, 'm1', 'password') },
  { id: 'm2', allocation: { vpn: { authKey: sealed(current!, 'm2', 'allocation.vpn.authKey') } } },
  { id: 'm3', password: 'plain' },
];

describe('SecretsCheck', () => {
  it('passes when every secret can be decrypted, at any depth', () => {
    const secrets = check(both, documents, both.ids);
    expect(secrets.lines('the key file')).toEqual(['secrets: 2 of 2 can be decrypted']);
    expect(secrets.isPassed).toBe(true);
  });

  it('names the key that is missing, and how many secrets need it', () => {
    const secrets = check(current!, documents, both.ids);
    expect(secrets.isPassed).toBe(false);
    expect(secrets.lines('the key file')).toEqual([
      'secrets: 1 of 2 can be decrypted',
      `key ${idOf(old!)} is missing, for 1 of them: the key file has ${idOf(current!)}`,
    ]);
  });

  it('names a key that the archive registers, even if no secret needs it: servers do not start without', () => {
    const secrets = check(new KeyRing([]), [], [idOf(old!)]);
    expect(secrets.isPassed).toBe(false);
    expect(secrets.lines('the key file')[1]).toBe(
      `key ${idOf(old!)} is missing, for 0 of them: the key file has no key`,
    );
  });

  it('finds secrets that belong to another place, and shows none', () => {
    const moved = Array.from({ length: 12 }, (_, n) => ({ id: `n${n}`, password: sealed(old!, 'm1', 'password') }));
    const secrets = check(both, moved);
    const lines = secrets.lines('the key file');
    expect(secrets.isPassed).toBe(false);
    expect(lines).toHaveLength(12);
    expect(lines[1]).toMatch(/^bmc "n0", field password: it was changed in the database/);
    expect(lines.at(-1)).toBe('… and 2 more');
    expect(lines.join()).not.toContain('secret of');
  });
});
