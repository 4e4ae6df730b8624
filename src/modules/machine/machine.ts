import type { Document } from '../../shared/document.js';
import type { FilesystemLayout } from '../filesystem-layout/filesystem-layout.js';
import type { MachineNetwork } from '../network/machine-networks.js';

/** What a machine was allocated for. */
export type Role = 'machine' | 'firewall';

/** `""` available, TAINTED (shown as RESERVED) not picked by size, LOCKED neither picked nor freed (reference/10 §4.5). */
export type StateValue = '' | 'TAINTED' | 'LOCKED';

export interface MachineState {
  readonly value: StateValue;
  readonly description: string;
  /** E-mail of who set it; `""` when available. */
  readonly issuer: string;
  readonly metalHammerVersion: string;
}

/** A network port of a machine, or, as neighbour, the switch port that it sees by LLDP. */
export interface MachineNic {
  readonly mac: string;
  readonly name: string;
  readonly identifier: string;
  readonly hostname: string;
  readonly neighbors: readonly MachineNic[];
}

export interface MachineHardware {
  /** Bytes. */
  readonly memory: number;
  readonly cpus: readonly {
    readonly vendor: string;
    readonly model: string;
    readonly cores: number;
    readonly threads: number;
  }[];
  readonly gpus: readonly { readonly vendor: string; readonly model: string }[];
  /** Sizes in bytes. */
  readonly disks: readonly { readonly name: string; readonly size: number }[];
  readonly nics: readonly MachineNic[];
}

export interface MachineBios {
  readonly version: string;
  readonly vendor: string;
  readonly date: string;
}

export interface LedState {
  readonly value: '' | 'LED-ON' | 'LED-OFF';
  readonly description: string;
}

/** How the installed system boots; the result of the last successful installation. */
export interface BootInfo {
  readonly imageId: string;
  readonly primaryDisk: string;
  readonly osPartition: string;
  readonly initrd: string;
  readonly cmdline: string;
  readonly kernel: string;
  readonly bootloaderId: string;
}

export interface FirewallRule {
  readonly protocol: 'tcp' | 'udp';
  readonly ports: readonly number[];
  readonly to: readonly string[];
  /** Ingress only. */
  readonly from?: readonly string[];
  readonly comment: string;
}

export interface MachineAllocation {
  /** Random per allocation; owns every resource that was acquired for it (design D3.3). */
  readonly uuid: string;
  readonly role: Role;
  readonly creator: string;
  readonly created: string;
  readonly name: string;
  readonly description: string;
  readonly hostname: string;
  readonly project: string;
  /** Always the fully resolved image id. */
  readonly imageId: string;
  /** Copy made at allocation time, not a reference. */
  readonly filesystemLayout: FilesystemLayout | undefined;
  readonly networks: readonly MachineNetwork[];
  readonly asn: number;
  readonly sshPubKeys: readonly string[];
  readonly userData: string;
  /** The tags of the request; the machine's tags are these plus the system's. */
  readonly userTags: readonly string[];
  readonly consolePassword: string;
  readonly reinstall: boolean;
  readonly bootInfo: BootInfo | undefined;
  readonly firewallRules:
    { readonly egress: readonly FirewallRule[]; readonly ingress: readonly FirewallRule[] } | undefined;
  readonly dnsServers: readonly string[];
  readonly ntpServers: readonly string[];
  readonly vpn: { readonly address: string; readonly authKey: string; readonly connected: boolean } | undefined;
}

/**
 * A machine on its way to an allocation. Comes before anything is acquired and goes in the same write that stores the
 * allocation; past the deadline the sweeper undoes what the owner left behind (design D3.4).
 */
export interface MachineClaim {
  /** The uuid of the allocation to be; owner of all that is acquired under the claim. */
  readonly allocation: string;
  readonly project: string;
  readonly role: Role;
  /** The user tags of the allocation to be: placement looks at them. */
  readonly tags: readonly string[];
  readonly deadline: string;
  /** Name of the process that allocates; `undefined` before it was recorded. */
  readonly by?: string;
  /** Set by the sweeper before it undoes: from then on the original owner can no longer finish. */
  readonly undoing: boolean;
}

/** A release under way; whoever finds it past its deadline finishes it. */
export interface MachineRelease {
  /** Also the id of the reboot in the journal of commands, so that it happens once. */
  readonly id: string;
  /** The allocation that is given back, `""` when the machine had none. */
  readonly allocation: string;
  readonly deadline: string;
  /** Name of the process that began it; `undefined` before it was recorded. */
  readonly by?: string;
}

/** A server of the data centre. Its BMC data and its event log are documents of their own, with other writers. */
export interface Machine extends Document {
  /** The hardware's UUID, as text. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly created: string;
  readonly changed: string;
  /** `""` until registered or reported. */
  readonly partitionId: string;
  /** `""` until registered, `unknown` when no size matches. */
  readonly sizeId: string;
  /** From the leaf switches it is wired to; `""` until then. */
  readonly rackId: string;
  /** It hangs in the Wait call, ready to be installed. */
  readonly waiting: boolean;
  readonly hardware: MachineHardware;
  readonly bios: MachineBios;
  readonly state: MachineState;
  readonly led: LedState;
  readonly tags: readonly string[];
  readonly allocation: MachineAllocation | undefined;
  readonly claim: MachineClaim | undefined;
  readonly release: MachineRelease | undefined;
  /** Which box registered it last; undefined when an agent did so for it, or nobody yet. */
  readonly registeredBy?: RegisteringBox | undefined;
}

/** How a box showed itself that registered; texts are `""` when they are not known. */
export interface RegisteringBox {
  /** IP address, without port. */
  readonly address: string;
  /** SHA-256 of its certificate. */
  readonly certificate: string;
}

/** Power and inventory data of a machine's board management controller; written by reports every few minutes. */
export interface Bmc extends Document {
  /** The machine's id. */
  readonly id: string;
  /** `host:port` (`[host]:port` for IPv6). */
  readonly address: string;
  readonly mac: string;
  readonly user: string;
  readonly password: string;
  readonly interface: string;
  readonly version: string;
  readonly fru: Fru;
  readonly powerState: string;
  readonly powerMetric: PowerMetric | undefined;
  readonly powerSupplies: readonly { readonly health: string; readonly state: string }[];
  readonly lastUpdated: string;
}

export interface Fru {
  readonly chassisPartNumber: string;
  readonly chassisPartSerial: string;
  readonly boardMfg: string;
  readonly boardMfgSerial: string;
  readonly boardPartNumber: string;
  readonly productManufacturer: string;
  readonly productPartNumber: string;
  readonly productSerial: string;
}

/** Watts, averaged over `intervalInMin` minutes. */
export interface PowerMetric {
  readonly averageConsumedWatts: number;
  readonly intervalInMin: number;
  readonly maxConsumedWatts: number;
  readonly minConsumedWatts: number;
}

export const EMPTY_FRU: Fru = {
  chassisPartNumber: '',
  chassisPartSerial: '',
  boardMfg: '',
  boardMfgSerial: '',
  boardPartNumber: '',
  productManufacturer: '',
  productPartNumber: '',
  productSerial: '',
};

/** A machine of which nothing but the id is known: created by a first event or report. */
export function newMachine(id: string, now: string): Omit<Machine, 'revision'> {
  return {
    id,
    name: '',
    description: '',
    created: now,
    changed: now,
    partitionId: '',
    sizeId: '',
    rackId: '',
    waiting: false,
    hardware: { memory: 0, cpus: [], gpus: [], disks: [], nics: [] },
    bios: { version: '', vendor: '', date: '' },
    state: { value: '', description: '', issuer: '', metalHammerVersion: '' },
    led: { value: '', description: '' },
    tags: [],
    allocation: undefined,
    claim: undefined,
    release: undefined,
  };
}

/** BMC data of which nothing is known yet. */
export const newBmc = (id: string): Omit<Bmc, 'revision'> => ({
  id,
  address: '',
  mac: '',
  user: '',
  password: '',
  interface: '',
  version: '',
  fru: EMPTY_FRU,
  powerState: '',
  powerMetric: undefined,
  powerSupplies: [],
  lastUpdated: '',
});

/** Known from events only: neither registered nor reported by a BMC watcher, and no operator has done anything with it. */
export const isProvisional = (machine: Machine): boolean =>
  machine.partitionId === '' &&
  machine.sizeId === '' &&
  machine.state.value === '' &&
  machine.hardware.nics.length === 0 &&
  isUnowned(machine);

/** Free to be given to a request by size: nobody's, nobody claims it, in no state, and waiting for work. */
export const isCandidate = (machine: Machine): boolean =>
  machine.waiting && machine.state.value === '' && isUnowned(machine);

/** What is under way with a machine that is neither free nor allocated, and until when; undefined when nothing is. */
export function underWay({ id, claim, release }: Machine, now: number): string | undefined {
  const limit = (deadline: string): string => `ends within ${Math.ceil((Date.parse(deadline) - now) / 1000)} s`;
  const isLate = (deadline: string): boolean => Date.parse(deadline) <= now;
  if (claim !== undefined) {
    const what = `machine "${id}" is not allocated, but an allocation for project "${claim.project}"`;
    return claim.undoing || isLate(claim.deadline)
      ? `${what} was cut short and is being undone, please retry in a moment`
      : `${what} is under way and ${limit(claim.deadline)}, please retry then`;
  }
  if (release === undefined) return undefined;
  return isLate(release.deadline)
    ? `machine "${id}" is being freed, which was cut short and is being finished, please retry in a moment`
    : `machine "${id}" is being freed, which ${limit(release.deadline)}, please retry then`;
}

/** For whom the machine is, or is about to be: what counts for quotas, reservations and spreading. */
export const ownerOf = (machine: Machine): { readonly project: string; readonly role: Role } | undefined =>
  machine.allocation ?? machine.claim;

/** No allocation, and none under way in either direction. */
export const isUnowned = (machine: Machine): boolean =>
  machine.allocation === undefined && machine.claim === undefined && machine.release === undefined;

/** Sum over the CPUs; clients of 2021 read it as `cpu_cores`. */
export const cpuCores = (hardware: MachineHardware): number => hardware.cpus.reduce((sum, cpu) => sum + cpu.cores, 0);
