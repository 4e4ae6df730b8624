import { describe, expect, it } from 'vitest';
import type { Switch } from '../../api/types.js';
import { currentError, laneOf, pairsOf, portState, successorsOf, takeoverOf, twinOf } from './ports.js';

function leaf(id: string, vendor: string, names: readonly string[], parts: object = {}): Switch {
  const nics = names.map((name) => ({ name, vrf: `vrf${name.length}` }));
  return {
    ...{ id, nics, os: { vendor }, rack_id: 'r', partition: { id: 'p' }, connections: [], mode: 'operational' },
    ...parts,
  } as unknown as Switch;
}
const connected = (name: string, machine: string) => ({ nic: { name, vrf: 'vrf7' }, machine_id: machine });

describe('lanes', () => {
  it.each([
    ['Ethernet26', 26],
    ['swp7s2', 26],
    ['swp1', 0],
    ['swp2', 4],
    ['swp0', undefined],
    ['eth0', undefined],
    ['Ethernet1234567', undefined],
  ])('of %s is %s', (name, lane) => expect(laneOf(name)).toBe(lane));
});

describe('a takeover', () => {
  const old = leaf('old', 'Cumulus', ['swp1s0', 'swp7s2', 'eth0'], {
    connections: [connected('swp7s2', 'm2'), connected('swp1s0', 'm1')],
  });

  it('translates names between vendors, and lists what is missing', () => {
    expect(takeoverOf(old, leaf('new', 'SONiC', ['Ethernet0', 'Ethernet4']))).toEqual({
      moves: [
        { machine: 'm1', from: 'swp1s0', to: 'Ethernet0', vrf: 'vrf7' },
        { machine: 'm2', from: 'swp7s2', to: undefined, vrf: 'vrf7' },
      ],
      missing: ['swp7s2'],
    });
  });

  it('keeps names within a vendor', () => {
    const { moves, missing } = takeoverOf(old, leaf('new', 'Cumulus', ['swp1s0', 'swp7s2']));
    expect(moves.map(({ to }) => to)).toEqual(['swp1s0', 'swp7s2']);
    expect(missing).toEqual([]);
  });

  it('shows the names of the model for hardware that is not known yet', () =>
    expect(takeoverOf(old, undefined).moves.map(({ to }) => to)).toEqual(['swp1s0', 'swp7s2']));
});

describe('the leaves of a rack', () => {
  const one = leaf('one', 'SONiC', [], { connections: [connected('Ethernet0', 'm')] });
  const two = leaf('two', 'SONiC', [], { connections: [connected('Ethernet0', 'm')] });
  const spare = leaf('spare', 'SONiC', []);
  const elsewhere = leaf('elsewhere', 'SONiC', [], { rack_id: 'q' });

  it('are pairs', () =>
    expect(pairsOf([two, elsewhere, one]).map(({ rack, leaves }) => [rack, leaves.map(({ id }) => id)])).toEqual([
      ['q', ['elsewhere']],
      ['r', ['one', 'two']],
    ]));

  it('are succeeded by switches that are not in use', () =>
    expect(successorsOf(one, [one, two, spare, elsewhere])).toEqual([spare]));

  it('have one twin, or none', () => {
    expect(twinOf(one, [one, two, spare, elsewhere])).toBe(two);
    expect(twinOf(one, [one, { ...two, mode: 'replace' }])).toBeUndefined();
    expect(twinOf(spare, [one, two, spare])).toBeUndefined();
  });
});

describe('states', () => {
  it('of ports have what an operator wants first', () => {
    const nic = (actual: string, admin: string) => portState({ actual, admin_status: admin } as never).id;
    expect([nic('UP', 'UP'), nic('UP', 'DOWN'), nic('DOWN', 'UP'), nic('UNKNOWN', 'UP')]).toEqual([
      ...['up', 'shut', 'down', 'unknown'],
    ]);
  });

  it('of synchronisation are errors until a round goes well', () => {
    const failure = { time: '2026-01-01T10:00:00Z', duration: 1, error: 'boom' };
    expect(currentError(leaf('a', '', [], { last_sync_error: failure }))).toBe('boom');
    const sync = { time: '2026-01-01T10:00:10Z', duration: 1 };
    expect(currentError(leaf('a', '', [], { last_sync: sync, last_sync_error: failure }))).toBeUndefined();
  });
});
