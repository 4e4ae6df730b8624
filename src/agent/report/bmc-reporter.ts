import type { AppLogger } from '../../shared/app-logger.js';
import type { Clock } from '../../shared/clock.js';
import { mapConcurrently } from '../../shared/concurrency/concurrency-limit.js';
import { withDeadline } from '../../shared/concurrency/deadline.js';
import { Scheduler } from '../../shared/concurrency/scheduler.js';
import { pluralize } from '../../shared/text.js';
import { BmcError } from '../bmc/bmc-driver.js';
import type { BmcTarget } from '../bmc/bmc-driver.js';
import type { BmcFindings, BmcInspector } from '../bmc/bmc-inspector.js';
import type { ManagementNetworks } from '../bmc/management-networks.js';
import type { FoundBmcs } from './bmc-sources.js';
import type { DhcpLease } from './lease.js';
import { toMachineIpmiReport } from './machine-ipmi-report.js';
import type { ReportedMachineIpmi } from './machine-ipmi-report.js';

export interface ReporterOptions {
  readonly partition: string;
  /** Milliseconds between the beginnings of two rounds. */
  readonly intervalMs: number;
  /** Maximum number of BMCs that are asked at the same time. */
  readonly concurrency: number;
  /** Milliseconds for one BMC. */
  readonly bmcTimeoutMs: number;
  /** Milliseconds after which findings are reported without those that are still missing. */
  readonly flushMs: number;
  readonly user: string;
  readonly password: string;
  readonly networks: ManagementNetworks;
  /** Beginnings of MACs that are not BMCs, in lower case. */
  readonly ignoredMacs: readonly string[];
}

/** The part of the API that takes reports. Rejects if the API cannot be reached or refuses the report. */
export type SendReports = (body: {
  readonly partitionid: string;
  readonly reports: Readonly<Record<string, ReportedMachineIpmi>>;
}) => Promise<{ readonly updated: readonly string[]; readonly created: readonly string[] }>;

/** What became of one BMC in the last round. */
export interface BmcSighting extends DhcpLease {
  /** `known` is reported under the UUID of its machine; an `unknown` one cannot be, for the given reason. */
  readonly state: 'known' | 'unknown';
  /** `""` for an unknown BMC. */
  readonly machine: string;
  readonly protocol: string;
  readonly reason: string;
}

/** Machines in one request; the API takes 5000. */
const MAX_REPORTS = 1000;

/**
 * Asks the BMCs of the partition what they know about their machines and reports it to the API, round after round. A
 * BMC that is slow delays itself only: it is given up after a while, and the findings of the others are reported without
 * waiting for it.
 */
export class BmcReporter {
  private readonly sightings = new Map<string, BmcSighting>();
  /** BMCs that were given up but still occupy a connection; they are not asked again before it ends. */
  private readonly busy = new Set<string>();
  private readonly jobs = new Scheduler((job, error) => this.log.warn(`${job} failed`, error));
  private isStopped = false;
  /** Time of the last report that the API took, in milliseconds since 1970; 0 if there was none. */
  lastReport = 0;

  constructor(
    private readonly find: (now: number) => Promise<FoundBmcs>,
    private readonly inspector: BmcInspector,
    private readonly send: SendReports,
    private readonly options: ReporterOptions,
    private readonly clock: Clock,
    private readonly log: AppLogger,
  ) {}

  /** The BMCs of the last round, sorted by address. */
  get bmcs(): readonly BmcSighting[] {
    return [...this.sightings.values()].sort((a, b) => (a.address < b.address ? -1 : 1));
  }

  start(): void {
    this.jobs.every(this.options.intervalMs, 'BMC report', () => this.round(), { first: 0 });
  }

  /** Begins no further round and waits for the running one, which asks no further BMC. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.jobs.stop();
  }

  /** One round. Sources that cannot be read and reports that the API does not take are logged; nothing is lost by that. */
  async round(): Promise<void> {
    const { leases, problems } = await this.find(this.clock.now());
    for (const problem of problems) this.log.warn(`BMC report: ${problem}`);
    const wanted = leases.filter(({ mac }) => !this.options.ignoredMacs.some((prefix) => mac.startsWith(prefix)));
    this.forgetAllBut(new Set(wanted.map(({ address }) => address)));
    const pending = new Map<string, ReportedMachineIpmi>();
    const seen = new Map<string, string>();
    const flushing = this.jobs.every(this.options.flushMs, 'BMC report', () => this.flush(pending));
    try {
      await mapConcurrently(wanted, this.options.concurrency, (lease) => this.visit(lease, seen, pending));
    } finally {
      await flushing.cancel();
    }
    await this.flush(pending);
    const unknown = this.bmcs.filter(({ state }) => state === 'unknown').length;
    this.log.info(`BMC report: ${pluralize(wanted.length, 'BMC')}, ${unknown} unknown`);
  }

  private async visit(
    lease: DhcpLease,
    seen: Map<string, string>,
    pending: Map<string, ReportedMachineIpmi>,
  ): Promise<void> {
    if (this.isStopped) return;
    const findings = await this.ask(lease);
    if (typeof findings === 'string') return this.note(lease, { reason: findings });
    const { uuid, protocol } = findings;
    if (uuid === undefined)
      return this.note(lease, { protocol, reason: 'the BMC does not know the UUID of its machine' });
    const twin = seen.get(uuid);
    if (twin !== undefined) return this.note(lease, { protocol, reason: `has the UUID ${uuid} of the BMC at ${twin}` });
    seen.set(uuid, lease.address);
    pending.set(uuid, toMachineIpmiReport(lease.address, findings));
    this.note(lease, { state: 'known', machine: uuid, protocol });
    if (pending.size >= MAX_REPORTS) await this.flush(pending);
  }

  /** The findings, or why there are none. */
  private async ask(lease: DhcpLease): Promise<BmcFindings | string> {
    const { address } = lease;
    if (this.busy.has(address)) return 'the BMC still has not answered the last round';
    this.busy.add(address);
    const answer = this.inspect(address).finally(() => this.busy.delete(address));
    const { bmcTimeoutMs } = this.options;
    const late = () => new BmcError('timeout', `the BMC did not answer everything within ${bmcTimeoutMs} ms`);
    try {
      return await withDeadline(answer, bmcTimeoutMs, late);
    } catch (error) {
      return error instanceof BmcError ? error.message : `could not be asked: ${String(error)}`;
    }
  }

  private async inspect(address: string): Promise<BmcFindings> {
    const { networks, user, password } = this.options;
    const target: BmcTarget = { host: address, port: 623, user, password, interface: 'lanplus', diskDevice: 0x08 };
    return this.inspector.inspect(await networks.resolveAllowed(target));
  }

  /** Logs a BMC when it becomes unknown, and when the reason changes. */
  private note(lease: DhcpLease, sighting: Partial<BmcSighting>): void {
    const now: BmcSighting = { ...lease, state: 'unknown', machine: '', protocol: '', reason: '', ...sighting };
    const before = this.sightings.get(lease.address);
    this.sightings.set(lease.address, now);
    if (now.state === 'unknown' && now.reason !== before?.reason) {
      this.log.warn(
        `BMC report: the BMC at ${lease.address}${lease.mac && ` (${lease.mac})`} is unknown: ${now.reason}`,
      );
    }
  }

  private forgetAllBut(addresses: ReadonlySet<string>): void {
    for (const address of this.sightings.keys()) if (!addresses.has(address)) this.sightings.delete(address);
  }

  /** Sends what is pending. If the API does not take it, the next round reports anew. */
  private async flush(pending: Map<string, ReportedMachineIpmi>): Promise<void> {
    if (pending.size === 0) return;
    const reports = Object.fromEntries(pending);
    pending.clear();
    try {
      const { updated, created } = await this.send({ partitionid: this.options.partition, reports });
      this.lastReport = this.clock.now();
      if (created.length > 0) this.log.info(`BMC report: new machines: ${created.slice(0, 20).join(', ')}`);
      const skipped = Object.keys(reports).length - updated.length - created.length;
      if (skipped > 0) this.log.warn(`BMC report: the API skipped ${skipped} machines; its log says why`);
    } catch (error) {
      this.log.warn('BMC report: the API did not take the report', error);
    }
  }
}
