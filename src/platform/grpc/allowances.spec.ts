import { describe, expect, it } from 'vitest';
import { Allowances } from './allowances.js';
import { allowanceOf, networkOf, plainAddress } from './caller.js';
import type { Caller } from './caller.js';

const caller = (address: string, name = ''): Caller => ({ name, certificate: '', address, peer: `${address}:1` });
const [a, b] = [caller('10.0.0.1'), caller('10.0.0.2')];

describe('the allowance of a caller', () => {
  it('is ten seconds’ worth at once, then as much as comes in again', () => {
    let now = 0;
    const allowances = new Allowances(() => now);
    for (let i = 0; i < 50; i++) allowances.spend(a, 'events', 5);
    expect(() => allowances.spend(a, 'events', 5)).toThrow(
      'more than 5 events per second come from 10.0.0.1:1; try again in 1 s',
    );
    now = 200;
    allowances.spend(a, 'events', 5);
    expect(() => allowances.spend(a, 'events', 5)).toThrow();
    now = 3_600_000;
    allowances.spend(a, 'events', 5, 50);
    expect(() => allowances.spend(a, 'events', 5, 26)).toThrow('try again in 6 s');
  });

  it('is of one caller and one thing alone', () => {
    const allowances = new Allowances(() => 0);
    allowances.spend(a, 'events', 1, 10);
    allowances.spend(b, 'events', 1, 10);
    allowances.spend(a, 'registrations', 1, 10);
    allowances.spend(caller('10.0.0.1', 'fra'), 'events', 1, 10);
    for (const each of [a, b]) expect(() => allowances.spend(each, 'events', 1)).toThrow();
  });

  it('lets a batch through that is larger than any allowance, and makes up for it', () => {
    let now = 0;
    const allowances = new Allowances(() => now);
    allowances.spend(a, 'events', 1, 100);
    now = 50_000;
    expect(() => allowances.spend(a, 'events', 1)).toThrow();
    now = 92_000;
    allowances.spend(a, 'events', 1);
  });
});

describe('callers', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
  ])('at %s have the allowance of %s', (address, expected) => {
    expect(networkOf(address)).toBe(expected);
    expect(allowanceOf({ name: 'n', address })).toBe(`n@${expected}`);
  });

  it('over IPv4 have its addresses', () => {
    expect(plainAddress('::ffff:10.0.0.1')).toBe('10.0.0.1');
    expect(plainAddress('::FFFF:10.0.0.1')).toBe('10.0.0.1');
    expect(plainAddress('::ffff:a:b')).toBe('::ffff:a:b');
  });
});
