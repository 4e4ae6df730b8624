import type { Document } from '../../shared/document.js';
import type { Entity } from '../../shared/entity.js';
import { invalid, malformed } from '../../shared/errors/domain-error.js';
import { LateBoundFunction } from '../../shared/late-bound-function.js';
import { compareVersions, parseVersion, tryParseVersion, release } from '../../shared/semver/version.js';
import { canonicalMac } from '../../shared/spelling.js';
import type { MachineNetwork } from '../network/machine-networks.js';
import type { PortNaming } from './port-names.js';

export type PortStatus = 'UP' | 'DOWN' | 'UNKNOWN';

/** `replace`: the hardware is being replaced. */
export type SwitchMode = 'operational' | 'replace';

/** State of the BGP session on a port, as the switch reports it. */
export interface BgpPortState {
  readonly neighbor: string;
  readonly peerGroup: string;
  readonly vrfName: string;
  readonly bgpState: string;
  readonly bgpTimerUpEstablished: number;
  readonly sentPrefixCounter: number;
  readonly acceptedPrefixCounter: number;
}

/** A port of a switch. Identified by its identifier, or by its MAC address if it has none. */
export interface SwitchNic {
  readonly name: string;
  readonly mac: string;
  readonly identifier: string;
  /** Undefined: unprovisioned (PXE), `default`: a firewall's port, `vrf<number>`: a tenant's port. */
  readonly vrf: string | undefined;
  /** Last state reported by the switch. */
  readonly reported: PortStatus;
  /** State desired by an operator; undefined if none was ever set. */
  readonly wanted?: 'UP' | 'DOWN';
  readonly bgp?: BgpPortState;
}

/** A machine connected to a port. */
export interface SwitchConnection {
  readonly machineId: string;
  /** The port's identity. */
  readonly port: string;
}

export interface SwitchOs {
  readonly vendor: PortNaming;
  readonly version: string;
  readonly metalCoreVersion: string;
}

/** A leaf switch. The time of its last contact is in a separate document, because it changes all the time. */
export interface Switch extends Entity {
  readonly rackId: string | undefined;
  /** The room of the rack; undefined if neither an agent nor an operator has set it. */
  readonly roomId?: string;
  readonly partitionId: string;
  /** Undefined until an operator sets it, which means operational. */
  readonly mode: SwitchMode | undefined;
  /** Undefined for legacy agents, which do not report it. */
  readonly os: SwitchOs | undefined;
  /** The agent named a room when it registered; only agents that read `admin_status` do so. */
  readonly namesRoom?: boolean;
  readonly managementIp: string;
  readonly managementUser: string;
  readonly consoleCommand: string;
  readonly nics: readonly SwitchNic[];
  readonly connections: readonly SwitchConnection[];
}

/** A configuration run of a switch's agent: the time when it ended, and its duration in nanoseconds. */
export interface SwitchSync {
  readonly time: string;
  readonly duration: number;
  readonly error?: string;
}

/** Last contact with a switch; has the same ID as the switch. */
export interface SwitchStatus extends Document {
  readonly lastSync: SwitchSync | undefined;
  readonly lastSyncError: SwitchSync | undefined;
}

/** The other end of a machine's cable, by LLDP. */
export interface Neighbor {
  readonly mac: string;
  readonly name: string;
  readonly identifier: string;
  readonly hostname: string;
}

/** The use of a machine, which determines what the leaves let its ports announce. */
export interface PortUse {
  readonly role: 'machine' | 'firewall';
  readonly project: string;
  readonly networks: readonly MachineNetwork[];
}

/**
 * Looks up the use of a machine; undefined if it is not in use. Provided by the machine feature, which returns an
 * identical object until the use changes.
 */
export class PortUseLookup extends LateBoundFunction<[machineId: string], PortUse | undefined> {}

/** Asks the machine feature to replace the recorded neighbors of a machine after its ports were replaced by others. */
export class NeighborUpdater extends LateBoundFunction<
  [machineId: string, replace: <T extends Neighbor>(neighbor: T) => T],
  Promise<void>
> {}

/**
 * The identity of a port; agents omit one or the other field (docs/reference/partition-services.md#leaf-switch-loop).
 */
export const identityOf = ({ identifier, mac, name }: Pick<SwitchNic, 'identifier' | 'mac' | 'name'>): string =>
  identifier || mac || name;

/** The port state that the agent should set: UP unless an operator wants the port DOWN. */
export const adminStatusOf = ({ wanted }: SwitchNic): 'UP' | 'DOWN' => wanted ?? 'UP';

/**
 * The port state for agents. Agents that decide by the admin status get the reported state. Older agents shut down a
 * port that reads DOWN, and report a lost link as DOWN; if that were echoed, the port would stay shut permanently.
 */
export function portStatusForAgent({ reported, wanted }: SwitchNic, byAdminStatus: boolean): PortStatus {
  if (byAdminStatus) return reported;
  if (wanted) return wanted;
  return reported === 'DOWN' ? 'UNKNOWN' : reported;
}

/** First release of metal-core that decides by `admin_status` instead of `actual`. */
const FIRST_BY_ADMIN_STATUS = parseVersion('0.17');

/**
 * Whether the agent of a switch decides by the admin status of a port. If its version is not a number, it does if it
 * named a room; otherwise it is treated as an older agent, for which a port that lost its link stays up.
 */
export function decidesByAdminStatus({ os, namesRoom }: Pick<Switch, 'os' | 'namesRoom'>): boolean {
  const version = tryParseVersion(/^[^\s,(]*/.exec(os?.metalCoreVersion ?? '')?.[0] ?? '');
  if (!version) return namesRoom === true;
  const { major, minor, patch } = version;
  return compareVersions(release(major, minor, patch), FIRST_BY_ADMIN_STATUS) >= 0;
}

/** The naming scheme of a switch's ports; legacy agents do not report the vendor. */
export const namingOf = ({ os, nics }: Pick<Switch, 'os' | 'nics'>): PortNaming =>
  os?.vendor ?? (nics.some(({ name }) => name.startsWith('Ethernet')) ? 'SONiC' : 'Cumulus');

/** A port as registered by a switch; reported and desired states are added later. */
export const registeredNic = (nic: Pick<SwitchNic, 'name' | 'mac' | 'identifier' | 'vrf'>): SwitchNic => ({
  ...nic,
  reported: 'UNKNOWN',
});

/** Throws `malformed` for duplicate ports. */
export function checkDistinct(nics: readonly SwitchNic[]): void {
  const seen = new Set<string>();
  for (const nic of nics) {
    const identity = identityOf(nic);
    if (seen.has(identity)) throw malformed(`switch nic "${identity}" is listed twice`);
    seen.add(identity);
  }
}

/**
 * Returns the switch with canonical MAC addresses of its ports, or the same object if nothing changes. Switches stored
 * with other spellings are updated by their next registration.
 */
export function withCanonicalPorts(stored: Switch): Switch {
  const isCanonical = ({ mac, identifier }: SwitchNic): boolean =>
    canonicalMac(mac) === mac && canonicalMac(identifier) === identifier;
  if (stored.nics.every(isCanonical)) return stored;
  const canonical = (nic: SwitchNic): SwitchNic => ({
    ...nic,
    mac: canonicalMac(nic.mac),
    identifier: canonicalMac(nic.identifier),
  });
  const connections = stored.connections.map((one) => ({ ...one, port: canonicalMac(one.port) }));
  return { ...stored, nics: stored.nics.map(canonical), connections };
}

/**
 * Returns the switch with identifiers for ports that were known by MAC address only, after a current agent has replaced
 * a legacy one. Machines stay connected to their ports.
 */
export function withIdentifiers(stored: Switch, registered: readonly SwitchNic[]): Switch {
  const identifiers = new Map(
    registered.flatMap(({ mac, identifier }) => (mac && identifier ? [[mac, identifier]] : [])),
  );
  const identified = (nic: SwitchNic): SwitchNic =>
    nic.identifier ? nic : { ...nic, identifier: identifiers.get(nic.mac) ?? '' };
  const nics = stored.nics.map(identified);
  const ports = new Map(stored.nics.map((nic) => [identityOf(nic), identityOf(identified(nic))]));
  const connections = stored.connections.map((one) => ({ ...one, port: ports.get(one.port) ?? one.port }));
  return { ...stored, nics, connections };
}

/**
 * The ports of a known switch that registers again: everything stored about a port is kept, except for its name. Throws
 * `invalid` if a port with a connected machine is missing or was renamed (docs/reference/switches.md#register).
 */
export function mergeNics(stored: Switch, registered: readonly SwitchNic[]): SwitchNic[] {
  const connected = new Map(stored.connections.map(({ port, machineId }) => [port, machineId]));
  const next = new Map(registered.map((nic) => [identityOf(nic), nic]));
  for (const before of stored.nics) {
    const identity = identityOf(before);
    const machineId = connected.get(identity);
    const now = next.get(identity);
    if (now) next.set(identity, { ...before, name: now.name });
    if (machineId === undefined) continue;
    if (!now)
      throw invalid(
        `nic "${before.name}" of switch "${stored.id}" is missing, but machine "${machineId}" is connected to it`,
      );
    if (now.name !== before.name) {
      const rename = `nic "${before.name}" of switch "${stored.id}" cannot become "${now.name}"`;
      throw invalid(`${rename}, machine "${machineId}" is connected to it`);
    }
  }
  return [...next.values()];
}

/** Returns the switch with the ports of a machine in a VRF, or in none, or the same object if they already are. */
export function withVrf(stored: Switch, machineId: string, vrf: string | undefined): Switch {
  const ports = portsOf(stored, machineId);
  if (stored.nics.every((nic) => !ports.has(identityOf(nic)) || nic.vrf === vrf)) return stored;
  return { ...stored, nics: stored.nics.map((nic) => (ports.has(identityOf(nic)) ? { ...nic, vrf } : nic)) };
}

/** Returns the switch without connections of the machine, or the same object if there are none. */
export const withoutMachine = (stored: Switch, machineId: string): Switch =>
  portsOf(stored, machineId).size === 0
    ? stored
    : { ...stored, connections: stored.connections.filter((connection) => connection.machineId !== machineId) };

/** Identities of the ports that a machine is connected to. */
export const portsOf = ({ connections }: Switch, machineId: string): ReadonlySet<string> =>
  new Set(connections.filter((connection) => connection.machineId === machineId).map(({ port }) => port));

/** Returns the switch with the reported port states, or the same object if nothing changes. */
export function withReport(stored: Switch, report: PortReport): Switch {
  const nics = stored.nics.map((nic) => reportedNic(nic, report));
  return nics.every((nic, index) => nic === stored.nics[index]) ? stored : { ...stored, nics };
}

/** An agent's report on its ports, keyed by port name; undefined fields were not reported. */
export interface PortReport {
  readonly states?: Readonly<Record<string, string>> | undefined;
  readonly bgp?: Readonly<Record<string, BgpPortState>> | undefined;
}

function reportedNic(nic: SwitchNic, { states, bgp }: PortReport): SwitchNic {
  const state = states && Object.hasOwn(states, nic.name) ? statusOf(states[nic.name]) : nic.reported;
  const session = bgp ? (Object.hasOwn(bgp, nic.name) ? bgp[nic.name] : undefined) : nic.bgp;
  if (state === nic.reported && sameSession(session, nic.bgp)) return nic;
  const { bgp: _before, ...rest } = nic;
  return { ...rest, reported: state, ...(session && { bgp: session }) };
}

const statusOf = (text: string | undefined): PortStatus => (text === 'UP' || text === 'DOWN' ? text : 'UNKNOWN');

function sameSession(a: BgpPortState | undefined, b: BgpPortState | undefined): boolean {
  if (!a || !b) return a === b;
  return (Object.keys(a) as (keyof BgpPortState)[]).every((field) => a[field] === b[field]);
}
