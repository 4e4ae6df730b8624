import type { Document } from '../../shared/document.js';
import type { AllocationId, BundleId, ImageId, MachineId, PartitionId, ProjectId, SizeId } from '../../shared/id.js';
import type { FilesystemLayout } from '../filesystem-layout/filesystem-layout.js';
import type { MachineNetwork } from '../network/machine-networks.js';
import type { MachineBios, MachineHardware } from './hardware.js';

/** What a machine was allocated for. */
export type AllocationRole = 'machine' | 'firewall';

/**
 * `""` is available; TAINTED (shown as RESERVED) is not selected by size; LOCKED is neither selected nor freed
 * (docs/reference/machine-release.md#machine-state).
 */
export type StateValue = '' | 'TAINTED' | 'LOCKED';

export interface MachineState {
  readonly value: StateValue;
  readonly description: string;
  /** E-mail address of the user who set it; `""` when available. */
  readonly issuer: string;
  readonly metalHammerVersion: string;
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
  /** Random per allocation; owns every resource acquired for it (docs/concepts/design.md#ownership). */
  readonly uuid: AllocationId;
  readonly role: AllocationRole;
  readonly creator: string;
  readonly created: string;
  readonly name: string;
  readonly description: string;
  readonly hostname: string;
  readonly project: ProjectId;
  /** Always the fully resolved image ID. */
  readonly imageId: ImageId;
  /** A copy made at allocation time, not a reference. */
  readonly filesystemLayout: FilesystemLayout | undefined;
  readonly networks: readonly MachineNetwork[];
  readonly asn: number;
  readonly sshPubKeys: readonly string[];
  readonly userData: string;
  /** The tags of the request; the machine's tags are these and the system's. */
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
 * A machine that is about to be allocated. Written before any resource is acquired, and removed by the write that
 * stores the allocation. After the deadline the sweeper undoes the claim
 * (docs/concepts/design.md#claims-with-a-deadline).
 */
export interface MachineClaim {
  /** The UUID of the future allocation; owner of everything acquired under the claim. */
  readonly allocation: AllocationId;
  readonly project: ProjectId;
  readonly role: AllocationRole;
  /** The user tags of the future allocation; placement considers them. */
  readonly tags: readonly string[];
  readonly deadline: string;
  /** Identity of the allocating process; `undefined` in claims from before it was recorded. */
  readonly by?: string;
  /** Set by the sweeper before it undoes the claim: from then on the original process can no longer finish. */
  readonly undoing: boolean;
  /** The bundle that the claim is part of: only what becomes of the bundle ends the claim. */
  readonly bundle?: BundleId;
  /** With a bundle: what the claim becomes when the bundle is decided. */
  readonly prepared?: MachineAllocation;
}

/** A release in progress; the process that finds it past its deadline finishes it. */
export interface MachineRelease {
  /** Also the ID of the reboot command in the journal, which makes the reboot happen only once. */
  readonly id: string;
  /** The allocation to release; absent if the machine had none. */
  readonly allocation?: AllocationId | undefined;
  readonly deadline: string;
  /** Identity of the process that started it; `undefined` in releases from before it was recorded. */
  readonly by?: string;
}

/** A server of the data center. Its BMC data and event log are separate documents, with other writers. */
export interface Machine extends Document {
  /** The hardware's UUID, as text. */
  readonly id: MachineId;
  readonly name: string;
  readonly description: string;
  readonly created: string;
  readonly changed: string;
  /** Undefined until registered or reported. */
  readonly partitionId: PartitionId | undefined;
  /** Undefined until registered (see `isRegistered`), `unknown` when no size matches. */
  readonly sizeId: SizeId | undefined;
  /** Derived from the leaf switches that it is wired to; undefined until then. */
  readonly rackId: string | undefined;
  /** An installer waits in the Wait call, ready to install. */
  readonly waiting: boolean;
  readonly hardware: MachineHardware;
  readonly bios: MachineBios;
  readonly state: MachineState;
  readonly led: LedState;
  readonly tags: readonly string[];
  readonly allocation: MachineAllocation | undefined;
  readonly claim: MachineClaim | undefined;
  readonly release: MachineRelease | undefined;
  /**
   * The caller that registered the machine last; undefined if an agent did so on its behalf, or if it never
   * registered.
   */
  readonly registeredBy?: RegisteredCaller | undefined;
}

/** How the registering caller identified itself; texts are `""` if unknown. */
export interface RegisteredCaller {
  /** IP address, without port. */
  readonly address: string;
  /** SHA-256 of its certificate. */
  readonly certificate: string;
}

/** A machine of which only the ID is known: created by a first event or report. */
export function newMachine(id: MachineId, now: string): Omit<Machine, 'revision'> {
  return {
    id,
    name: '',
    description: '',
    created: now,
    changed: now,
    partitionId: undefined,
    sizeId: undefined,
    rackId: undefined,
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

/** Whether an installer has ever registered the machine. */
export const isRegistered = ({ sizeId }: Pick<Machine, 'sizeId'>): boolean => sizeId !== undefined;

/** Known from events only: neither registered nor reported by a BMC watcher, nor modified by an operator. */
export const isProvisional = (machine: Machine): boolean =>
  machine.partitionId === undefined &&
  !isRegistered(machine) &&
  machine.state.value === '' &&
  machine.hardware.nics.length === 0 &&
  isUnowned(machine);

/** The current or future owner of the machine: what counts for quotas, reservations and spreading. */
export const machineOwner = (
  machine: Machine,
): { readonly project: string; readonly role: AllocationRole } | undefined => machine.allocation ?? machine.claim;

/** A machine that has a tenant. */
export type AllocatedMachine = Machine & { readonly allocation: MachineAllocation };

export const isAllocated = (machine: Machine): machine is AllocatedMachine => machine.allocation !== undefined;

/** True if the machine has no allocation, and neither a claim nor a release is in progress. */
export const isUnowned = (machine: Machine): boolean =>
  machine.allocation === undefined && machine.claim === undefined && machine.release === undefined;
