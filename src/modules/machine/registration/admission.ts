import type { Content } from '../../../shared/document.js';
import { DomainError, invalid } from '../../../shared/errors/domain-error.js';
import type { ProvisioningEvent } from '../event/provisioning-event.js';
import { isInstalled } from '../machine-ports.js';
import type { Machine, MachineNic } from '../machine.js';
import type { Registration } from './registration.js';

/**
 * What a registration may change: everything, or, of a machine that works for a tenant or is about to, only what no tenant
 * depends on.
 */
export type Admission = 'open' | 'held';

/** What the rules need to know beside the documents themselves. */
export interface Surroundings {
  /** Which switch ports a machine of the partition sees, as comparable texts. */
  readonly portsSeen: (nics: readonly MachineNic[], partitionId: string) => ReadonlySet<string>;
  /** The newest event of the machine; undefined without any. */
  readonly newestEvent: Pick<ProvisioningEvent, 'event' | 'time'> | undefined;
}

/** The newest event of a machine on which an installer is about to look at the allocation. */
const STARTING: readonly string[] = ['PXE Booting', 'Preparing', 'Registering'];

/** Of refusals: an installer came to a machine that should boot from disk. */
export const SHOULD_BOOT_FROM_DISK = 'shouldBootFromDisk';

/**
 * Decides whether what registers is the machine that is known by this UUID, and what it may change. Throws `invalid` for
 * a second server with the UUID (it shares no MAC address with the machine, and is plugged in elsewhere or the machine is
 * allocated), for an allocated machine that was plugged in elsewhere, and for an installer that starts on a machine whose
 * system is installed: it would wipe its disks next.
 */
export function admission(
  machine: Content<Machine> | undefined,
  registration: Pick<Registration, 'partitionId' | 'hardware'>,
  { portsSeen, newestEvent }: Surroundings,
): Admission {
  if (!machine) return 'open';
  const isHeld = (machine.allocation !== undefined || machine.claim !== undefined) && !machine.allocation?.reinstall;
  const { nics } = machine.hardware;
  if (nics.length > 0) {
    const before = portsSeen(nics, machine.partitionId);
    const hasMoved = !isSame(before, portsSeen(registration.hardware.nics, registration.partitionId));
    if ((hasMoved || isHeld) && !sharesMac(nics, registration.hardware.nics)) throw secondServer(machine);
    if (hasMoved && isHeld) throw invalid(`machine "${machine.id}" is allocated and must stay at its switch ports`);
  }
  // Since the report of its installation: what came before belongs to that installation.
  const isStarting = newestEvent && STARTING.includes(newestEvent.event) && newestEvent.time > machine.changed;
  if (isInstalled(machine) && isStarting) throw alreadyInstalled(machine);
  return isHeld ? 'held' : 'open';
}

const secondServer = ({ id, hardware }: Content<Machine>): Error =>
  invalid(
    `machine "${id}" has other MAC addresses (${[...macsOf(hardware.nics)].slice(0, 4).join(', ')}): is its UUID that of a second server?`,
  );

const alreadyInstalled = ({ id }: Content<Machine>): Error =>
  new DomainError(
    'invalid',
    `the system of its tenant is installed on machine "${id}": boot it from disk, or order a reinstallation`,
    { [SHOULD_BOOT_FROM_DISK]: true },
  );

/**
 * Whether two lists of network cards have one in common, by its MAC address. Only cards that are, or were, plugged in
 * somewhere count: the one that a BMC shows to its host has the same address in many servers.
 */
export function sharesMac(some: readonly MachineNic[], others: readonly MachineNic[]): boolean {
  const [known, reported] = [macsOf(some), macsOf(others)];
  const plugged = macsOf([...some, ...others].filter(({ neighbors }) => neighbors.length > 0));
  return [...plugged].some((mac) => known.has(mac) && reported.has(mac));
}

const macsOf = (nics: readonly MachineNic[]): Set<string> =>
  new Set(nics.map(({ mac }) => mac.toLowerCase().replaceAll('-', ':')).filter(isDistinctive));

/** Not what installers report of a port without address (zeros), nor what no single card has (broadcast, multicast). */
function isDistinctive(mac: string): boolean {
  if (mac === '') return false;
  const octets = mac.split(':').map((octet) => Number.parseInt(octet, 16));
  return octets.some((octet) => octet !== 0) && (octets[0]! & 1) === 0;
}

const isSame = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((port) => b.has(port));
