import type { Machine, Switch } from '../../api/types.js';

export interface Wire {
  readonly nic: string;
  readonly mac: string;
  readonly leaf: string;
  readonly port: string;
  /** Empty: unprovisioned; `default`: of a firewall; `vrf<number>`: of a tenant. */
  readonly vrf: string;
  /** UP, DOWN or UNKNOWN; undefined when the leaf does not know the port. */
  readonly actual: string | undefined;
}

/** The connections between a machine and its leaves, as the switches have them, ordered by leaf. */
export function wiresOf({ id, hardware }: Machine, switches: Iterable<Switch>): readonly Wire[] {
  const wires: Wire[] = [];
  for (const leaf of switches) {
    for (const { machine_id, nic: at } of leaf.connections) {
      if (machine_id !== id) continue;
      const port = leaf.nics.find(({ name, mac }) => (at.name ? name === at.name : mac === at.mac));
      const nic = hardware.nics.find(({ neighbors }) => neighbors.some(({ mac }) => mac === (port?.mac ?? at.mac)));
      const { mac = '', name = 'unknown' } = nic ?? {};
      wires.push({ nic: name, mac, leaf: leaf.id, port: at.name ?? '', vrf: port?.vrf ?? '', actual: port?.actual });
    }
  }
  return wires.sort((a, b) => (a.leaf < b.leaf ? -1 : a.leaf > b.leaf ? 1 : 0));
}

/** The name of a VRF as operators read it. */
export const vrfText = (vrf: string): string => (vrf === '' ? 'no VRF (PXE)' : vrf === 'default' ? 'default VRF' : vrf);
