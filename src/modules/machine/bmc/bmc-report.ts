import { DEFAULT_BMC_PORT, readBmcAddress, readBmcHost, writeBmcAddress } from '../../../shared/net/bmc-address.js';
import type { Bmc, Fru, LedState, Machine, PowerMetric } from '../machine.js';

/** What a partition's BMC watcher found at one machine. Texts are `""` when it could not tell. */
export interface BmcReport {
  /** Without port. */
  readonly bmcIp: string;
  readonly bmcVersion: string;
  readonly biosVersion: string;
  /** What was read; empty texts were not. */
  readonly fru: Partial<Fru>;
  readonly powerState: string;
  readonly indicatorLed: string;
  readonly powerMetric: PowerMetric | undefined;
  readonly powerSupplies: Bmc['powerSupplies'];
}

/**
 * The BMC's address after a report of `host`: the known port stays. Nothing reported changes nothing. `undefined` for
 * what is neither an address nor a host name.
 */
export function reportedAddress(host: string, known: string): string | undefined {
  if (host === '') return known;
  const read = readBmcHost(host);
  return read && writeBmcAddress({ host: read, port: readBmcAddress(known)?.port ?? DEFAULT_BMC_PORT });
}

/**
 * BMC data after a report. Power supplies are always replaced, the rest only by what the report knows. Never touched:
 * mac, user, password and interface, which come from the registration (reference/10 §9). Parts that did not change stay
 * the same objects.
 */
export function mergeReport<B extends Omit<Bmc, 'revision'>>(
  bmc: B,
  report: BmcReport,
  address: string,
  now: string,
): B {
  const fru = { ...bmc.fru, ...given(report.fru) };
  return {
    ...bmc,
    address,
    version: report.bmcVersion || bmc.version,
    fru: sameFru(fru, bmc.fru) ? bmc.fru : fru,
    powerState: report.powerState || bmc.powerState,
    powerMetric: report.powerMetric ?? bmc.powerMetric,
    powerSupplies: report.powerSupplies,
    lastUpdated: now,
  };
}

/**
 * What a report changes at the machine itself: a machine without partition joins the reporting one. The same object when
 * that is nothing, which is nearly always so.
 */
export function applyReport<M extends Omit<Machine, 'revision'>>(
  machine: M,
  partitionId: string,
  report: BmcReport,
  now: string,
): M {
  const led = ledAfter(machine.led, report.indicatorLed);
  const version = report.biosVersion || machine.bios.version;
  const isAdopted = machine.partitionId === '';
  if (!isAdopted && led === machine.led && version === machine.bios.version) return machine;
  return {
    ...machine,
    partitionId: machine.partitionId || partitionId,
    led,
    bios: { ...machine.bios, version },
    changed: now,
  };
}

function ledAfter(led: LedState, reported: string): LedState {
  const isKnown = reported === 'LED-ON' || reported === 'LED-OFF';
  return isKnown && reported !== led.value ? { ...led, value: reported } : led;
}

/** A part that a BMC does not tell comes as an empty text. */
const given = (fru: Partial<Fru>): Partial<Fru> => Object.fromEntries(Object.entries(fru).filter(([, text]) => text));

const sameFru = (a: Fru, b: Fru): boolean => Object.keys(b).every((key) => a[key as keyof Fru] === b[key as keyof Fru]);

/** The members of `now` that differ from `before`, with the id: a write that leaves everything else to its other writers. */
export function difference<T extends { readonly id: string }>(before: T, now: T): { readonly id: string } & Partial<T> {
  const entries = Object.entries(now).filter(([key, value]) => before[key as keyof T] !== value);
  return { id: now.id, ...(Object.fromEntries(entries) as Partial<T>) };
}
