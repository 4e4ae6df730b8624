import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../shared/clock.js';
import { isDomainError } from '../../shared/errors/domain-error.js';
import { HmacAuthenticator } from './hmac-authenticator.js';
import type { HmacOptions } from './hmac-authenticator.js';
import { signHmac } from './hmac.js';
import { ReplayCache } from './replay-cache.js';
import { formatSecond } from './rfc3339.js';

const START = Date.parse('2026-01-02T03:04:05Z');
const SALT = 'abcdefghijklmnopqrstuvwx';
const VECTOR = '28af823639826b71ac374adacdf86683541cb9ded7b0f52aa266bdf2d3d6581e';

function setUp(options: Partial<HmacOptions> = {}) {
  const clock = new ManualClock(START);
  const secrets = {
    viewer: { key: 'metal-view', lifetime: 30_000 },
    editor: { key: 'metal-edit', lifetime: 30_000 },
    admin: { key: 'metal-admin', lifetime: 90_000 },
  };
  return {
    clock,
    hmac: new HmacAuthenticator({ secrets, tenant: 'tnnt', replays: 'refuse-writes', ...options }, clock),
  };
}

const refusal = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (isDomainError(error, 'forbidden')) return error.message;
    throw error;
  }
  return 'accepted';
};

const signed = (key: string, method: string, salt = SALT, at = START) => {
  const date = formatSecond(at);
  return [signHmac(key, { date, method, salt }), { method, salt, date }] as const;
};

describe('HmacAuthenticator', () => {
  it.each([
    ['Metal-View', 'metal-view', ['k8s_kaas-view', 'maas-all-all-view']],
    ['Metal-Edit', 'metal-edit', ['k8s_kaas-edit', 'maas-all-all-edit']],
    ['Metal-Admin', 'metal-admin', ['k8s_kaas-admin', 'maas-all-all-admin']],
  ] as const)('authenticates %s as a user of the provider tenant', (type, key, groups) => {
    const user = setUp().hmac.authenticate(type, ...signed(key, 'GET'));
    expect(user).toEqual({
      name: type,
      email: `${key}@metal-stack.io`,
      groups,
      tenant: 'tnnt',
      issuer: '',
      subject: '',
    });
  });

  it('verifies a date with offset and fraction against the normalized instant', () => {
    const request = { method: 'GET', salt: SALT, date: '2026-01-02T04:04:05.9+01:00' };
    expect(setUp().hmac.authenticate('Metal-Admin', VECTOR, request).name).toBe('Metal-Admin');
  });

  it('treats a missing salt as an empty one', () => {
    const { hmac } = setUp();
    const [mac, request] = signed('metal-view', 'GET', '');
    expect(hmac.authenticate('Metal-View', mac, { ...request, salt: undefined }).name).toBe('Metal-View');
  });

  it('matches type names exactly', () => {
    const { hmac } = setUp();
    expect(['Metal-View', 'metal-view', 'Bearer', 'toString'].map((scheme) => hmac.handles(scheme))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it.each([
    ['another key', 'metal-edit', 'GET', SALT],
    ['another method', 'metal-admin', 'POST', SALT],
    ['another salt', 'metal-admin', 'GET', `${SALT}x`],
  ])('rejects a signature made with %s', (_, key, method, salt) => {
    const [mac] = signed(key, method, salt);
    const request = signed('metal-admin', 'GET')[1];
    expect(refusal(() => setUp().hmac.authenticate('Metal-Admin', mac, request))).toBe('Wrong HMAC found');
  });

  it.each(['', VECTOR.toUpperCase(), VECTOR.slice(1), `${VECTOR}0`, 'ü'.repeat(64)])(
    'rejects the signature %j',
    (mac) => {
      const request = signed('metal-admin', 'GET')[1];
      expect(refusal(() => setUp().hmac.authenticate('Metal-Admin', mac, request))).toBe('Wrong HMAC found');
    },
  );

  it.each([undefined, '', 'yesterday', '2026-02-30T00:00:00Z'])('rejects the date %j', (date) => {
    const request = { method: 'GET', salt: SALT, date };
    expect(refusal(() => setUp().hmac.authenticate('Metal-Admin', VECTOR, request))).toMatch(
      /^unknown timestamp ".*" in "X-Date" header, use RFC3339: /,
    );
  });

  it.each([
    ['Metal-View', 'metal-view', 30],
    ['Metal-Edit', 'metal-edit', 30],
    ['Metal-Admin', 'metal-admin', 90],
  ] as const)('accepts dates of %s within its lifetime, past and future', (type, key, seconds) => {
    const { hmac } = setUp();
    const attempt = (offset: number) =>
      refusal(() => hmac.authenticate(type, ...signed(key, 'GET', SALT, START + offset * 1000)));
    expect(attempt(-seconds)).toBe('accepted');
    expect(attempt(seconds)).toBe('accepted');
    expect(attempt(-seconds - 1)).toMatch(/^the timestamp in your header is too old: "2026-/);
    expect(attempt(seconds + 1)).toMatch(/^the timestamp in your header is too far in the future: "2026-/);
  });

  it.each([
    [31, 0, 'too old'],
    [31, 2, 'accepted'],
    [59, 29, 'accepted'],
    [60, 29, 'too old'],
    [-31, 5, 'too far in the future'],
  ])('evaluates a date %ss old at the arrival of the request, %ss ago: %s', (age, waited, expected) => {
    const [mac, request] = signed('metal-edit', 'GET', SALT, START - age * 1000);
    const attempt = () => setUp().hmac.authenticate('Metal-Edit', mac, { ...request, waited: waited * 1000 });
    expect(refusal(attempt)).toContain(expected);
  });

  it('accepts any date if the lifetime is 0', () => {
    const off = { key: 'k', lifetime: 0 };
    const { hmac } = setUp({ secrets: { viewer: off, editor: off, admin: off } });
    for (const at of [0, START * 2]) {
      expect(refusal(() => hmac.authenticate('Metal-Edit', ...signed('k', 'POST', SALT, at)))).toBe('accepted');
    }
  });
});

describe('replays', () => {
  const twice = (replays: HmacOptions['replays'], method: string): string => {
    const { hmac } = setUp({ replays });
    hmac.authenticate('Metal-Edit', ...signed('metal-edit', method));
    return refusal(() => hmac.authenticate('Metal-Edit', ...signed('metal-edit', method)));
  };

  it.each([
    ['refuse-writes', 'GET', 'accepted'],
    ['refuse-writes', 'POST', 'refused'],
    ['refuse-writes', 'PUT', 'refused'],
    ['refuse-writes', 'DELETE', 'refused'],
    ['refuse-all', 'GET', 'refused'],
    ['allow', 'DELETE', 'accepted'],
  ] as const)('with %s, a repeated %s is %s', (replays, method, expected) => {
    expect(
      twice(replays, method).startsWith('this signature was used before') ? 'refused' : twice(replays, method),
    ).toBe(expected);
  });

  it('accepts many writes in one second if each has a different salt, as all real clients send', () => {
    const { hmac } = setUp();
    for (let n = 0; n < 200; n++) hmac.authenticate('Metal-Edit', ...signed('metal-edit', 'POST', `salt${n}`));
  });

  it('rejects a reused signature with a future date for as long as its date is accepted', () => {
    const { hmac, clock } = setUp();
    const write = signed('metal-edit', 'POST', SALT, START + 30_000);
    hmac.authenticate('Metal-Edit', ...write);
    clock.advance(60_000);
    expect(refusal(() => hmac.authenticate('Metal-Edit', ...write))).toMatch(/^this signature was used before/);
    clock.advance(1000);
    expect(refusal(() => hmac.authenticate('Metal-Edit', ...write))).toMatch(/too old/);
  });

  it('does not record invalid signatures', () => {
    const { hmac } = setUp();
    const [mac, request] = signed('metal-edit', 'POST');
    expect(refusal(() => hmac.authenticate('Metal-Edit', mac, { ...request, method: 'PUT' }))).toBe('Wrong HMAC found');
    expect(refusal(() => hmac.authenticate('Metal-Edit', mac, request))).toBe('accepted');
  });
});

describe('ReplayCache', () => {
  it('drops entries after the window and never exceeds its capacity', () => {
    const clock = new ManualClock(START);
    const cache = new ReplayCache(1000, clock, 3);
    expect(['a', 'b', 'a'].map((text) => cache.admit(text))).toEqual([true, true, false]);
    clock.advance(1001);
    expect(cache.admit('a')).toBe(true);
    expect(cache.size).toBe(1);
    for (const text of ['c', 'd', 'e', 'f', 'g']) cache.admit(text);
    expect(cache.size).toBeLessThanOrEqual(3);
    expect(cache.admit('g')).toBe(false);
  });
});
