import { KeptAnswer, withCachedParts } from '../../platform/http/wire/json.js';
import { entityResponse } from '../../platform/http/wire/entity.js';
import { InvalidValueError } from '../../platform/http/wire/scalar.js';
import { ZERO_TIME } from '../../shared/clock.js';
import { unmappedText } from '../../shared/net/ip.js';
import { memoizeByIdentity } from '../../shared/memoize-by-identity.js';
import { canonicalMac } from '../../shared/spelling.js';
import { sanitizeText } from '../../shared/text.js';
import type { Partition } from '../partition/partition.js';
import type { PartitionResponse } from '../partition/partition.dto.js';
import { partitionOutline, partitionPart } from '../partition/partition.mapper.js';
import { byPortName } from './port-takeover.js';
import type { PortFilter } from './port-filter.js';
import type { SwitchRegistration } from './switch-registration.service.js';
import type { SwitchView } from './switch-view.service.js';
import type {
  SwitchBgpPortState,
  SwitchConnectionDto,
  SwitchFindRequest,
  SwitchNicDto,
  SwitchNotifyRequest,
  SwitchNotifyResponse,
  SwitchRegisterRequest,
  SwitchResponse,
  SwitchSyncDto,
} from './switch.dto.js';
import { adminStatusOf, decidesByAdminStatus, identityOf, registeredNic, portStatusForAgent } from './switch.js';
import type { BgpPortState, PortStatus, Switch, SwitchNic, SwitchStatus, SwitchSync } from './switch.js';
import type { SwitchNotification, SwitchQuery } from './switch.service.js';

/**
 * Cleans and truncates texts, and canonicalizes MAC addresses. IDs stay as they are, so that validation can reject
 * them.
 */
export const toSwitchRegistration = (body: SwitchRegisterRequest): SwitchRegistration => ({
  id: body.id ?? '',
  name: body.name && sanitizeText(body.name),
  description: body.description && sanitizeText(body.description),
  rackId: body.rack_id || undefined,
  roomId: body.room_id,
  partitionId: body.partition_id ?? '',
  managementIp: unmappedText(sanitizeText(body.management_ip ?? '')),
  managementUser: sanitizeText(body.management_user ?? ''),
  consoleCommand: body.console_command && sanitizeText(body.console_command),
  os: body.os && {
    vendor: body.os.vendor ?? '',
    version: sanitizeText(body.os.version ?? ''),
    metalCoreVersion: sanitizeText(body.os.metal_core_version ?? ''),
  },
  nics: (body.nics ?? []).map(({ name = '', mac = '', identifier = '', vrf }) =>
    registeredNic({
      name: sanitizeText(name),
      mac: canonicalMac(sanitizeText(mac)),
      identifier: canonicalMac(sanitizeText(identifier)),
      vrf: sanitizeText(vrf ?? '') || undefined,
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

/** Unreadable parts of a port's report are treated as absent and listed in `problems`. */
export function toNotification(body: SwitchNotifyRequest): { notification: SwitchNotification; problems: string[] } {
  const { port_states: states, bgp_port_states: bgp } = body;
  const notification = {
    duration: body.sync_duration ?? 0,
    error: body.error,
    states: states && readable(states),
    bgp: bgp && mapValues(readable(bgp), toBgp),
  };
  const members = [...Object.values(states ?? {}), ...Object.values(bgp ?? {})];
  return { notification, problems: members.flatMap((one) => (one instanceof InvalidValueError ? one.message : [])) };
}

const readable = <T>(members: Readonly<Record<string, T | InvalidValueError>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, T] => !(entry[1] instanceof InvalidValueError)),
  );

const mapValues = <A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));

const toBgp = (state: Partial<SwitchBgpPortState>): BgpPortState => ({
  neighbor: sanitizeText(state.Neighbor ?? ''),
  peerGroup: sanitizeText(state.PeerGroup ?? ''),
  vrfName: sanitizeText(state.VrfName ?? ''),
  bgpState: sanitizeText(state.BgpState ?? ''),
  bgpTimerUpEstablished: state.BgpTimerUpEstablished ?? 0,
  sentPrefixCounter: state.SentPrefixCounter ?? 0,
  acceptedPrefixCounter: state.AcceptedPrefixCounter ?? 0,
});

/**
 * The response, of which the bytes are kept: agents poll it all day. Ports are ordered by name and connections by machine, because
 * agents and people compare responses.
 */
export const switchAnswer = ({ leaf, partition, status, filters }: SwitchView): SwitchAnswer =>
  keptSwitch(leaf, partition, status, ...filters);

export type SwitchAnswer = KeptAnswer<SwitchResponse>;

const keptSwitch = memoizeByIdentity(newSwitchAnswer);

function newSwitchAnswer(
  leaf: Switch,
  partition: Partition | undefined,
  status: SwitchStatus | undefined,
  ...filters: readonly (PortFilter | undefined)[]
): SwitchAnswer {
  const nics = nicsPart(leaf, ...filters);
  const connections = connectionsPart(leaf);
  return new KeptAnswer(() => ({
    ...entityResponse(leaf),
    rack_id: leaf.rackId ?? '',
    room_id: leaf.roomId ?? '',
    mode: leaf.mode ?? '',
    os: leaf.os
      ? { vendor: leaf.os.vendor, version: leaf.os.version, metal_core_version: leaf.os.metalCoreVersion }
      : null,
    management_ip: leaf.managementIp,
    management_user: leaf.managementUser,
    console_command: leaf.consoleCommand,
    nics,
    partition: partition ? partitionPart(partition) : NO_PARTITION,
    connections,
    last_sync: toSyncDto(status?.lastSync),
    last_sync_error: toSyncDto(status?.lastSyncError),
  }));
}

/**
 * Whether the agent that sent the notification expects the whole switch: those that report no ports do
 * (docs/reference/switches.md#notify).
 */
export const expectsWholeSwitch = ({ port_states, bgp_port_states }: SwitchNotifyRequest): boolean =>
  port_states === undefined && bgp_port_states === undefined;

export const toSwitchNotifyResponse = (leaf: Switch, status: SwitchStatus | undefined): SwitchNotifyResponse => ({
  id: leaf.id,
  name: leaf.name,
  description: leaf.description,
  last_sync: toSyncDto(status?.lastSync),
  last_sync_error: toSyncDto(status?.lastSyncError),
});

/** Name and location of a switch; only members see how to reach it and what is connected to it. */
export const switchOutline = (leaf: SwitchResponse): SwitchResponse => ({
  ...entityResponse(leaf),
  rack_id: leaf.rack_id,
  room_id: leaf.room_id,
  mode: leaf.mode,
  os: null,
  management_ip: '',
  management_user: '',
  console_command: '',
  nics: [],
  partition: partitionOutline(leaf.partition),
  connections: [],
  last_sync: null,
  last_sync_error: null,
});

/** The part that a heartbeat of the agent does not change. All ports of a cluster share filters. */
const nicsPart = memoizeByIdentity(
  (leaf: Switch, ...filters: readonly (PortFilter | undefined)[]) => new KeptAnswer(() => toNicDtos(leaf, filters)),
);

function toNicDtos(leaf: Switch, filters: readonly (PortFilter | undefined)[]): SwitchNicDto[] {
  const byAdminStatus = decidesByAdminStatus(leaf);
  const filterOf = new Map<string, PortFilter>();
  leaf.connections.forEach(({ port }, index) => {
    const filter = filters[index];
    if (filter) filterOf.set(port, filter);
  });
  return sortedNics(leaf).map((nic) => {
    const filter = filterOf.get(identityOf(nic)) ?? null;
    return withCachedParts(toNicDto(nic, portStatusForAgent(nic, byAdminStatus), filter));
  });
}

const sortedNics = ({ nics }: Switch): SwitchNic[] => [...nics].sort(byPortName);

/**
 * Shows the port state reported by the switch, while `nics` shows the state that its agent should read; metalctl
 * compares the two.
 */
const connectionsPart = memoizeByIdentity((leaf: Switch) => new KeptAnswer(() => toConnectionDtos(leaf)));

function toConnectionDtos(leaf: Switch): SwitchConnectionDto[] {
  const { connections } = leaf;
  const machinesAt = new Map<string, string[]>();
  for (const { port, machineId } of connections) {
    const machines = machinesAt.get(port);
    if (machines) machines.push(machineId);
    else machinesAt.set(port, [machineId]);
  }
  const shown = sortedNics(leaf).flatMap((nic) =>
    (machinesAt.get(identityOf(nic)) ?? []).map((machineId) => ({
      nic: toNicDto(nic, nic.reported, null),
      machine_id: machineId,
    })),
  );
  return shown.sort((a, b) => (a.machine_id < b.machine_id ? -1 : a.machine_id > b.machine_id ? 1 : 0));
}

const toNicDto = (nic: SwitchNic, actual: PortStatus, filter: PortFilter | null): SwitchNicDto => ({
  mac: nic.mac,
  name: nic.name,
  identifier: identityOf(nic),
  vrf: nic.vrf ?? '',
  actual,
  admin_status: adminStatusOf(nic),
  bgp_port_state: nic.bgp ? toBgpDto(nic.bgp) : null,
  filter,
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

/** Placeholder for a switch whose partition was deleted, because clients expect an object. */
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
