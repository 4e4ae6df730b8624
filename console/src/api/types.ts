import type { components } from './schema.js';

type Schemas = components['schemas'];

export type Machine = Schemas['v1.MachineResponse'];
export type IpmiMachine = Schemas['v1.MachineIPMIResponse'];
export type Allocation = Schemas['v1.MachineAllocation'];
export type MachineNetwork = Schemas['v1.MachineNetwork'];
export type ProvisioningEvent = Schemas['v1.MachineProvisioningEvent'];
export type Network = Schemas['v1.NetworkResponse'];
export type Ip = Schemas['v1.IPResponse'];
export type Switch = Schemas['v1.SwitchResponse'];
export type Image = Schemas['v1.ImageResponse'];
export type Size = Schemas['v1.SizeResponse'];
export type Partition = Schemas['v1.PartitionResponse'];
export type Project = Schemas['v1.ProjectResponse'];
export type Tenant = Schemas['v1.TenantResponse'];
export type FilesystemLayout = Schemas['v1.FilesystemLayoutResponse'];
export type SizeImageConstraint = Schemas['v1.SizeImageConstraintResponse'];
export type MachineIssue = Schemas['v1.MachineIssue'];
export type PartitionCapacity = Schemas['v1.PartitionCapacity'];
export type ServerCapacity = Schemas['v1.ServerCapacity'];
export type AllocateRequest = Schemas['v1.FirewallCreateRequest'];
/** Egress rules have no `from`. */
export type FirewallRule = Schemas['v1.FirewallEgressRule'] & { from?: string[] };
export type Firmwares = Schemas['v1.FirmwaresResponse'];
export type User = Schemas['v1.User'];
export type SizeReservation = Schemas['v1.SizeReservationResponse'];
export type SizeReservationUsage = Schemas['v1.SizeReservationUsageResponse'];
export type SwitchNic = Schemas['v1.SwitchNic'];
export type AuditTrace = Schemas['v1.AuditResponse'];
export type AuditFindRequest = Schemas['v1.AuditFindRequest'];
export type ApiToken = Schemas['v1.APITokenResponse'];
export type Health = Schemas['rest.HealthResponse'];
export type QuotaSet = Schemas['v1.QuotaSet'];
export type Meta = Schemas['v1.Meta'];

/** An entry of the command journal (`GET <base>commands`), which is not part of the API document. */
export interface Command {
  readonly id: string;
  readonly machine: string;
  readonly partition: string;
  /** `command`, or `delete` for the reclaim of a freed machine. */
  readonly type: string;
  readonly command: string;
  readonly params: readonly string[];
  readonly state: 'pending' | 'published' | 'delivered' | 'done' | 'failed' | 'expired';
  readonly attempt: number;
  readonly error: string;
  /** How far a long command is, as the agent last reported. */
  readonly progress?: string;
  readonly issuer: string;
  readonly created: string;
  readonly changed: string;
  readonly deadline?: string;
}

interface Miss {
  readonly machine: string;
  readonly filter: string;
  readonly reason: string;
}

/** The answer of `POST <base>allocation/explain` (docs/guide/explain.md#allocations). */
export interface Explanation {
  readonly verdict: 'allocatable' | 'refused';
  readonly refusal?: string;
  readonly summary?: string;
  readonly filters?: readonly { readonly filter: string; readonly left: number; readonly examples: readonly Miss[] }[];
  readonly nearestmisses?: readonly Miss[];
  readonly racks?: readonly {
    readonly rack: string;
    readonly available: number;
    readonly ofproject: number;
    readonly tags: number;
    readonly wins: boolean;
  }[];
  readonly chosen?: { readonly oneof: number; readonly machines: readonly string[] };
  readonly addresses?: readonly { readonly network: string; readonly family: string; readonly left: number }[];
}

/** The answer of `GET <base>issues/explain?machine=` (docs/guide/explain.md#machines-that-are-not-healthy). */
export interface IssueExplanation {
  readonly machine: string;
  readonly healthy: boolean;
  readonly issues: readonly {
    readonly id: string;
    readonly severity: string;
    readonly description: string;
    readonly action: string;
  }[];
  readonly next?: string;
}

/** The answer of `GET <base>fsck` and `POST <base>fsck/repair` (docs/guide/fsck.md). */
export interface FsckReport {
  readonly consistent: boolean;
  readonly examined: Readonly<Record<string, number>>;
  /** All invariants, by name. */
  readonly invariants: Readonly<Record<string, string>>;
  readonly findings: readonly {
    readonly invariant: string;
    readonly ids: readonly string[];
    readonly message: string;
    /** Null if an operator has to decide. */
    readonly repair: string | null;
    readonly outcome?: string;
  }[];
}

/** An answer of `GET <base>replicas`. */
export interface Replica {
  readonly id: string;
  readonly self: boolean;
  readonly alive: boolean;
  readonly started: string;
  readonly seen?: string | null;
  readonly version: string;
  readonly differences: readonly { readonly what: string; readonly message: string }[];
  /** For admins only, like the offset of its clock in seconds. */
  readonly host?: string;
  readonly clock_offset?: number | null;
}

/** What the watch sends of each kind. */
export interface Kinds {
  machine: Machine;
  network: Network;
  ip: Ip;
  switch: Switch;
  command: Command;
  image: Image;
  size: Size;
  partition: Partition;
  project: Project;
  tenant: Tenant;
  filesystemlayout: FilesystemLayout;
  'size-image-constraint': SizeImageConstraint;
}

export type Kind = keyof Kinds;
