import type { Content } from '../../../shared/document.js';
import type { Admission } from './admission.js';
import { cpuCores, newBmc } from '../machine.js';
import type { Bmc, Fru, Machine, MachineBios, MachineHardware, RegisteringBox } from '../machine.js';

/** What an installer finds out about the hardware that it runs on. */
export interface Registration {
  readonly machineId: string;
  readonly partitionId: string;
  readonly hardware: MachineHardware;
  readonly bios: MachineBios;
  /** undefined: it could not talk to the BMC. */
  readonly bmc: ReportedBmc | undefined;
  readonly tags: readonly string[];
  readonly metalHammerVersion: string;
  /** undefined: an agent speaks for the machine. */
  readonly registeredBy?: RegisteringBox;
  /** What the machine is called at its first registration; nothing leaves it nameless. */
  readonly title?: Pick<Machine, 'name' | 'description'>;
}

/** Empty texts and missing parts of `fru` say nothing. */
export interface ReportedBmc extends Pick<
  Bmc,
  'address' | 'mac' | 'user' | 'password' | 'interface' | 'version' | 'powerState'
> {
  readonly fru: Partial<Fru>;
}

/** Where a machine stands, by the switches it is wired to, and which size it has. */
export interface Findings {
  readonly partitionId: string;
  readonly rackId: string;
  readonly sizeId: string;
}

/** LED state of a machine that registers for the first time. */
const REGISTERED = { value: 'LED-OFF', description: 'Machine registered' } as const;

/** Name and description of a machine as in 2021, from its hardware: `8-core/137 GB` (reference/10 §11.2.1). */
export function titleOf2021(hardware: MachineHardware): NonNullable<Registration['title']> {
  const cores = cpuCores(hardware);
  const memory = sizeText(hardware.memory);
  return { name: `${cores}-core/${memory}`, description: `${cores} cores and ${memory} of memory` };
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Two digits at least, in decimal units: `8.6 GB`, `137 GB`. */
function sizeText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const value = bytes / 1000 ** power;
  return `${power > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[power]}`;
}

/**
 * The machine with what it registered. Name, tags and LED are those of the first registration, since then they are others'
 * business (reference/10 §12.2). A held machine keeps hardware, size and place, which its tenant, quotas and placement
 * depend on.
 */
export function registered<M extends Content<Machine>>(
  machine: M,
  registration: Registration,
  findings: Findings,
  now: string,
  admission: Admission = 'open',
): M {
  const state = { ...machine.state, metalHammerVersion: registration.metalHammerVersion };
  const { registeredBy } = registration;
  if (admission === 'held') return { ...machine, bios: registration.bios, state, registeredBy, changed: now };
  const isFirst = machine.sizeId === '';
  return {
    ...machine,
    ...(isFirst && machine.name === '' ? registration.title : undefined),
    ...findings,
    hardware: registration.hardware,
    bios: registration.bios,
    state,
    registeredBy,
    led: isFirst && machine.led.value === '' ? REGISTERED : machine.led,
    tags: isFirst && machine.allocation === undefined ? unique([...machine.tags, ...registration.tags]) : machine.tags,
    changed: now,
  };
}

/** What was known of a BMC, with what is reported; power data and whatever the report does not say stays. */
export function mergedBmc(current: Content<Bmc> | undefined, id: string, reported: ReportedBmc, now: string) {
  const known = current ?? newBmc(id);
  return {
    ...known,
    address: reported.address || known.address,
    mac: reported.mac || known.mac,
    user: reported.user || known.user,
    password: reported.password || known.password,
    interface: reported.interface || known.interface,
    version: reported.version || known.version,
    powerState: reported.powerState || known.powerState,
    fru: { ...known.fru, ...given(reported.fru) },
    lastUpdated: now,
  };
}

/**
 * The BMC of a held machine after a registration: address, interface and user stay, so that nothing can lead commands and
 * passwords elsewhere. The password follows when all the rest agrees, because an installer sets a new one at each boot;
 * without it the BMC could not be reached any more. The same object when nothing changes.
 */
export function heldBmc<B extends Content<Bmc>>(known: B, reported: ReportedBmc): B {
  const isSameBmc =
    known.user !== '' &&
    reported.user === known.user &&
    reported.address === known.address &&
    reported.interface === known.interface &&
    reported.mac.toLowerCase() === known.mac.toLowerCase();
  const isNews = isSameBmc && reported.password !== '' && reported.password !== known.password;
  return isNews ? { ...known, password: reported.password } : known;
}

const given = (fru: Partial<Fru>): Partial<Fru> =>
  Object.fromEntries(Object.entries(fru).filter(([, value]) => value !== undefined && value !== ''));

const unique = (tags: readonly string[]): string[] => [...new Set(tags)].sort();
