import { describe, expect, it } from 'vitest';
import type { Ip, Network } from '../../api/types.js';
import { formatAddress, formatPrefix, parsePrefix } from './prefix.js';
import { cellsOf, shareTaken, thingsIn } from './prefix-map.js';

const p = (text: string) => parsePrefix(text)!;
const child = (id: string, ...prefixes: string[]) => ({ id, name: id, projectid: 'x', prefixes }) as unknown as Network;
const named = (project: string): string => `project ${project}`.toUpperCase();
const ip = (ipaddress: string) => ({ ipaddress, type: 'static', projectid: 'x' }) as unknown as Ip;

describe('prefixes', () => {
  it.each([
    '10.0.0.0/8',
    '0.0.0.0/0',
    '192.168.7.1',
    '2001:db8::/32',
    '::/0',
    '::1',
    'fe80::1:0:0:1',
    '1:2:3:4:5:6:7:8',
    '1::',
  ])('are read and written: %s', (text) => expect(formatPrefix(p(text))).toBe(text));

  it.each(['10.0.0/8', '10.0.0.256', '10.0.0.0/33', '1:2:3', '1:::2', 'g::', '::/129', ''])('are refused: %j', (text) =>
    expect(parsePrefix(text)).toBeUndefined(),
  );

  it('have addresses', () => expect(formatAddress('IPv6', p('2001:db8::/32').base + 1n)).toBe('2001:db8::1'));
});

describe('the map of a prefix', () => {
  const cells = (view: string, children: readonly Network[], ips: readonly Ip[] = []) =>
    cellsOf(p(view), thingsIn(p(view), children, ips, named));
  const interesting = (all: ReturnType<typeof cells>) =>
    all.filter(({ state }) => state !== 'free').map(({ prefix, state }) => `${formatPrefix(prefix)} ${state}`);

  it('has 256 parts, with children that fill and touch them', () => {
    const all = cells('10.0.0.0/8', [child('a', '10.2.0.0/15'), child('b', '10.9.8.0/22')]);
    expect(all).toHaveLength(256);
    expect(interesting(all)).toEqual(['10.2.0.0/16 child', '10.3.0.0/16 child', '10.9.0.0/16 partial']);
    expect(all[2]!.things[0]).toMatchObject({ id: 'a', text: 'child network a of project PROJECT X' });
  });

  it('ends at single addresses, and shows the reserved ones', () => {
    expect(interesting(cells('10.0.0.0/29', [], [ip('10.0.0.3'), ip('10.9.9.9')]))).toEqual([
      '10.0.0.0 reserved',
      '10.0.0.3 used',
      '10.0.0.7 reserved',
    ]);
    expect(interesting(cells('2001:db8::/126', []))).toEqual(['2001:db8:: reserved']);
    expect(cells('10.0.0.1', [])).toHaveLength(1);
  });

  it('can be zoomed: what is outside of the view is left out', () => {
    const things = thingsIn(p('10.0.0.0/8'), [child('a', '10.2.0.0/15'), child('b', '10.9.8.0/22')], [], named);
    expect(interesting(cellsOf(p('10.9.0.0/16'), things))).toEqual(
      ['8', '9', '10', '11'].map((part) => `10.9.${part}.0/24 child`),
    );
    expect(cellsOf(p('10.3.0.0/16'), things).every(({ state }) => state === 'child')).toBe(true);
  });

  it('works on IPv6, where numbers are large', () => {
    expect(interesting(cells('fd00::/8', [child('a', 'fd12:3456::/64'), child('b', 'fd80::/16')]))).toEqual([
      'fd12::/16 partial',
      'fd80::/16 child',
    ]);
  });

  it('knows the share of children', () =>
    expect(shareTaken(p('10.0.0.0/8'), [child('a', '10.2.0.0/10'), child('v6', 'fd00::/64')])).toBe(0.25));
});
