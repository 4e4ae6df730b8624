import { describe, expect, it } from 'vitest';
import { leaf, neighbor, port, wired } from '../../../test/support/switches.js';
import { connectMachine, wiringOf } from './wiring.js';

const PORTS = ['Ethernet0', 'Ethernet4'];
const pair = () => [leaf('leaf1', PORTS), leaf('leaf2', PORTS)];

describe('wiring of a machine (docs/reference/switches.md#cabling-of-machines)', () => {
  it('is found at the same port of two leaves', () => {
    const machine = wired('m1', neighbor('leaf1', 'Ethernet4'), neighbor('leaf2', 'Ethernet4'));
    expect(wiringOf(machine, pair())).toEqual({
      rackId: 'r1',
      partitionId: 'p1',
      ports: new Map([
        ['leaf1', ['Ethernet4']],
        ['leaf2', ['Ethernet4']],
      ]),
    });
  });

  it('translates port names between vendors', () => {
    const cumulus = leaf('leaf2', ['swp1', 'swp2'], { os: { vendor: 'Cumulus', version: '5', metalCoreVersion: '' } });
    const machine = wired('m1', neighbor('leaf1', 'Ethernet4'), neighbor('leaf2', 'swp2'));
    expect(wiringOf(machine, [leaf('leaf1', PORTS), cumulus]).ports.get('leaf2')).toEqual(['swp2']);
    const crossed = wired('m1', neighbor('leaf1', 'Ethernet4'), neighbor('leaf2', 'swp1'));
    expect(() => wiringOf(crossed, [leaf('leaf1', PORTS), cumulus])).toThrow('not to "swp2" of "leaf2"');
  });

  it('matches machines that do not report the switch by MAC address only', () => {
    const macs = (id: string, mac: string) =>
      leaf(id, [], { nics: [port('swp1', { mac, identifier: '' })], os: undefined });
    const leaves = [macs('leaf1', 'aa:01'), macs('leaf2', 'bb:01')];
    const machine = wired('m1', neighbor('', '', 'aa:01'), neighbor('', '', 'bb:01'));
    expect([...wiringOf(machine, leaves).ports.values()]).toEqual([['aa:01'], ['bb:01']]);
    const noMacs = wired('m1', neighbor('', 'Ethernet0', ''));
    expect(() => wiringOf(noMacs, pair())).toThrow('found none');
  });

  it.each([
    ['one leaf', [neighbor('leaf1', 'Ethernet0')], 'found "leaf1"'],
    ['no leaf', [neighbor('elsewhere', 'Ethernet0')], 'found none'],
    [
      'crossed ports',
      [neighbor('leaf1', 'Ethernet0'), neighbor('leaf2', 'Ethernet4')],
      'not to "Ethernet0" of "leaf2"',
    ],
    [
      'different numbers of ports',
      [neighbor('leaf1', 'Ethernet0'), neighbor('leaf1', 'Ethernet4'), neighbor('leaf2', 'Ethernet0')],
      '2 connections to switch "leaf1" but 1 to "leaf2"',
    ],
  ])('rejects %s', (_what, neighbors, message) => {
    expect(() => wiringOf(wired('m1', ...neighbors), pair())).toThrow(message);
  });

  it('rejects three leaves, and leaves of different racks', () => {
    const three = wired('m1', ...['leaf1', 'leaf2', 'leaf3'].map((id) => neighbor(id, 'Ethernet0')));
    expect(() => wiringOf(three, [...pair(), leaf('leaf3', PORTS)])).toThrow('exactly two switches');
    const machine = wired('m1', neighbor('leaf1', 'Ethernet0'), neighbor('leaf2', 'Ethernet0'));
    const apart = [leaf('leaf1', PORTS), leaf('leaf2', PORTS, { rackId: 'r2' })];
    expect(() => wiringOf(machine, apart)).toThrow('different racks');
  });

  it('rejects a port with another machine, and a machine that has moved', () => {
    const machine = wired('m1', neighbor('leaf1', 'Ethernet0'), neighbor('leaf2', 'Ethernet0'));
    const taken = leaf('leaf2', PORTS, { connections: [{ machineId: 'm2', port: 'Ethernet0' }] });
    expect(() => wiringOf(machine, [leaf('leaf1', PORTS), taken])).toThrow('machine "m2" is connected to it');
    const left = leaf('leaf0', PORTS, { connections: [{ machineId: 'm1', port: 'Ethernet0' }] });
    expect(() => wiringOf(machine, [left, ...pair()])).toThrow('no longer wired to switch "leaf0"');
  });

  it('replaces the previous connections', () => {
    const before = leaf('leaf1', PORTS, { connections: [{ machineId: 'm1', port: 'Ethernet0' }] });
    expect(connectMachine(before, 'm1', ['Ethernet4']).connections).toEqual([{ machineId: 'm1', port: 'Ethernet4' }]);
  });
});
