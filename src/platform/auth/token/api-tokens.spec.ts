import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../../test/support/store.js';
import { MemoryLogger } from '../../../shared/app-logger.js';
import { ManualClock } from '../../../shared/clock.js';
import { MAX_TOKEN_LIFETIME, createApiToken, readApiToken } from './api-token.js';
import { apiTokenTable } from './api-token.table.js';
import { ApiTokens } from './api-tokens.js';

const KEY = 'a-key-only-for-these-tests';

function setUp() {
  const clock = new ManualClock();
  const records = memoryTable(apiTokenTable);
  const tokens = new ApiTokens(KEY, 'metal-stack', records, clock, new MemoryLogger());
  const make = (lifetime = 60_000) => createApiToken(KEY, { subject: 'ci', role: 'admin', lifetime }, clock.now());
  return { clock, records, tokens, make };
}

describe('ApiTokens', () => {
  it('records the first use without the token itself', async () => {
    const { tokens, make, clock } = setUp();
    const [text, { id, expires }] = make();
    for (let n = 0; n < 5; n++) tokens.authenticate(text);
    await expect.poll(() => tokens.list()).toHaveLength(1);
    clock.advance(1000);
    tokens.authenticate(text);
    expect(tokens.list()).toEqual([
      {
        id,
        revision: 1,
        subject: 'ci',
        role: 'admin',
        expires: new Date(expires).toISOString(),
        firstUsed: '2026-01-01T00:00:00.000Z',
      },
    ]);
  });

  it('removes the record of an expired token', async () => {
    const { tokens, make, clock, records } = setUp();
    tokens.authenticate(make()[0]);
    await expect.poll(() => records.size).toBe(1);
    clock.advance(61_000);
    expect(tokens.list()).toEqual([]);
    await tokens.revoke(make()[1].id);
    expect(records.size).toBe(1);
  });

  it('keeps a revocation for the maximum lifetime of a token', async () => {
    const { tokens, make, clock } = setUp();
    const [text, { id }] = make(MAX_TOKEN_LIFETIME);
    await tokens.revoke(id);
    clock.advance(MAX_TOKEN_LIFETIME - 1);
    await tokens.revoke(make()[1].id);
    expect(() => tokens.authenticate(text)).toThrow(`the token ${id} was revoked`);
    clock.advance(2000);
    expect(() => tokens.authenticate(text)).toThrow('jwt expired');
  });
});

describe('cached tokens', () => {
  it('are used once recorded, until they expire', async () => {
    const { tokens, make, clock } = setUp();
    const [text] = make(60_000);
    expect(tokens.authenticateCached(text)).toBeUndefined();
    const user = tokens.authenticate(text);
    await expect.poll(() => tokens.authenticateCached(text)).toEqual(user);
    expect(tokens.authenticateCached(`${text}x`)).toBeUndefined();
    clock.advance(60_000);
    expect(tokens.authenticateCached(text)).toBeUndefined();
    expect(() => tokens.authenticate(text)).toThrow('jwt expired');
  });

  it('are rejected as soon as they are revoked', async () => {
    const { tokens, make } = setUp();
    const [text, { id }] = make();
    tokens.authenticate(text);
    await expect.poll(() => tokens.authenticateCached(text)).toBeDefined();
    await tokens.revoke(id);
    expect(() => tokens.authenticateCached(text)).toThrow(`the token ${id} was revoked`);
  });
});

describe('readApiToken', () => {
  it('rejects tokens that are correctly signed, but could not come from the token command', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    const made = (change: object) =>
      createApiToken(KEY, { subject: 'ci', role: 'admin', lifetime: 1000, ...change } as never, now)[0];
    expect(readApiToken(KEY, made({}), now)).toMatchObject({ subject: 'ci', role: 'admin' });
    expect(() => readApiToken(KEY, made({ role: 'root' }), now)).toThrow('the token is not valid: it lacks');
    expect(() => readApiToken(KEY, made({ lifetime: MAX_TOKEN_LIFETIME + 1000 }), now)).toThrow(
      'its lifetime is too long',
    );
  });
});
