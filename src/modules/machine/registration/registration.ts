import type { Content } from '../../../shared/document.js';
import { newBmc } from '../machine.js';
import type { Bmc, Fru, Machine, MachineBios, MachineHardware } from '../machine.js';

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

/**
 * The machine with what it registered. Tags and LED are those of the first registration, since then they are others'
 * business (reference/10 §12.2).
 */
export function registered<M extends Content<Machine>>(
  machine: M,
  registration: Registration,
  findings: Findings,
  now: string,
): M {
  const isFirst = machine.sizeId === '';
  return {
    ...machine,
    ...findings,
    hardware: registration.hardware,
    bios: registration.bios,
    state: { ...machine.state, metalHammerVersion: registration.metalHammerVersion },
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

const given = (fru: Partial<Fru>): Partial<Fru> =>
  Object.fromEntries(Object.entries(fru).filter(([, value]) => value !== undefined));

const unique = (tags: readonly string[]): string[] => [...new Set(tags)].sort();
