import { composed, unchanging } from '../../platform/http/wire/json.js';
import { entityResponse } from '../../platform/http/wire/entity.js';
import { Misfit } from '../../platform/http/wire/scalar.js';
import { ZERO_TIME } from '../../shared/clock.js';
import { unmappedText } from '../../shared/net/ip.js';
import { remembered } from '../../shared/remembered.js';
import { canonicalMac } from '../../shared/spelling.js';
import { cleaned } from '../../shared/text.js';
import type { Partition } from '../partition/partition.js';
import type { PartitionResponse } from '../partition/partition.dto.js';
import { toPartitionResponse } from '../partition/partition.mapper.js';
import { byPortName } from './adoption.js';
import type { PortFilter } from './port-filter.js';
import type { SwitchRegistration } from './switch-registration.service.js';
import type { SwitchView } from './switch-view.service.js';
import type {
  SwitchBgpPortState,
  SwitchConnectionDto,
  SwitchFindRequest,
  SwitchNicDto,
  SwitchNotifyRequest,
  SwitchRegisterRequest,
  SwitchResponse,
  SwitchSyncDto,
} from './switch.dto.js';
import { adminStatusOf, decidesByAdminStatus, identityOf, registeredNic, statusToShow } from './switch.js';
import type { BgpPortState, PortStatus, Switch, SwitchNic, SwitchStatus, SwitchSync } from './switch.js';
import type { SwitchNotification, SwitchQuery } from './switch.service.js';

/** Texts cleaned and cut, MAC addresses in their one spelling; ids stay as they are, to be refused. */
export const toRegistration = (body: SwitchRegisterRequest): SwitchRegistration => ({
  id: body.id ?? '',
  name: body.name && cleaned(body.name),
  description: body.description && cleaned(body.description),
  rackId: body.rack_id ?? '',
  roomId: body.room_id,
  partitionId: body.partition_id ?? '',
  managementIp: unmappedText(cleaned(body.management_ip ?? '')),
  managementUser: cleaned(body.management_user ?? ''),
  consoleCommand: body.console_command && cleaned(body.console_command),
  os: body.os && {
    vendor: body.os.vendor ?? '',
    version: cleaned(body.os.version ?? ''),
    metalCoreVersion: cleaned(body.os.metal_core_version ?? ''),
  },
  nics: (body.nics ?? []).map(({ name = '', mac = '', identifier = '', vrf = '' }) =>
    registeredNic({
      name: cleaned(name),
      mac: canonicalMac(cleaned(mac)),
      identifier: canonicalMac(cleaned(identifier)),
      vrf: cleaned(vrf),
    }),
  ),
});

export const toSwitchQuery = (body: SwitchFindRequest): SwitchQuery => ({
  id: body.id,
  name: body.name,
  partitionId: body.partitionid,
  rackId: body.rackid,
  roomId: body.roomid,
  osVendor: body.osvendor,
  osVersion: body.osversion,
});

/** What cannot be read of a port counts as not said; why is told beside. */
export function toNotification(body: SwitchNotifyRequest): { notification: SwitchNotification; problems: string[] } {
  const { port_states: states, bgp_port_states: bgp } = body;
  const notification = {
    duration: body.sync_duration ?? 0,
    error: body.error,
    states: states && readable(states),
    bgp: bgp && mapValues(readable(bgp), toBgp),
  };
  const members = [...Object.values(states ?? {}), ...Object.values(bgp ?? {})];
  return { notification, problems: members.flatMap((one) => (one instanceof Misfit ? one.message : [])) };
}

const readable = <T>(members: Readonly<Record<string, T | Misfit>>): Record<string, T> =>
  Object.fromEntries(Object.entries(members).filter((entry): entry is [string, T] => !(entry[1] instanceof Misfit)));

const mapValues = <A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));

const toBgp = (state: Partial<SwitchBgpPortState>): BgpPortState => ({
  neighbor: cleaned(state.Neighbor ?? ''),
  peerGroup: cleaned(state.PeerGroup ?? ''),
  vrfName: cleaned(state.VrfName ?? ''),
  bgpState: cleaned(state.BgpState ?? ''),
  bgpTimerUpEstablished: state.BgpTimerUpEstablished ?? 0,
  sentPrefixCounter: state.SentPrefixCounter ?? 0,
  acceptedPrefixCounter: state.AcceptedPrefixCounter ?? 0,
});

/**
 * Ports by name and connections by machine, always in the same order: agents and people compare answers. Remembered as
 * long as nothing of the view changes: never change an answer.
 */
export const toSwitchResponse = ({ leaf, partition, status, filters }: SwitchView): SwitchResponse =>
  switchResponse(leaf, partition, status, ...filters);

const switchResponse = remembered(newSwitchResponse);

function newSwitchResponse(
  leaf: Switch,
  partition: Partition | undefined,
  status: SwitchStatus | undefined,
  ...filters: readonly (PortFilter | undefined)[]
): SwitchResponse {
  return unchanging({
    ...entityResponse(leaf),
    rack_id: leaf.rackId,
    room_id: leaf.roomId ?? '',
    mode: leaf.mode,
    os: leaf.os
      ? { vendor: leaf.os.vendor, version: leaf.os.version, metal_core_version: leaf.os.metalCoreVersion }
      : null,
    management_ip: leaf.managementIp,
    management_user: leaf.managementUser,
    console_command: leaf.consoleCommand,
    nics: nicsPart(leaf, ...filters),
    partition: partition ? toPartitionResponse(partition) : NO_PARTITION,
    connections: connectionsPart(leaf),
    last_sync: toSyncDto(status?.lastSync),
    last_sync_error: toSyncDto(status?.lastSyncError),
  });
}

/** What does not change when an agent says that it is well. Filters are shared by all ports of a cluster. */
const nicsPart = remembered((leaf: Switch, ...filters: readonly (PortFilter | undefined)[]): SwitchNicDto[] => {
  const byAdminStatus = decidesByAdminStatus(leaf);
  const filterOf = new Map<string, PortFilter>();
  leaf.connections.forEach(({ port }, index) => {
    const filter = filters[index];
    if (filter) filterOf.set(port, filter);
  });
  return unchanging(
    sortedNics(leaf).map((nic) =>
      composed({ ...toNicDto(nic, statusToShow(nic, byAdminStatus)), filter: filterOf.get(identityOf(nic)) ?? null }),
    ),
  );
});

const sortedNics = ({ nics }: Switch): SwitchNic[] => [...nics].sort(byPortName);

/** Shows what the switch reported of a port, while `nics` shows what its agent shall read: metalctl compares the two. */
const connectionsPart = remembered((leaf: Switch): SwitchConnectionDto[] => {
  const { connections } = leaf;
  const machinesAt = new Map<string, string[]>();
  for (const { port, machineId } of connections) {
    const machines = machinesAt.get(port);
    if (machines) machines.push(machineId);
    else machinesAt.set(port, [machineId]);
  }
  const shown = sortedNics(leaf).flatMap((nic) =>
    (machinesAt.get(identityOf(nic)) ?? []).map((machineId) => ({
      nic: { ...toNicDto(nic, nic.reported), filter: null },
      machine_id: machineId,
    })),
  );
  return unchanging(shown.sort((a, b) => (a.machine_id < b.machine_id ? -1 : a.machine_id > b.machine_id ? 1 : 0)));
});

const toNicDto = (nic: SwitchNic, actual: PortStatus): SwitchNicDto => ({
  mac: nic.mac,
  name: nic.name,
  identifier: identityOf(nic),
  vrf: nic.vrf,
  actual,
  admin_status: adminStatusOf(nic),
  bgp_port_state: nic.bgp ? toBgpDto(nic.bgp) : null,
});

const toBgpDto = (state: BgpPortState): SwitchBgpPortState => ({
  Neighbor: state.neighbor,
  PeerGroup: state.peerGroup,
  VrfName: state.vrfName,
  BgpState: state.bgpState,
  BgpTimerUpEstablished: state.bgpTimerUpEstablished,
  SentPrefixCounter: state.sentPrefixCounter,
  AcceptedPrefixCounter: state.acceptedPrefixCounter,
});

const toSyncDto = (sync: SwitchSync | undefined): SwitchSyncDto | null =>
  sync ? { time: sync.time, duration: sync.duration, error: sync.error ?? null } : null;

/** What clients get for a switch whose partition is gone: they expect an object. */
const NO_PARTITION: PartitionResponse = {
  id: '',
  name: '',
  description: '',
  created: ZERO_TIME,
  changed: ZERO_TIME,
  mgmtserviceaddress: '',
  labels: {},
  bootconfig: { imageurl: '', kernelurl: '', commandline: '' },
  privatenetworkprefixlength: 0,
};
