import { containsAll } from '../../../shared/contains-all.js';
import { canonicalMac } from '../../../shared/spelling.js';
import { cpuCores } from '../hardware.js';
import type { BmcRecord, Fru } from '../bmc-record.js';
import type { MachineNic } from '../hardware.js';
import type { Machine } from '../machine.js';
import { isPrivate } from '../../network/machine-networks.js';
import type { MachineNetwork } from '../../network/machine-networks.js';

/** The searchable facts about a machine: its document, its BMC's document, if any, and the room of its switches. */
export interface MachineFacts {
  readonly machine: Machine;
  readonly bmc: BmcRecord | undefined;
  readonly room: string | undefined;
}

type Value = string | number | boolean | undefined;

const ofAllocation =
  (field: 'name' | 'project' | 'hostname' | 'imageId' | 'role') =>
  (facts: MachineFacts): string | undefined =>
    facts.machine.allocation?.[field];

const ofFru =
  (field: keyof Fru) =>
  ({ bmc }: MachineFacts): string =>
    bmc?.fru[field] ?? '';

/** The values that equality filters compare with. A machine without the value does not match. */
const SCALARS = {
  id: ({ machine }: MachineFacts) => machine.id,
  name: ({ machine }: MachineFacts) => machine.name,
  partitionId: ({ machine }: MachineFacts) => machine.partitionId ?? '',
  sizeId: ({ machine }: MachineFacts) => machine.sizeId ?? '',
  rackId: ({ machine }: MachineFacts) => machine.rackId ?? '',
  roomId: ({ room }: MachineFacts) => room ?? '',
  state: ({ machine }: MachineFacts): string => machine.state.value,
  memory: ({ machine }: MachineFacts): number => machine.hardware.memory,
  cpuCores: ({ machine }: MachineFacts) => cpuCores(machine.hardware),
  allocationName: ofAllocation('name'),
  allocationProject: ofAllocation('project'),
  allocationHostname: ofAllocation('hostname'),
  allocationImageId: ofAllocation('imageId'),
  allocationRole: ofAllocation('role'),
  /** Never true: machine events show whether an installation succeeded. */
  allocationSucceeded: ({ machine }: MachineFacts): boolean | undefined => (machine.allocation ? false : undefined),
  bmcAddress: ({ bmc }: MachineFacts) => bmc?.address ?? '',
  bmcMac: ({ bmc }: MachineFacts) => canonicalMac(bmc?.mac ?? ''),
  bmcUser: ({ bmc }: MachineFacts) => bmc?.user ?? '',
  bmcInterface: ({ bmc }: MachineFacts) => bmc?.interface ?? '',
  chassisPartNumber: ofFru('chassisPartNumber'),
  chassisPartSerial: ofFru('chassisPartSerial'),
  boardMfg: ofFru('boardMfg'),
  boardMfgSerial: ofFru('boardMfgSerial'),
  boardPartNumber: ofFru('boardPartNumber'),
  productManufacturer: ofFru('productManufacturer'),
  productPartNumber: ofFru('productPartNumber'),
  productSerial: ofFru('productSerial'),
} as const satisfies Record<string, (facts: MachineFacts) => Value>;

const networksOf = ({ machine }: MachineFacts): readonly MachineNetwork[] => machine.allocation?.networks ?? [];
const nicsOf = ({ machine }: MachineFacts): readonly MachineNic[] => machine.hardware.nics;
const neighborsOf = (facts: MachineFacts): MachineNic[] => nicsOf(facts).flatMap((nic) => nic.neighbors);

/** The values for list filters. A filter matches if all of its elements occur, at any position. */
const LISTS = {
  tags: ({ machine }: MachineFacts) => machine.tags,
  networkIds: (facts: MachineFacts) => networksOf(facts).map((network) => network.networkId),
  networkPrefixes: (facts: MachineFacts) => networksOf(facts).flatMap((network) => network.prefixes),
  networkIps: (facts: MachineFacts) => networksOf(facts).flatMap((network) => network.ips),
  networkDestinationPrefixes: (facts: MachineFacts) =>
    networksOf(facts).flatMap((network) => network.destinationPrefixes),
  networkVrfs: (facts: MachineFacts): readonly number[] => networksOf(facts).map((network) => network.vrf),
  networkAsns: (facts: MachineFacts) => networksOf(facts).map((network) => network.asn),
  networkPrivate: (facts: MachineFacts) => networksOf(facts).map((network) => isPrivate(network.type)),
  networkNat: (facts: MachineFacts) => networksOf(facts).map((network) => network.nat),
  networkUnderlay: (facts: MachineFacts) => networksOf(facts).map((network) => network.type === 'underlay'),
  nicMacs: (facts: MachineFacts) => nicsOf(facts).map((nic) => canonicalMac(nic.mac)),
  nicNames: (facts: MachineFacts) => nicsOf(facts).map((nic) => nic.name),
  /** Only switch ports are in a VRF; those of machines have an empty one. */
  nicVrfs: (facts: MachineFacts) => nicsOf(facts).map(() => ''),
  neighborMacs: (facts: MachineFacts) => neighborsOf(facts).map((nic) => canonicalMac(nic.mac)),
  neighborNames: (facts: MachineFacts) => neighborsOf(facts).map((nic) => nic.name),
  neighborVrfs: (facts: MachineFacts) => neighborsOf(facts).map(() => ''),
  diskNames: ({ machine }: MachineFacts) => machine.hardware.disks.map((disk) => disk.name),
  diskSizes: ({ machine }: MachineFacts) => machine.hardware.disks.map((disk) => disk.size),
} as const satisfies Record<string, (facts: MachineFacts) => readonly Value[]>;

type Filters<F extends Record<string, (facts: MachineFacts) => unknown>> = {
  readonly [K in keyof F]?: ReturnType<F[K]> | undefined;
};

/**
 * Conditions on machines, combined by AND (docs/reference/machine-queries.md#matching). `undefined` and empty lists
 * are not conditions; `''`, 0 and false are. Comparison is exact.
 */
export type MachineQuery = Filters<typeof SCALARS> & Filters<typeof LISTS>;

/** Compiles a query into a predicate for one machine. */
export function compileMachineQuery(query: MachineQuery): (facts: MachineFacts) => boolean {
  const tests = [...scalarTests(query), ...listTests(query)];
  return (facts) => tests.every((test) => test(facts));
}

function scalarTests(query: MachineQuery): ((facts: MachineFacts) => boolean)[] {
  return keysOf(SCALARS).flatMap((key) => {
    const wanted = query[key];
    return wanted === undefined ? [] : [(facts: MachineFacts) => SCALARS[key](facts) === wanted];
  });
}

function listTests(query: MachineQuery): ((facts: MachineFacts) => boolean)[] {
  return keysOf(LISTS).flatMap((key) => {
    const wanted: readonly Value[] = query[key] ?? [];
    const values: (facts: MachineFacts) => readonly Value[] = LISTS[key];
    if (wanted.length === 0) return [];
    const hasAll = containsAll(wanted);
    return [(facts: MachineFacts) => hasAll(values(facts))];
  });
}

const keysOf = <T extends object>(value: T): (keyof T)[] => Object.keys(value) as (keyof T)[];
