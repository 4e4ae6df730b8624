import { describe, expect, it } from 'vitest';
import { leaf, port } from '../../../test/support/switches.js';
import { checkDistinct, mergeNics, namingOf, statusToShow, withReport, withVrf } from './switch.js';
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
  it('reads DOWN only when an operator wants it', () => {
    const shown = (reported: 'UP' | 'DOWN' | 'UNKNOWN', wanted?: 'UP' | 'DOWN') =>
      statusToShow(port('x', { reported, wanted }));
    expect([shown('UP'), shown('DOWN'), shown('UNKNOWN')]).toEqual(['UP', 'UNKNOWN', 'UNKNOWN']);
    expect([shown('UP', 'DOWN'), shown('DOWN', 'UP')]).toEqual(['DOWN', 'UP']);
  });

  it('cannot be given twice', () => {
    expect(() => checkDistinct([port('a'), port('b')])).not.toThrow();
    expect(() => checkDistinct([port('a'), port('b', { identifier: 'a' })])).toThrow('"a" is given twice');
  });

  it('tells the vendor of switches that do not', () => {
    expect(namingOf(leaf('l', ['swp1'], { os: undefined }))).toBe('Cumulus');
    expect(namingOf(leaf('l', ['Ethernet0'], { os: undefined }))).toBe('SONiC');
  });
});

describe('ports of a switch that registers again', () => {
  const stored = leaf('leaf1', [], {
    nics: [port('a', { vrf: 'vrf1', reported: 'UP' }), port('b'), port('c')],
    connections: [{ machineId: 'm1', port: 'a' }],
  });

  it('keep what is stored; unconnected ones may go, be renamed and come', () => {
    const nics = mergeNics(stored, [port('a'), port('renamed', { identifier: 'b' }), port('d')]);
    expect(nics).toEqual([port('a', { vrf: 'vrf1', reported: 'UP' }), port('renamed', { identifier: 'b' }), port('d')]);
  });

  it('must not go or be renamed while a machine is connected', () => {
    expect(() => mergeNics(stored, [port('b')])).toThrow('nic "a" of switch "leaf1" is gone, but machine "m1"');
    expect(() => mergeNics(stored, [port('z', { identifier: 'a' })])).toThrow('cannot become "z"');
  });
});

describe('a report of an agent', () => {
  const before = leaf('leaf1', ['a', 'b']);

  it('changes what it tells and nothing else', () => {
    const after = withReport(before, { states: { a: 'UP', nosuch: 'UP' }, bgp: { b: bgp } });
    expect(after.nics).toEqual([port('a', { reported: 'UP' }), port('b', { bgp })]);
    expect(withReport(after, { states: { a: 'UP' } })).toBe(after);
    expect(withReport(after, { bgp: { b: { ...bgp } } })).toBe(after);
    expect(withReport(after, {})).toBe(after);
  });

  it('clears BGP sessions that it no longer tells of', () => {
    const established = withReport(before, { bgp: { a: bgp } });
    expect(withReport(established, { bgp: {} }).nics).toEqual(before.nics);
  });

  it('with a state that is none means unknown', () => {
    expect(withReport(before, { states: { a: 'UP' } }).nics[0]?.reported).toBe('UP');
    expect(withReport(before, { states: { a: 'sideways' } })).toBe(before);
  });
});

describe('the VRF of a machine', () => {
  it('is set at its ports only', () => {
    const before = leaf('leaf1', ['a', 'b'], { connections: [{ machineId: 'm1', port: 'b' }] });
    const after = withVrf(before, 'm1', 'vrf7');
    expect(after.nics.map(({ vrf }) => vrf)).toEqual(['', 'vrf7']);
    expect(withVrf(after, 'm1', 'vrf7')).toBe(after);
    expect(withVrf(after, 'stranger', 'vrf8')).toBe(after);
  });
});
