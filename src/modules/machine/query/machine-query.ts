import { containsAll } from '../../../shared/contains-all.js';
import { canonicalMac } from '../../../shared/spelling.js';
import { cpuCores } from '../machine.js';
import type { Bmc, Fru, Machine, MachineNic } from '../machine.js';
import { isPrivate } from '../../network/machine-networks.js';
import type { MachineNetwork } from '../../network/machine-networks.js';

/** What is known of one machine: its document, that of its BMC, if any, and the room of its switches. */
export interface Known {
  readonly machine: Machine;
  readonly bmc: Bmc | undefined;
  readonly room: string | undefined;
}

type Value = string | number | boolean | undefined;

const ofAllocation =
  (field: 'name' | 'project' | 'hostname' | 'imageId' | 'role') =>
  (known: Known): string | undefined =>
    known.machine.allocation?.[field];

const ofFru =
  (field: keyof Fru) =>
  ({ bmc }: Known): string =>
    bmc?.fru[field] ?? '';

/** Equality filters: what a filter is compared with. A machine that lacks it altogether does not match. */
const SCALARS = {
  id: ({ machine }: Known) => machine.id,
  name: ({ machine }: Known) => machine.name,
  partitionId: ({ machine }: Known) => machine.partitionId,
  sizeId: ({ machine }: Known) => machine.sizeId,
  rackId: ({ machine }: Known) => machine.rackId,
  roomId: ({ room }: Known) => room ?? '',
  state: ({ machine }: Known): string => machine.state.value,
  memory: ({ machine }: Known): number => machine.hardware.memory,
  cpuCores: ({ machine }: Known) => cpuCores(machine.hardware),
  allocationName: ofAllocation('name'),
  allocationProject: ofAllocation('project'),
  allocationHostname: ofAllocation('hostname'),
  allocationImageId: ofAllocation('imageId'),
  allocationRole: ofAllocation('role'),
  /** Never becomes true: whether an installation succeeded shows in the machine's events. */
  allocationSucceeded: ({ machine }: Known): boolean | undefined => (machine.allocation ? false : undefined),
  bmcAddress: ({ bmc }: Known) => bmc?.address ?? '',
  bmcMac: ({ bmc }: Known) => canonicalMac(bmc?.mac ?? ''),
  bmcUser: ({ bmc }: Known) => bmc?.user ?? '',
  bmcInterface: ({ bmc }: Known) => bmc?.interface ?? '',
  chassisPartNumber: ofFru('chassisPartNumber'),
  chassisPartSerial: ofFru('chassisPartSerial'),
  boardMfg: ofFru('boardMfg'),
  boardMfgSerial: ofFru('boardMfgSerial'),
  boardPartNumber: ofFru('boardPartNumber'),
  productManufacturer: ofFru('productManufacturer'),
  productPartNumber: ofFru('productPartNumber'),
  productSerial: ofFru('productSerial'),
} as const satisfies Record<string, (known: Known) => Value>;

const networksOf = ({ machine }: Known): readonly MachineNetwork[] => machine.allocation?.networks ?? [];
const nicsOf = ({ machine }: Known): readonly MachineNic[] => machine.hardware.nics;
const neighborsOf = (known: Known): MachineNic[] => nicsOf(known).flatMap((nic) => nic.neighbors);

/** Filters that are satisfied when all their elements occur, each wherever it likes. */
const LISTS = {
  tags: ({ machine }: Known) => machine.tags,
  networkIds: (known: Known) => networksOf(known).map((network) => network.networkId),
  networkPrefixes: (known: Known) => networksOf(known).flatMap((network) => network.prefixes),
  networkIps: (known: Known) => networksOf(known).flatMap((network) => network.ips),
  networkDestinationPrefixes: (known: Known) => networksOf(known).flatMap((network) => network.destinationPrefixes),
  networkVrfs: (known: Known): readonly number[] => networksOf(known).map((network) => network.vrf),
  networkAsns: (known: Known) => networksOf(known).map((network) => network.asn),
  networkPrivate: (known: Known) => networksOf(known).map((network) => isPrivate(network.type)),
  networkNat: (known: Known) => networksOf(known).map((network) => network.nat),
  networkUnderlay: (known: Known) => networksOf(known).map((network) => network.type === 'underlay'),
  nicMacs: (known: Known) => nicsOf(known).map((nic) => canonicalMac(nic.mac)),
  nicNames: (known: Known) => nicsOf(known).map((nic) => nic.name),
  /** Only ports of switches are in a VRF; machines' have the empty one. */
  nicVrfs: (known: Known) => nicsOf(known).map(() => ''),
  neighborMacs: (known: Known) => neighborsOf(known).map((nic) => canonicalMac(nic.mac)),
  neighborNames: (known: Known) => neighborsOf(known).map((nic) => nic.name),
  neighborVrfs: (known: Known) => neighborsOf(known).map(() => ''),
  diskNames: ({ machine }: Known) => machine.hardware.disks.map((disk) => disk.name),
  diskSizes: ({ machine }: Known) => machine.hardware.disks.map((disk) => disk.size),
} as const satisfies Record<string, (known: Known) => readonly Value[]>;

type Filters<F extends Record<string, (known: Known) => unknown>> = {
  readonly [K in keyof F]?: ReturnType<F[K]> | undefined;
};

/**
 * Conditions on machines; all given ones must hold (reference/10 §8). `undefined` and empty lists are no conditions,
 * `''`, 0 and false are. Comparison is exact.
 */
export type MachineQuery = Filters<typeof SCALARS> & Filters<typeof LISTS>;

/** Compiles a query into a test of one machine. */
export function matcher(query: MachineQuery): (known: Known) => boolean {
  const tests = [...scalarTests(query), ...listTests(query)];
  return (known) => tests.every((test) => test(known));
}

function scalarTests(query: MachineQuery): ((known: Known) => boolean)[] {
  return keysOf(SCALARS).flatMap((key) => {
    const wanted = query[key];
    return wanted === undefined ? [] : [(known: Known) => SCALARS[key](known) === wanted];
  });
}

function listTests(query: MachineQuery): ((known: Known) => boolean)[] {
  return keysOf(LISTS).flatMap((key) => {
    const wanted: readonly Value[] = query[key] ?? [];
    const values: (known: Known) => readonly Value[] = LISTS[key];
    if (wanted.length === 0) return [];
    const hasAll = containsAll(wanted);
    return [(known: Known) => hasAll(values(known))];
  });
}

const keysOf = <T extends object>(value: T): (keyof T)[] => Object.keys(value) as (keyof T)[];
