import type { Document } from '../../shared/document.js';
import type { Entity } from '../../shared/entity.js';
import { invalid, malformed } from '../../shared/errors/domain-error.js';
import { Inquiry } from '../../shared/inquiry.js';
import { compareVersions, parseVersion, readVersion, release } from '../../shared/semver/version.js';
import { canonicalMac } from '../../shared/spelling.js';
import type { MachineNetwork } from '../network/machine-networks.js';
import type { PortNaming } from './port-names.js';

export type PortStatus = 'UP' | 'DOWN' | 'UNKNOWN';

/** `""` freshly registered, which means operational; `replace`: the hardware is being exchanged. */
export type SwitchMode = '' | 'operational' | 'replace';

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

/** A port of a switch. Known by its identifier, or its MAC when it has none. */
export interface SwitchNic {
  readonly name: string;
  readonly mac: string;
  readonly identifier: string;
  /** `""` unprovisioned (PXE), `default` a firewall's, `vrf<number>` a tenant's. */
  readonly vrf: string;
  /** What the switch reported last. */
  readonly reported: PortStatus;
  /** What an operator wants; undefined when no operator ever said. */
  readonly wanted?: 'UP' | 'DOWN';
  readonly bgp?: BgpPortState;
}

/** A machine at a port. */
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

/** A leaf switch. When it last asked for its configuration is a document of its own: that changes all the time. */
export interface Switch extends Entity {
  readonly rackId: string;
  /** The room that the rack stands in; undefined when neither an agent nor an operator told. */
  readonly roomId?: string;
  readonly partitionId: string;
  readonly mode: SwitchMode;
  /** Undefined for agents of 2021, which do not tell. */
  readonly os: SwitchOs | undefined;
  /** Its agent named a room when it registered, as only agents do that read `admin_status`. */
  readonly namesRoom?: boolean;
  readonly managementIp: string;
  readonly managementUser: string;
  readonly consoleCommand: string;
  readonly nics: readonly SwitchNic[];
  readonly connections: readonly SwitchConnection[];
}

/** One round of a switch's agent: when it ended, and how long it took in nanoseconds. */
export interface SwitchSync {
  readonly time: string;
  readonly duration: number;
  readonly error?: string;
}

/** When a switch last was in touch; its id is that of the switch. */
export interface SwitchStatus extends Document {
  readonly lastSync: SwitchSync | undefined;
  readonly lastSyncError: SwitchSync | undefined;
}

/** What a machine sees at the other end of a cable, by LLDP. */
export interface Neighbor {
  readonly mac: string;
  readonly name: string;
  readonly identifier: string;
  readonly hostname: string;
}

/** For whom a machine works; decides what the leaves let its ports announce. */
export interface PortUse {
  readonly role: 'machine' | 'firewall';
  readonly project: string;
  readonly networks: readonly MachineNetwork[];
}

/**
 * Asks for whom a machine works; undefined when for nobody. Answered by the machine feature, with the very same object as
 * long as nothing of it changes.
 */
export class PortUseInquiry extends Inquiry<[machineId: string], PortUse | undefined> {
  constructor() {
    super(undefined);
  }
}

/** Asks the machine feature to replace what a machine sees at its ports, when other ports took their place. */
export class NeighborInquiry extends Inquiry<
  [machineId: string, replace: <T extends Neighbor>(neighbor: T) => T],
  Promise<void>
> {
  constructor() {
    super(Promise.resolve());
  }
}

/** What a port is known by; agents leave out the one or the other (reference/40 §9.2). */
export const identityOf = ({ identifier, mac, name }: Pick<SwitchNic, 'identifier' | 'mac' | 'name'>): string =>
  identifier || mac || name;

/** What the agent shall do with a port: a port stays up unless an operator wants it down. */
export const adminStatusOf = ({ wanted }: SwitchNic): 'UP' | 'DOWN' => wanted ?? 'UP';

/**
 * The state of a port as agents read it. Agents that decide by the admin status get what the switch reports. Older ones
 * shut a port that reads DOWN, and report a lost link as DOWN: echoed to them, it would keep the port shut for good.
 */
export function statusToShow({ reported, wanted }: SwitchNic, byAdminStatus: boolean): PortStatus {
  if (byAdminStatus) return reported;
  if (wanted) return wanted;
  return reported === 'DOWN' ? 'UNKNOWN' : reported;
}

/** The first release of metal-core that decides by `admin_status` instead of `actual`. */
const FIRST_BY_ADMIN_STATUS = parseVersion('0.17');

/**
 * Whether the agent of a switch decides by the admin status of a port. Where its version is no number, a room that it
 * names tells; else it counts as older, for which a port that lost its link stays up.
 */
export function decidesByAdminStatus({ os, namesRoom }: Pick<Switch, 'os' | 'namesRoom'>): boolean {
  const version = readVersion(/^[^\s,(]*/.exec(os?.metalCoreVersion ?? '')?.[0] ?? '');
  if (!version) return namesRoom === true;
  const { major, minor, patch } = version;
  return compareVersions(release(major, minor, patch), FIRST_BY_ADMIN_STATUS) >= 0;
}

/** The naming of a switch's ports; agents of 2021 do not tell the vendor. */
export const namingOf = ({ os, nics }: Pick<Switch, 'os' | 'nics'>): PortNaming =>
  os?.vendor ?? (nics.some(({ name }) => name.startsWith('Ethernet')) ? 'SONiC' : 'Cumulus');

/** A port as a switch registers it: what it reports and what operators want comes later. */
export const registeredNic = (nic: Pick<SwitchNic, 'name' | 'mac' | 'identifier' | 'vrf'>): SwitchNic => ({
  ...nic,
  reported: 'UNKNOWN',
});

/** Throws `malformed` when two of the ports are the same. */
export function checkDistinct(nics: readonly SwitchNic[]): void {
  const seen = new Set<string>();
  for (const nic of nics) {
    const identity = identityOf(nic);
    if (seen.has(identity)) throw malformed(`switch nic "${identity}" is given twice`);
    seen.add(identity);
  }
}

/**
 * The switch with the MAC addresses of its ports in their one spelling; the same object when they are so. Switches that
 * were stored in another one get it with their next registration.
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
 * The switch with the identifiers of ports that it knew by MAC only: an agent of 2021 has made way for one of today.
 * Machines stay where they are.
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
 * The ports of a known switch that registers again: what is stored of a port stays, but for its name. Throws `invalid`
 * when a port that a machine is connected to is missing or has another name (reference/30 §7.2).
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
      throw invalid(`nic "${before.name}" of switch "${stored.id}" is gone, but machine "${machineId}" is at it`);
    if (now.name !== before.name) {
      const rename = `nic "${before.name}" of switch "${stored.id}" cannot become "${now.name}"`;
      throw invalid(`${rename}, machine "${machineId}" is at it`);
    }
  }
  return [...next.values()];
}

/** The switch with the ports of one machine in a VRF; the same object when they are in it already. */
export function withVrf(stored: Switch, machineId: string, vrf: string): Switch {
  const ports = portsOf(stored, machineId);
  if (stored.nics.every((nic) => !ports.has(identityOf(nic)) || nic.vrf === vrf)) return stored;
  return { ...stored, nics: stored.nics.map((nic) => (ports.has(identityOf(nic)) ? { ...nic, vrf } : nic)) };
}

/** The switch without connections of the machine; the same object when there are none. */
export const withoutMachine = (stored: Switch, machineId: string): Switch =>
  portsOf(stored, machineId).size === 0
    ? stored
    : { ...stored, connections: stored.connections.filter((connection) => connection.machineId !== machineId) };

/** Identities of the ports that a machine is connected to. */
export const portsOf = ({ connections }: Switch, machineId: string): ReadonlySet<string> =>
  new Set(connections.filter((connection) => connection.machineId === machineId).map(({ port }) => port));

/** Ports as the agent reports them; the same object when nothing is new. */
export function withReport(stored: Switch, report: PortReport): Switch {
  const nics = stored.nics.map((nic) => reportedNic(nic, report));
  return nics.every((nic, index) => nic === stored.nics[index]) ? stored : { ...stored, nics };
}

/** What an agent says of its ports, by their names; what is undefined it does not say. */
export interface PortReport {
  readonly states?: Readonly<Record<string, string>>;
  readonly bgp?: Readonly<Record<string, BgpPortState>>;
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
