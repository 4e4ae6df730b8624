import type { Content } from '../../../../shared/document.js';
import type { PartitionId, SizeId } from '../../../../shared/id.js';
import { isRegistered } from '../../machine.js';
import type { MachineBios, MachineHardware, MachineNic } from '../../hardware.js';
import type { LedState, Machine, RegisteredCaller } from '../../machine.js';
import type { BmcReport } from './bmc-record.js';

/** What an installer reports about the machine itself. */
export interface ReportedMachine {
  readonly hardware: MachineHardware;
  readonly bios: MachineBios;
  readonly tags: readonly string[];
  readonly metalHammerVersion: string;
  /** undefined if an agent registers on behalf of the machine. */
  readonly registeredBy?: RegisteredCaller;
  /** Name and description set by the first registration; without a title the machine stays unnamed. */
  readonly title?: Pick<Machine, 'name' | 'description'>;
}

/** Location of a machine, derived from the switches it is wired to, and its size. */
export interface DerivedFacts {
  readonly partitionId: PartitionId;
  readonly rackId: string | undefined;
  readonly sizeId: SizeId;
}

/** LED state after the first registration. */
const REGISTERED = { value: 'LED-OFF', description: 'Machine registered' } as const;

/** Whether the machine works for a tenant, or is about to, so that its tenant depends on its hardware and location. */
export const isHeld = ({ allocation, claim }: Pick<Machine, 'allocation' | 'claim'>): boolean =>
  (allocation !== undefined || claim !== undefined) && !allocation?.reinstall;

/**
 * Applies a registration to the machine. Only the first registration sets name, tags and LED; later on other writers
 * own them (docs/reference/machine-boot.md#register). A held machine keeps its hardware, size and location, which its
 * tenant, quotas and placement depend on. Never changes owner, claim, release or the operator's state. Whether the
 * registering server is this machine at all is checked by `checkRegistration`.
 */
export function registerMachine<M extends Content<Machine>>(
  machine: M,
  reported: ReportedMachine,
  facts: DerivedFacts,
): M {
  const state = { ...machine.state, metalHammerVersion: reported.metalHammerVersion };
  const { bios, hardware, registeredBy } = reported;
  if (isHeld(machine)) return { ...machine, bios, state, registeredBy };
  const isFirst = !isRegistered(machine);
  return {
    ...machine,
    ...(isFirst && machine.name === '' ? reported.title : undefined),
    ...facts,
    hardware,
    bios,
    state,
    registeredBy,
    led: isFirst && machine.led.value === '' ? REGISTERED : machine.led,
    tags: isFirst && machine.allocation === undefined ? unique([...machine.tags, ...reported.tags]) : machine.tags,
  };
}

/**
 * Applies a report of a BMC watcher to the machine itself. A machine without a partition joins the reporting one; it
 * never changes partition otherwise. Returns the same object if nothing changes, as is nearly always the case.
 */
export function applyBmcReport<M extends Content<Machine>>(machine: M, partitionId: PartitionId, report: BmcReport): M {
  const led = ledAfter(machine.led, report.indicatorLed);
  const version = report.biosVersion || machine.bios.version;
  const known = machine.partitionId;
  if (known !== undefined && led === machine.led && version === machine.bios.version) return machine;
  return {
    ...machine,
    partitionId: known ?? partitionId,
    led,
    bios: { ...machine.bios, version },
  };
}

/**
 * Replaces the neighbors of all network cards, after a switch was replaced. The cards themselves stay, with their MAC
 * addresses.
 */
export function replaceNeighbors(machine: Machine, replace: (neighbor: MachineNic) => MachineNic): Machine {
  const nics = machine.hardware.nics.map((nic) => ({ ...nic, neighbors: nic.neighbors.map((one) => replace(one)) }));
  return { ...machine, hardware: { ...machine.hardware, nics } };
}

function ledAfter(led: LedState, reported: string): LedState {
  const isKnown = reported === 'LED-ON' || reported === 'LED-OFF';
  return isKnown && reported !== led.value ? { ...led, value: reported } : led;
}

const unique = (tags: readonly string[]): string[] => [...new Set(tags)].sort();
