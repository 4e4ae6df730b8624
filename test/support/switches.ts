import type { Neighbor, Switch, SwitchNic } from '../../src/modules/switch/switch.js';

/** A port as registered by a switch with SONiC. */
export const port = (name: string, more: Partial<SwitchNic> = {}): SwitchNic => ({
  name,
  mac: '',
  identifier: name,
  vrf: undefined,
  reported: 'UNKNOWN',
  ...more,
});

/** A leaf of rack `r1` in partition `p1` with the given ports. */
export const leaf = (id: string, ports: readonly string[], more: Partial<Switch> = {}): Switch => ({
  id,
  revision: 1,
  name: id,
  description: '',
  created: '2026-01-01T00:00:00.000Z',
  changed: '2026-01-01T00:00:00.000Z',
  rackId: 'r1',
  partitionId: 'p1',
  mode: 'operational',
  os: { vendor: 'SONiC', version: '4', metalCoreVersion: '' },
  managementIp: '10.0.0.1',
  managementUser: 'admin',
  consoleCommand: '',
  nics: ports.map((name) => port(name)),
  connections: [],
  ...more,
});

/** The neighbor that a machine sees on a cable to a port. */
export const neighbor = (hostname: string, identifier: string, mac = identifier): Neighbor => ({
  hostname,
  identifier,
  mac,
  name: identifier,
});

/** A machine with one cable to each of the given ports. */
export const wired = (id: string, ...neighbors: readonly Neighbor[]) => ({
  id,
  partitionId: 'p1',
  nics: neighbors.map((one) => ({ neighbors: [one] })),
});
