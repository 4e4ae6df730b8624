import { describe, expect, it } from 'vitest';
import { RateLimiter } from './rate-limiter.js';
import { rateLimitKey, networkOf, plainAddress } from './caller.js';
import type { GrpcCaller } from './caller.js';

const caller = (address: string, name = ''): GrpcCaller => ({ name, certificate: '', address, peer: `${address}:1` });
const [a, b] = [caller('10.0.0.1'), caller('10.0.0.2')];

describe('RateLimiter', () => {
  it('allows a burst of ten seconds, then the configured rate', () => {
    let now = 0;
    const rateLimiter = new RateLimiter(() => now);
    for (let i = 0; i < 50; i++) rateLimiter.spend(a, 'events', 5);
    expect(() => rateLimiter.spend(a, 'events', 5)).toThrow(
      'more than 5 events per second from 10.0.0.1:1; try again in 1 s',
    );
    now = 200;
    rateLimiter.spend(a, 'events', 5);
    expect(() => rateLimiter.spend(a, 'events', 5)).toThrow();
    now = 3_600_000;
    rateLimiter.spend(a, 'events', 5, 50);
    expect(() => rateLimiter.spend(a, 'events', 5, 26)).toThrow('try again in 6 s');
  });

  it('counts each caller and kind separately', () => {
    const rateLimiter = new RateLimiter(() => 0);
    rateLimiter.spend(a, 'events', 1, 10);
    rateLimiter.spend(b, 'events', 1, 10);
    rateLimiter.spend(a, 'registrations', 1, 10);
    rateLimiter.spend(caller('10.0.0.1', 'fra'), 'events', 1, 10);
    for (const each of [a, b]) expect(() => rateLimiter.spend(each, 'events', 1)).toThrow();
  });

  it('admits a batch larger than the burst, and compensates for it afterwards', () => {
    let now = 0;
    const rateLimiter = new RateLimiter(() => now);
    rateLimiter.spend(a, 'events', 1, 100);
    now = 50_000;
    expect(() => rateLimiter.spend(a, 'events', 1)).toThrow();
    now = 92_000;
    rateLimiter.spend(a, 'events', 1);
  });
});

describe('rateLimitKey', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
  ])('maps %s to %s', (address, expected) => {
    expect(networkOf(address)).toBe(expected);
    expect(rateLimitKey({ name: 'n', address })).toBe(`n@${expected}`);
  });

  it('uses IPv4 notation for IPv4 callers on dual-stack sockets', () => {
    expect(plainAddress('::ffff:10.0.0.1')).toBe('10.0.0.1');
    expect(plainAddress('::FFFF:10.0.0.1')).toBe('10.0.0.1');
    expect(plainAddress('::ffff:a:b')).toBe('::ffff:a:b');
  });
});
