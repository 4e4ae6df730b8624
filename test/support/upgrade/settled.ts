import { expect } from 'vitest';
import type { RestClient } from '../../../src/agent/rest-client.js';
import type { FsckReportDto } from '../../../src/modules/fsck/fsck.dto.js';
import { eventually } from '../eventually.js';
import type { Property } from './controller.js';
import type { EventSender } from './event-sender.js';

interface MachineRow {
  readonly id: string;
  readonly allocation?: {
    readonly name: string;
    readonly networks: readonly { readonly ips: readonly string[] }[];
  } | null;
  readonly events: { readonly last_event_time?: string };
}

interface Entry {
  readonly id: string;
  readonly state: string;
}

const ENDS = ['done', 'failed', 'expired'];
const PATIENCE = 120_000;

/** Checks at one replica that everything acknowledged is so, that every command has an end, and that fsck is content. */
export async function expectNothingLost(client: RestClient, properties: readonly Property[], sender: EventSender) {
  const open = async (): Promise<Entry[]> =>
    (await client.get<Entry[]>('commands')).filter(({ state }) => !ENDS.includes(state));
  const check = async (): Promise<string[]> => [
    ...(await differences(client, properties)),
    ...(await sharedAddresses(client, properties)),
    ...(await silentMachines(client, sender)),
    ...(await open()).map(({ id, state }) => `command ${id} is ${state}`),
    ...(await client.get<FsckReportDto>('fsck')).findings.map((finding) => JSON.stringify(finding)),
  ];
  // Machines that install go on giving commands: one moment at which nothing is amiss is enough.
  let faults: readonly string[] = [];
  const isSettled = async (): Promise<boolean> => {
    faults = await check().catch((error: unknown) => [String(error)]);
    return faults.length === 0;
  };
  await eventually('nothing is in progress', isSettled, PATIENCE).catch(() => undefined);
  expect(faults).toEqual([]);
}

async function differences(client: RestClient, properties: readonly Property[]): Promise<string[]> {
  const [machines, networks, addresses] = await Promise.all([
    client.get<MachineRow[]>('v1/machine'),
    client.get<{ id: string; labels?: Record<string, string> }[]>('v1/network'),
    client.get<{ ipaddress: string; name?: string; type: string }[]>('v1/ip'),
  ]);
  const allocated = new Map(machines.flatMap(({ id, allocation }) => (allocation ? [[id, allocation.name]] : [])));
  const labels = new Map(networks.map(({ id, labels }) => [id, labels?.['of'] ?? '']));
  const names = new Map(addresses.map(({ ipaddress, name, type }) => [ipaddress, type === 'static' ? name : type]));
  const machineNames = [...allocated.values()];
  return properties.flatMap((property) => [
    ...missing('machine', property.machines, allocated),
    ...missing('network', property.networks, labels),
    ...missing('address', property.addresses, names),
    ...[...property.released]
      .filter((one) => machineNames.includes(one) || labels.has(one) || [...names.values()].includes(one))
      .map((one) => `${one} was released, but is there`),
    ...[...property.machines.values()]
      .filter((name) => machineNames.filter((other) => other === name).length > 1)
      .map((name) => `${name} was allocated twice`),
  ]);
}

const missing = (
  kind: string,
  acknowledged: ReadonlyMap<string, string>,
  present: ReadonlyMap<string, string | undefined>,
): string[] =>
  [...acknowledged]
    .filter(([id, value]) => present.get(id) !== value)
    .map(([id, value]) => `${kind} ${id} should have "${value}", and has "${present.get(id) ?? ''}"`);

/** Addresses that two machines have, or a machine and a controller. */
async function sharedAddresses(client: RestClient, properties: readonly Property[]): Promise<string[]> {
  const machines = await client.get<MachineRow[]>('v1/machine');
  const holders = [
    ...properties.flatMap(({ addresses }) => [...addresses]),
    ...machines.flatMap(({ id, allocation }) =>
      (allocation?.networks ?? []).flatMap(({ ips }) => ips.map((ip) => [ip, id] as const)),
    ),
  ];
  const first = new Map<string, string>();
  return holders.flatMap(([ip, holder]) => {
    const other = first.get(ip);
    first.set(ip, holder);
    return other === undefined ? [] : [`${ip} belongs to ${other} and to ${holder}`];
  });
}

async function silentMachines(client: RestClient, { acknowledged }: EventSender): Promise<string[]> {
  const machines = await client.get<MachineRow[]>('v1/machine');
  return machines
    .filter(({ id, events }) => Date.parse(events.last_event_time ?? '') < (acknowledged.get(id) ?? 0))
    .map(({ id }) => `an event of machine ${id} was lost`);
}
