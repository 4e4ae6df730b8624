import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../shared/clock.js';
import type { ConsoleMachine } from './console-api.js';
import { Login } from './login.js';
import { addressGroup, LoginThrottle, MAX_FAILURES } from './login-throttle.js';
import { ConnectionQuota } from './connection-quota.js';

const ID = '00000000-0000-4000-8000-000000000001';
const TOKEN = 'aaa.bbb.ccc';
const pair = (type: 'ed25519' | 'rsa') =>
  type === 'rsa' ? ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }) : ssh2.utils.generateKeyPairSync('ed25519');

function login(
  fields: { user?: string; keys?: string[]; free?: boolean; group?: string | undefined; partitions?: string[] } = {},
) {
  const { user = ID, keys = [], free = false, partitions = [] } = fields;
  const operatorGroup = 'group' in fields ? fields.group : 'ops';
  const calls: string[] = [];
  const machine: ConsoleMachine = { id: ID, partition: 'fra', tenancy: free ? undefined : { id: 'a1', keys } };
  const api = {
    machine: (id: string) => (calls.push(`machine ${id}`), Promise.resolve(id === ID ? machine : undefined)),
    isPassword: (_: string, password: string) => (calls.push('password'), Promise.resolve(password === 'right')),
    account: (token: string) =>
      Promise.resolve(
        token === TOKEN
          ? { name: 'olga', groups: ['ops'] }
          : token === 'x1.y1.z1'
            ? { name: 'x', groups: [] }
            : undefined,
      ),
  };
  return { calls, login: new Login(user, '192.0.2.1', api, { operatorGroup, partitions }) };
}

function offer(key: string, hashAlgo?: string, forged = false) {
  const parsed = ssh2.utils.parseKey(key);
  if (parsed instanceof Error) throw parsed;
  const blob = Buffer.from('signed');
  const signature = parsed.sign(forged ? Buffer.from('other') : blob, hashAlgo);
  return { data: parsed.getPublicSSH(), hashAlgo, proof: { blob, signature } };
}

describe('Login', () => {
  it('accepts signatures by keys of the allocation, and asks for the machine once', async () => {
    const mine = pair('ed25519');
    const { login: attempt, calls } = login({ keys: ['nonsense', `  ${mine.public} comment`] });
    const key = offer(mine.private);
    expect(await attempt.byKey({ data: key.data })).toMatchObject({ kind: 'tenant' });
    expect(await attempt.byKey(key)).toMatchObject({
      tenancy: 'a1',
      label: expect.stringMatching(/^key SHA256:.{43}$/),
    });
    expect(await attempt.byKey(offer(mine.private, undefined, true))).toBeUndefined();
    expect(await attempt.byKey(offer(pair('ed25519').private))).toBeUndefined();
    expect(calls).toEqual([`machine ${ID}`]);
  });

  it('refuses signatures of RSA with SHA-1', async () => {
    const mine = pair('rsa');
    const { login: attempt } = login({ keys: [mine.public] });
    expect(await attempt.byKey(offer(mine.private, 'sha1'))).toBeUndefined();
    expect(await attempt.byKey({ ...offer(mine.private, 'sha1'), hashAlgo: undefined })).toBeUndefined();
    expect(await attempt.byKey(offer(mine.private, 'sha256'))).toMatchObject({ method: 'publickey' });
  });

  it.each([
    ['right', 'because', {}, 'tenant'],
    ['right', ' ', {}, undefined],
    ['wrong', 'because', {}, undefined],
    ['right', 'because', { free: true }, undefined],
    ['', 'because', {}, undefined],
    [TOKEN, '', {}, 'operator'],
    [TOKEN, '', { free: true }, 'operator'],
    [TOKEN, '', { group: undefined }, undefined],
    [TOKEN, '', { user: 'unknown' }, undefined],
    ['x1.y1.z1', '', {}, undefined],
    [TOKEN, '', { partitions: ['muc'] }, undefined],
    [TOKEN, '', { partitions: ['muc', 'fra'] }, 'operator'],
    [`${'a'.repeat(20_000)}.b1.c1`, '', {}, undefined],
  ])('takes the secret %.12j with reason %j of %j as %s', async (secret, reason, fields, kind) => {
    expect((await login(fields).login.bySecret(secret, reason))?.kind).toBe(kind);
  });

  it.each(['', '../x', 'a/b', 'x'.repeat(65), 'ü'])('does not ask the API for %j', async (user) => {
    const { login: attempt, calls } = login({ user });
    expect(await attempt.bySecret(TOKEN, '')).toBeUndefined();
    expect(await attempt.bySecret('right', 'because')).toBeUndefined();
    expect(calls).toEqual([]);
  });
});

describe('limits of addresses', () => {
  it('count an IPv6 network as one, and IPv4 in both forms', () => {
    expect(addressGroup('2001:db8:1:2:3::4')).toBe(addressGroup('2001:db8:1:2::9'));
    expect(addressGroup('2001:db8:1:2::')).not.toBe(addressGroup('2001:db8:1:3::'));
    expect(addressGroup('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(addressGroup('fe80::1%eth0')).toBe(addressGroup('fe80::2'));
  });

  it('forget wrong secrets after a while', () => {
    const clock = new ManualClock();
    const throttle = new LoginThrottle(clock);
    for (let tries = 0; tries < MAX_FAILURES; tries++) throttle.failed('a');
    expect([throttle.allows('a'), throttle.allows('b')]).toEqual([false, true]);
    clock.advance(600_001);
    expect(throttle.allows('a')).toBe(true);
  });

  it('bound connections in total and from one address', () => {
    const quota = new ConnectionQuota({ connections: 3, perAddress: 2 });
    const first = quota.take('a')!;
    quota.take('a');
    expect(quota.take('a')).toBeUndefined();
    quota.take('b');
    expect(quota.take('c')).toBeUndefined();
    first();
    first();
    expect(quota.size).toBe(2);
    expect(quota.take('a')).toBeDefined();
  });
});
