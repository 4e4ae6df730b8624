import type { Content } from '../../shared/document.js';
import {
  identityOf,
  type BgpPortState,
  type PortStatus,
  type Switch,
  type SwitchConnection,
  type SwitchMode,
  type SwitchNic,
  type SwitchOs,
  type SwitchStatus,
  type SwitchSync,
} from '../../modules/switch/switch.js';
import { count, entity, moment, part, parts, text } from '../fields.js';
import type { OldRow } from '../sources/source.js';

export function switchOf(row: OldRow): Content<Switch> {
  const [os, nics] = [part(row, 'os'), parts(row, 'network_interfaces').map(nicOf)];
  return {
    ...entity(row),
    rackId: text(row, 'rackid') || undefined,
    partitionId: text(row, 'partitionid'),
    mode: (text(row, 'mode') || undefined) as SwitchMode | undefined,
    os: os && {
      vendor: text(os, 'vendor') as SwitchOs['vendor'],
      version: text(os, 'version'),
      metalCoreVersion: text(os, 'metal_core_version'),
    },
    managementIp: text(row, 'management_ip'),
    managementUser: text(row, 'management_user'),
    consoleCommand: text(row, 'console_command'),
    nics,
    connections: connectionsOf(row, nics),
  };
}

function nicOf(row: OldRow): SwitchNic {
  const [state, bgp] = [part(row, 'state') ?? {}, part(row, 'bgpPortState')];
  const wanted = text(state, 'desired');
  return {
    name: text(row, 'name'),
    mac: text(row, 'macAddress'),
    identifier: text(row, 'identifier'),
    vrf: text(row, 'vrf') || undefined,
    reported: (text(state, 'actual') || 'UNKNOWN') as PortStatus,
    ...((wanted === 'UP' || wanted === 'DOWN') && { wanted }),
    ...(bgp && { bgp: bgpOf(bgp) }),
  };
}

const bgpOf = (row: OldRow): BgpPortState => ({
  neighbor: text(row, 'Neighbor'),
  peerGroup: text(row, 'PeerGroup'),
  vrfName: text(row, 'VrfName'),
  bgpState: text(row, 'BgpState'),
  bgpTimerUpEstablished: count(row, 'BgpTimerUpEstablished'),
  sentPrefixCounter: count(row, 'SentPrefixCounter'),
  acceptedPrefixCounter: count(row, 'AcceptedPrefixCounter'),
});

/** The old record of a connection holds a copy of the port of that time; the port of today is found by what it is known by. */
function connectionsOf(row: OldRow, nics: readonly SwitchNic[]): SwitchConnection[] {
  const known = new Map(
    nics.flatMap((nic) => [nic.name, nic.mac, nic.identifier].map((key) => [key, identityOf(nic)])),
  );
  const connections = part(row, 'machineconnections') ?? {};
  return Object.keys(connections)
    .sort()
    .flatMap((machineId) => parts(connections, machineId))
    .map((connection) => {
      const { identifier, mac, name } = nicOf(part(connection, 'nic') ?? {});
      const port = [identifier, mac, name].find((key) => key !== '' && known.has(key));
      return {
        machineId: text(connection, 'machineid'),
        port: port === undefined ? identityOf({ identifier, mac, name }) : (known.get(port) ?? port),
      };
    });
}

export const switchStatusOf = (row: OldRow): Content<SwitchStatus> => ({
  id: text(row, 'id'),
  lastSync: syncOf(part(row, 'last_sync')),
  lastSyncError: syncOf(part(row, 'last_sync_error')),
});

const syncOf = (row: OldRow | undefined): SwitchSync | undefined =>
  row && {
    time: moment(row, 'time'),
    duration: count(row, 'duration'),
    ...(text(row, 'error') && { error: text(row, 'error') }),
  };
