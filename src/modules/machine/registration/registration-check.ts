import type { Content } from '../../../shared/document.js';
import { DomainError, invalid } from '../../../shared/errors/domain-error.js';
import type { PartitionId } from '../../../shared/id.js';
import { isHeld } from '../core/transitions/hardware.js';
import type { ProvisioningEvent } from '../event/provisioning-event.js';
import { isInstalled } from '../core/machine-ports.js';
import type { MachineNic } from '../hardware.js';
import type { Machine } from '../machine.js';
import type { Registration } from './registration.js';

/**
 * How much of a machine a registration may change: `open` everything; `held` only the parts that no tenant depends
 * on, because the machine works for a tenant or is about to.
 */
export type RegistrationScope = 'open' | 'held';

/** Input of the rules, in addition to the documents themselves. */
export interface RegistrationContext {
  /** The switch ports that a machine of the partition sees, as comparable texts. */
  readonly portsSeen: (nics: readonly MachineNic[], partitionId: PartitionId | undefined) => ReadonlySet<string>;
  /** The newest event of the machine; undefined if it has none. */
  readonly newestEvent: Pick<ProvisioningEvent, 'event' | 'time'> | undefined;
}

/** Newest events of a machine whose installer is about to read the allocation. */
const STARTING: readonly string[] = ['PXE Booting', 'Preparing', 'Registering'];

/** Marks refusals of an installer that runs on a machine which should boot from disk. */
export const SHOULD_BOOT_FROM_DISK = 'shouldBootFromDisk';

/**
 * Verifies that the registering server is the machine known by this UUID, and decides how much it may change. Throws
 * `invalid` for a second server with the same UUID (it shares no MAC address with the machine, and is plugged in
 * elsewhere or the machine is allocated), for an allocated machine that was plugged in elsewhere, and for an
 * installer that starts on a machine whose system is installed, because it would wipe the disks next.
 */
export function checkRegistration(
  machine: Content<Machine> | undefined,
  registration: Pick<Registration, 'partitionId' | 'hardware'>,
  { portsSeen, newestEvent }: RegistrationContext,
): RegistrationScope {
  if (!machine) return 'open';
  const held = isHeld(machine);
  const { nics } = machine.hardware;
  if (nics.length > 0) {
    const before = portsSeen(nics, machine.partitionId);
    const hasMoved = !isSame(before, portsSeen(registration.hardware.nics, registration.partitionId));
    if ((hasMoved || held) && !sharesMac(nics, registration.hardware.nics)) throw secondServer(machine);
    if (hasMoved && held) throw invalid(`machine "${machine.id}" is allocated and must stay at its switch ports`);
  }
  // Only events since the installation was reported count; earlier ones belong to the installation itself.
  const isStarting = newestEvent && STARTING.includes(newestEvent.event) && newestEvent.time > machine.changed;
  if (isInstalled(machine) && isStarting) throw alreadyInstalled(machine);
  return held ? 'held' : 'open';
}

const secondServer = ({ id, hardware }: Content<Machine>): Error =>
  invalid(
    `machine "${id}" has other MAC addresses (${[...macsOf(hardware.nics)].slice(0, 4).join(', ')}): does a second server use its UUID?`,
  );

const alreadyInstalled = ({ id }: Content<Machine>): Error =>
  new DomainError(
    'invalid',
    `machine "${id}" has its tenant's system installed: boot it from disk, or request a reinstallation`,
    { [SHOULD_BOOT_FROM_DISK]: true },
  );

/**
 * Whether two lists of network cards share a MAC address. Counts only cards that are, or were, plugged in: the card
 * that a BMC exposes to its host has the same address in many servers.
 */
export function sharesMac(some: readonly MachineNic[], others: readonly MachineNic[]): boolean {
  const [known, reported] = [macsOf(some), macsOf(others)];
  const plugged = macsOf([...some, ...others].filter(({ neighbors }) => neighbors.length > 0));
  return [...plugged].some((mac) => known.has(mac) && reported.has(mac));
}

const macsOf = (nics: readonly MachineNic[]): Set<string> =>
  new Set(nics.map(({ mac }) => mac.toLowerCase().replaceAll('-', ':')).filter(isDistinctive));

/**
 * False for zeros, which installers report for a port without an address, and for broadcast and multicast addresses.
 */
function isDistinctive(mac: string): boolean {
  if (mac === '') return false;
  const octets = mac.split(':').map((octet) => Number.parseInt(octet, 16));
  return octets.some((octet) => octet !== 0) && (octets[0]! & 1) === 0;
}

const isSame = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((port) => b.has(port));
