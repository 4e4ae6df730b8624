import { describe, expect, it } from 'vitest';
import { leaf, port } from '../../../test/support/switches.js';
import {
  adminStatusOf,
  checkDistinct,
  decidesByAdminStatus,
  mergeNics,
  namingOf,
  portStatusForAgent,
  withReport,
  withVrf,
} from './switch.js';
import type { BgpPortState } from './switch.js';

const bgp: BgpPortState = {
  neighbor: 'm1',
  peerGroup: 'MACHINE',
  vrfName: 'vrf30',
  bgpState: 'Established',
  bgpTimerUpEstablished: 1,
  sentPrefixCounter: 2,
  acceptedPrefixCounter: 3,
};

describe('a port', () => {
  const status =
    (byAdminStatus: boolean) =>
    (reported: 'UP' | 'DOWN' | 'UNKNOWN', wanted?: 'UP' | 'DOWN'): string => {
      const nic = port('x', { reported, ...(wanted && { wanted }) });
      return `${portStatusForAgent(nic, byAdminStatus)} ${adminStatusOf(nic)}`;
    };

  it('reads DOWN only if an operator wants it, for agents that decide by the actual status', () => {
    const shown = status(false);
    expect([shown('UP'), shown('DOWN'), shown('UNKNOWN')]).toEqual(['UP UP', 'UNKNOWN UP', 'UNKNOWN UP']);
    expect([shown('UP', 'DOWN'), shown('DOWN', 'UP')]).toEqual(['DOWN DOWN', 'UP UP']);
  });

  it('reads as reported by the switch, for agents that decide by the admin status', () => {
    const shown = status(true);
    expect([shown('UP'), shown('DOWN'), shown('UNKNOWN')]).toEqual(['UP UP', 'DOWN UP', 'UNKNOWN UP']);
    expect([shown('UP', 'DOWN'), shown('DOWN', 'UP')]).toEqual(['UP DOWN', 'DOWN UP']);
  });

  it.each([
    ['v0.17.0', undefined, true],
    ['0.17.0', undefined, true],
    ['v0.18.2 (1a2b3c), tags/v0.18.2-0-g1a2b3c, go1.26', undefined, true],
    ['v1.0.0', undefined, true],
    ['v0.17.0-rc1', undefined, true],
    ['v0.100', undefined, true],
    ['v0.16.1', undefined, false],
    ['v0.16.1', true, false],
    ['v0.9.99(abc)', undefined, false],
    ['v0.2', undefined, false],
    ['devel', undefined, false],
    ['', undefined, false],
    ['', false, false],
    ['devel', true, true],
    ['master-1a2b3c', true, true],
    ['v0.017.0', undefined, true],
  ])('of an agent "%s" that names its room: %s, is decided by the admin status: %s', (version, namesRoom, expected) => {
    const os = { vendor: 'SONiC', version: '4', metalCoreVersion: version } as const;
    expect(decidesByAdminStatus({ os, ...(namesRoom !== undefined && { namesRoom }) })).toBe(expected);
    expect(decidesByAdminStatus({ os: undefined, namesRoom: false })).toBe(false);
  });

  it('rejects duplicates', () => {
    expect(() => checkDistinct([port('a'), port('b')])).not.toThrow();
    expect(() => checkDistinct([port('a'), port('b', { identifier: 'a' })])).toThrow('"a" is listed twice');
  });

  it('derives the vendor of switches that do not report it', () => {
    expect(namingOf(leaf('l', ['swp1'], { os: undefined }))).toBe('Cumulus');
    expect(namingOf(leaf('l', ['Ethernet0'], { os: undefined }))).toBe('SONiC');
  });
});

describe('ports of a switch that registers again', () => {
  const stored = leaf('leaf1', [], {
    nics: [port('a', { vrf: 'vrf1', reported: 'UP' }), port('b'), port('c')],
    connections: [{ machineId: 'm1', port: 'a' }],
  });

  it('keep stored data; unconnected ports may be removed, renamed and added', () => {
    const nics = mergeNics(stored, [port('a'), port('renamed', { identifier: 'b' }), port('d')]);
    expect(nics).toEqual([port('a', { vrf: 'vrf1', reported: 'UP' }), port('renamed', { identifier: 'b' }), port('d')]);
  });

  it('must not be removed or renamed while a machine is connected', () => {
    expect(() => mergeNics(stored, [port('b')])).toThrow('nic "a" of switch "leaf1" is missing, but machine "m1"');
    expect(() => mergeNics(stored, [port('z', { identifier: 'a' })])).toThrow('cannot become "z"');
  });
});

describe('a report of an agent', () => {
  const before = leaf('leaf1', ['a', 'b']);

  it('changes only the reported fields', () => {
    const after = withReport(before, { states: { a: 'UP', nosuch: 'UP' }, bgp: { b: bgp } });
    expect(after.nics).toEqual([port('a', { reported: 'UP' }), port('b', { bgp })]);
    expect(withReport(after, { states: { a: 'UP' } })).toBe(after);
    expect(withReport(after, { bgp: { b: { ...bgp } } })).toBe(after);
    expect(withReport(after, {})).toBe(after);
  });

  it('clears BGP sessions that are no longer reported', () => {
    const established = withReport(before, { bgp: { a: bgp } });
    expect(withReport(established, { bgp: {} }).nics).toEqual(before.nics);
  });

  it('maps unrecognized states to unknown', () => {
    expect(withReport(before, { states: { a: 'UP' } }).nics[0]?.reported).toBe('UP');
    expect(withReport(before, { states: { a: 'sideways' } })).toBe(before);
  });
});

describe('the VRF of a machine', () => {
  it('is set on its own ports only', () => {
    const before = leaf('leaf1', ['a', 'b'], { connections: [{ machineId: 'm1', port: 'b' }] });
    const after = withVrf(before, 'm1', 'vrf7');
    expect(after.nics.map(({ vrf }) => vrf)).toEqual([undefined, 'vrf7']);
    expect(withVrf(after, 'm1', 'vrf7')).toBe(after);
    expect(withVrf(after, 'stranger', 'vrf8')).toBe(after);
  });
});
