import type { Content } from '../../../../shared/document.js';
import { newBmcRecord } from '../../bmc-record.js';
import type { BmcRecord, Fru, PowerMetric } from '../../bmc-record.js';

/** What a registration reports about the BMC. Empty texts and missing members of `fru` mean "not reported". */
export interface ReportedBmc extends Pick<
  BmcRecord,
  'address' | 'mac' | 'user' | 'password' | 'interface' | 'version' | 'powerState'
> {
  readonly fru: Partial<Fru>;
}

/** A BMC watcher's findings for one machine. Texts are `""` if unknown. */
export interface BmcReport {
  /** Without port. */
  readonly bmcIp: string;
  readonly bmcVersion: string;
  readonly biosVersion: string;
  /** The fields that were read; fields that could not be read are empty. */
  readonly fru: Partial<Fru>;
  readonly powerState: string;
  readonly indicatorLed: string;
  readonly powerMetric: PowerMetric | undefined;
  readonly powerSupplies: BmcRecord['powerSupplies'];
}

/** Merges reported BMC data into the known data; power data and all fields that were not reported are kept. */
export function mergeBmcRecord(
  current: Content<BmcRecord> | undefined,
  id: string,
  reported: ReportedBmc,
  now: string,
) {
  const known = current ?? newBmcRecord(id);
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
 * Merges a registration into the BMC data of a held machine. Keeps address, interface and user, so that a
 * registration cannot redirect commands and passwords. Takes the new password if everything else matches: an
 * installer sets a new one at each boot, and the BMC would be unreachable without it. Returns the same object if
 * nothing changes.
 */
export function mergeHeldBmcRecord<B extends Content<BmcRecord>>(known: B, reported: ReportedBmc): B {
  const isSameBmc =
    known.user !== '' &&
    reported.user === known.user &&
    reported.address === known.address &&
    reported.interface === known.interface &&
    reported.mac.toLowerCase() === known.mac.toLowerCase();
  const isNews = isSameBmc && reported.password !== '' && reported.password !== known.password;
  return isNews ? { ...known, password: reported.password } : known;
}

/**
 * Merges a report into BMC data. Replaces power supplies always, other fields only by reported values. Never changes
 * mac, user, password and interface, which come from the registration
 * (docs/reference/bmc-reports.md#effects-on-a-machine). Unchanged parts keep their identity.
 */
export function mergeBmcReport<B extends Content<BmcRecord>>(
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

/** Drops fields that were not reported; they are missing or arrive as empty texts. */
const given = (fru: Partial<Fru>): Partial<Fru> => Object.fromEntries(Object.entries(fru).filter(([, text]) => text));

const sameFru = (a: Fru, b: Fru): boolean => Object.keys(b).every((key) => a[key as keyof Fru] === b[key as keyof Fru]);
