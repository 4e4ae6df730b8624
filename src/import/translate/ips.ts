import { append } from '../../shared/append.js';
import type { Content } from '../../shared/document.js';
import { Ip } from '../../shared/net/ip.js';
import { Prefix } from '../../shared/net/prefix.js';
import {
  AUTO_DESCRIPTION,
  isMachineTag,
  MACHINE_TAG,
  machineTag,
  type Attachment,
  type IpAddress,
} from '../../modules/ip/ip.js';
import type { Machine } from '../../modules/machine/machine.js';
import type { Network } from '../../modules/network/network.js';
import { text } from '../fields.js';
import { canonicalIp, ipOf } from '../mappers/ip.js';
import type { Notes } from '../notes.js';
import type { OldRow } from '../sources/source.js';

/** An address that an allocation has, and where. */
interface Use extends Attachment {
  readonly networkId: string;
  readonly project: string;
}

/** The IPs with the machines that use them, and those that machines use although they have no owner. */
export function ipsOf(
  rows: readonly OldRow[],
  machines: readonly Content<Machine>[],
  networks: readonly Content<Network>[],
  notes: Notes,
): Content<IpAddress>[] {
  const uses = usesOf(machines);
  const byId = new Map(networks.map((network) => [network.id, network]));
  const known = rows.flatMap((row) => {
    const ip = ipOf(row, (uses.get(canonicalIp(text(row, 'id'))) ?? []).map(attachmentOf));
    return isReadable(ip, notes) ? [ip] : [];
  });
  const machineIds = new Set(machines.map(({ id }) => id));
  for (const ip of known) checkIp(ip, byId, machineIds, uses.get(ip.id) ?? [], notes);
  const ids = new Set(known.map(({ id }) => id));
  const lost = [...uses].filter(([address]) => !ids.has(address));
  return [...known, ...lost.flatMap(([address, users]) => recreated(address, users, byId, notes))];
}

function usesOf(machines: readonly Content<Machine>[]): Map<string, Use[]> {
  const uses = new Map<string, Use[]>();
  for (const { id: machineId, allocation } of machines) {
    if (!allocation) continue;
    const { uuid, created: at, project } = allocation;
    for (const { networkId, ips } of allocation.networks) {
      for (const address of ips) {
        append(uses, address, { machineId, allocation: uuid, acquired: true, at, networkId, project });
      }
    }
  }
  return uses;
}

const attachmentOf = ({ machineId, allocation, acquired, at }: Use): Attachment => ({
  machineId,
  allocation,
  acquired,
  at,
});

function isReadable(ip: Content<IpAddress>, notes: Notes): boolean {
  if (Ip.tryParse(ip.id) && Prefix.tryParse(ip.prefix)) return true;
  notes.inconsistent('ip-unreadable', [`ip ${ip.id}`], `${ip.id} of ${ip.prefix}`);
  notes.omitted('ip', ip.id, 'its id is not an address, or its prefix is not valid');
  return false;
}

function checkIp(
  ip: Content<IpAddress>,
  networks: ReadonlyMap<string, Content<Network>>,
  machines: ReadonlySet<string>,
  uses: readonly Use[],
  notes: Notes,
): void {
  const name = `ip ${ip.id}`;
  const network = networks.get(ip.networkId);
  if (!network) notes.inconsistent('ip-unknown-network', [name, `network ${ip.networkId}`], `in "${ip.networkId}"`);
  else if (!network.prefixes.includes(ip.prefix) || !Prefix.parse(ip.prefix).contains(Ip.parse(ip.id)))
    notes.inconsistent('ip-outside-network', [name, `network ${network.id}`], `its prefix is ${ip.prefix}`);
  for (const tag of ip.tags.filter(isMachineTag)) {
    const machine = tag.slice(MACHINE_TAG.length + 1);
    if (!machines.has(machine)) notes.inconsistent('ip-unknown-machine', [name, `machine ${machine}`], `tag ${tag}`);
  }
  for (const { machineId, networkId } of uses.filter((use) => use.networkId !== ip.networkId)) {
    const ids = [`machine ${machineId}`, name];
    notes.inconsistent('allocation-ip-elsewhere', ids, `in "${ip.networkId}", used in "${networkId}"`);
  }
}

/** Nothing when the network is gone, too: then nothing can give the address away either. */
function recreated(
  address: string,
  uses: readonly Use[],
  networks: ReadonlyMap<string, Content<Network>>,
  notes: Notes,
): Content<IpAddress>[] {
  const [first] = uses;
  const ip = Ip.tryParse(address);
  if (first === undefined || ip === undefined) return [];
  const prefix = networks.get(first.networkId)?.prefixes.find((one) => Prefix.tryParse(one)?.contains(ip));
  if (prefix === undefined) return [];
  const ids = [`ip ${address}`, ...uses.map(({ machineId }) => `machine ${machineId}`)];
  notes.inconsistent('allocation-ip-missing', ids, `${address} of "${first.networkId}"`);
  return [
    {
      ...{ id: address, name: '', description: AUTO_DESCRIPTION, created: first.at, changed: first.at },
      ...{ allocationUuid: first.allocation, prefix, networkId: first.networkId, projectId: first.project },
      type: 'ephemeral',
      tags: [...new Set(uses.map(({ machineId }) => machineTag(machineId)))].sort(),
      attachments: uses.map(attachmentOf),
    },
  ];
}
