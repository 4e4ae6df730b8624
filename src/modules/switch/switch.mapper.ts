import { entityResponse } from '../../platform/http/wire/entity.js';
import { ZERO_TIME } from '../../shared/clock.js';
import type { PartitionResponse } from '../partition/partition.dto.js';
import { partitionOutline, toPartitionResponse } from '../partition/partition.mapper.js';
import { byPortName } from './adoption.js';
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
import { identityOf, registeredNic, statusToShow } from './switch.js';
import type { BgpPortState, PortStatus, Switch, SwitchNic, SwitchSync } from './switch.js';
import type { SwitchNotification, SwitchQuery } from './switch.service.js';

export const toRegistration = (body: SwitchRegisterRequest): SwitchRegistration => ({
  id: body.id ?? '',
  name: body.name,
  description: body.description,
  rackId: body.rack_id ?? '',
  partitionId: body.partition_id ?? '',
  managementIp: body.management_ip ?? '',
  managementUser: body.management_user ?? '',
  consoleCommand: body.console_command,
  os: body.os && {
    vendor: body.os.vendor ?? '',
    version: body.os.version ?? '',
    metalCoreVersion: body.os.metal_core_version ?? '',
  },
  nics: (body.nics ?? []).map(({ name = '', mac = '', identifier = '', vrf = '' }) =>
    registeredNic({ name, mac, identifier, vrf }),
  ),
});

export const toSwitchQuery = (body: SwitchFindRequest): SwitchQuery => ({
  id: body.id,
  name: body.name,
  partitionId: body.partitionid,
  rackId: body.rackid,
  osVendor: body.osvendor,
  osVersion: body.osversion,
});

export const toNotification = (body: SwitchNotifyRequest): SwitchNotification => ({
  duration: body.sync_duration ?? 0,
  error: body.error,
  states: body.port_states,
  bgp: body.bgp_port_states && mapValues(body.bgp_port_states, toBgp),
});

const mapValues = <A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));

const toBgp = (state: Partial<SwitchBgpPortState>): BgpPortState => ({
  neighbor: state.Neighbor ?? '',
  peerGroup: state.PeerGroup ?? '',
  vrfName: state.VrfName ?? '',
  bgpState: state.BgpState ?? '',
  bgpTimerUpEstablished: state.BgpTimerUpEstablished ?? 0,
  sentPrefixCounter: state.SentPrefixCounter ?? 0,
  acceptedPrefixCounter: state.AcceptedPrefixCounter ?? 0,
});

/** Ports by name and connections by machine, always in the same order: agents and people compare answers. */
export function toSwitchResponse({ leaf, partition, status, filters }: SwitchView): SwitchResponse {
  const nics = [...leaf.nics].sort(byPortName);
  return {
    ...entityResponse(leaf),
    rack_id: leaf.rackId,
    mode: leaf.mode,
    os: leaf.os
      ? { vendor: leaf.os.vendor, version: leaf.os.version, metal_core_version: leaf.os.metalCoreVersion }
      : null,
    management_ip: leaf.managementIp,
    management_user: leaf.managementUser,
    console_command: leaf.consoleCommand,
    nics: nics.map((nic) => ({
      ...toNicDto(nic, statusToShow(nic)),
      filter: filters.get(identityOf(nic)) ?? null,
    })),
    partition: partition ? toPartitionResponse(partition) : NO_PARTITION,
    connections: connectionsOf(leaf, nics),
    last_sync: toSyncDto(status?.lastSync),
    last_sync_error: toSyncDto(status?.lastSyncError),
  };
}

/** What a switch is called and where it stands; how it is reached, and what is connected to it, is for members only. */
export const switchOutline = (leaf: SwitchResponse): SwitchResponse => ({
  ...entityResponse(leaf),
  rack_id: leaf.rack_id,
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

/** Shows what the switch reported of a port, while `nics` shows what is wanted: metalctl compares the two. */
function connectionsOf({ connections }: Switch, nics: readonly SwitchNic[]): SwitchConnectionDto[] {
  const shown = nics.flatMap((nic) =>
    connections
      .filter(({ port }) => port === identityOf(nic))
      .map(({ machineId }) => ({ nic: { ...toNicDto(nic, nic.reported), filter: null }, machine_id: machineId })),
  );
  return shown.sort((a, b) => (a.machine_id < b.machine_id ? -1 : a.machine_id > b.machine_id ? 1 : 0));
}

const toNicDto = (nic: SwitchNic, actual: PortStatus): SwitchNicDto => ({
  mac: nic.mac,
  name: nic.name,
  identifier: identityOf(nic),
  vrf: nic.vrf,
  actual,
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
