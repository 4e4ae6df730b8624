import { ipTable } from '../../src/modules/ip/ip.table.js';
import { bundleTable } from '../../src/modules/machine/bundle/bundle.table.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { ASN_BASE } from '../../src/modules/pool/pool.js';
import { asnTable } from '../../src/modules/pool/pool.table.js';
import type { Tables } from './seed.js';

/**
 * Checks the invariants while no allocation or release is in progress: no machine is claimed, no bundle undecided, and addresses and AS
 * numbers are exactly those of the existing allocations. Returns a description of each violation.
 */
export function leaks(tables: Tables): string[] {
  const machines = [...tables(machineTable).list()];
  const ips = [...tables(ipTable).list()];
  const asns = [...tables(asnTable).list()];
  const allocations = new Map(machines.flatMap((m) => (m.allocation ? [[m.allocation.uuid, m] as const] : [])));
  const found: string[] = [];

  for (const { id, claim, release } of machines) {
    if (claim) found.push(`machine ${id} is claimed for ${claim.allocation}`);
    if (release) found.push(`machine ${id} is being released`);
  }
  for (const { id, owners } of asns) {
    const owner = allocations.get(owners[0] ?? '');
    if (owner?.allocation?.asn !== ASN_BASE + Number(id)) found.push(`ASN ${id} of ${owners.join()} is no machine's`);
  }
  if (asns.length !== allocations.size) found.push(`${asns.length} ASNs for ${allocations.size} allocations`);

  const wanted = new Map<string, string>();
  for (const [uuid, { allocation }] of allocations) {
    for (const ip of allocation!.networks.flatMap(({ ips: addresses }) => addresses)) {
      if (wanted.has(ip)) found.push(`address ${ip} is in two allocations`);
      wanted.set(ip, uuid);
    }
  }
  for (const { id, heldBy } of ips) if (heldBy !== undefined) found.push(`address ${id} is held by bundle ${heldBy}`);
  for (const { id, state } of tables(bundleTable).list())
    if (state !== 'complete') found.push(`bundle ${id} is ${state}`);
  for (const { id, attachments } of ips) {
    for (const { allocation } of attachments) {
      if (wanted.get(id) !== allocation)
        found.push(`address ${id} is attached to ${allocation}, which does not have it`);
    }
  }
  const stored = new Set(ips.map(({ id }) => id));
  for (const ip of wanted.keys())
    if (!stored.has(ip)) found.push(`address ${ip} of an allocation is free to be given away`);
  return found;
}
