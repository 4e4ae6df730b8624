import { Injectable } from '@nestjs/common';
import { isDatabaseShared, type Config } from '../../config/config.js';
import { InjectConfig } from '../../config/config.module.js';
import { DomainError } from '../../shared/errors/domain-error.js';
import { RequestCoalescer } from '../../shared/concurrency/request-coalescer.js';
import { sleep } from '../../shared/concurrency/timers.js';
import { acquireLoopTurn, LoopSlicer } from '../../shared/event-loop.js';
import { Store } from '../../platform/store/store.js';
import { checkAddresses } from './checks/addresses.js';
import { checkMachines } from './checks/machines.js';
import { checkNetworks } from './checks/networks.js';
import { checkPools } from './checks/pools.js';
import { findingKey, type Check, type Finding, type Snapshot } from './fsck.js';
import { FsckRepairs } from './fsck-repair.service.js';
import { FsckSnapshots } from './fsck-snapshot.service.js';

const CHECKS: readonly Check[] = [checkNetworks, checkPools, checkAddresses, checkMachines];

/** Within this time, in milliseconds, a process sees the writes of others, and most operations in progress finish. */
const HORIZON = 2_000;
const HORIZON_ALONE = 300;

/** A violation, and its outcome if repairs were requested. */
export interface ExaminedFinding extends Finding {
  /** `undefined` if no repair was requested. */
  readonly outcome: string | undefined;
}

export interface RepairOptions {
  /** Only reports what would be repaired. */
  readonly dryRun: boolean;
  /** How many violations to repair at most. Those that cannot be repaired do not count. */
  readonly limit?: number | undefined;
  /** Called with the number of violations that are done, out of all. */
  readonly onTreated?: ((done: number, total: number) => void) | undefined;
}

const REPAIRED = 'repaired';
const BEYOND_LIMIT = 'not repaired: the limit of this request is reached';

/** Result of one check. */
export interface FsckReport {
  readonly findings: readonly ExaminedFinding[];
  /** Number of examined documents by kind. */
  readonly examined: Readonly<Record<string, number>>;
}

/** All violations in a snapshot, in the order of the checks. */
export const violations = (snapshot: Snapshot): Finding[] =>
  CHECKS.flatMap((check) => [...check(snapshot)]).filter((found) => found !== undefined);

/** The same, but yields to the event loop periodically. */
async function violationsInTurns(snapshot: Snapshot): Promise<Finding[]> {
  const slicer = new LoopSlicer();
  const findings: Finding[] = [];
  for (const check of CHECKS) {
    for (const found of check(snapshot)) {
      if (found) findings.push(found);
      if (slicer.due) await slicer.pause();
    }
  }
  return findings;
}

/**
 * Checks the consistency of networks, addresses, pools, machines and switches, and repairs violations where possible.
 */
@Injectable()
export class FsckService {
  private readonly horizon: number;
  private readonly coalescer = new RequestCoalescer<FsckReport>('checks');

  constructor(
    private readonly snapshots: FsckSnapshots,
    private readonly repairs: FsckRepairs,
    private readonly store: Store,
    @InjectConfig() config: Config,
  ) {
    this.horizon = isDatabaseShared(config) ? HORIZON : HORIZON_ALONE;
  }

  /**
   * Checks a second time, some time later, if the first pass finds anything: operations in progress look like
   * violations, but only briefly. Concurrent callers share one check, which yields to the event loop periodically.
   * Throws `unavailable` if this process's memory is out of sync with the database, because no conclusions can be
   * drawn then.
   */
  check(): Promise<FsckReport> {
    return this.coalescer.run('check', () => this.look());
  }

  private async look(): Promise<FsckReport> {
    await this.refuseWhenBehind();
    await acquireLoopTurn();
    const first = this.snapshots.take();
    const found = await violationsInTurns(first);
    if (found.length === 0) return reportOf(first, []);
    await sleep(this.horizon, { keepsAlive: true }); // keeps a process alive that does nothing else
    await this.refuseWhenBehind();
    await acquireLoopTurn();
    const second = this.snapshots.take();
    const before = new Set(found.map(findingKey));
    const again = await violationsInTurns(second);
    return reportOf(
      second,
      again.filter((finding) => before.has(findingKey(finding))),
    );
  }

  /**
   * Repairs every violation that can be repaired automatically, or reports what it would repair. Throws the same
   * errors as `check`. If the database is lost or replaced during the repairs, they stop, and the report says so for
   * the remaining violations.
   */
  async repair({ dryRun, limit = Infinity, onTreated }: RepairOptions): Promise<FsckReport> {
    const { identity } = this.store.installation;
    const report = await this.check();
    const same = (): boolean => this.store.ready && this.store.installation.identity.epoch === identity.epoch;
    const findings: ExaminedFinding[] = [];
    let repaired = 0;
    for (const finding of report.findings) {
      const isOver = Boolean(finding.repair) && !dryRun && repaired >= limit;
      const outcome = isOver ? BEYOND_LIMIT : await this.treat(finding, dryRun, same);
      findings.push({ ...finding, outcome });
      if (outcome === REPAIRED) repaired++;
      onTreated?.(findings.length, report.findings.length);
    }
    return { ...report, findings };
  }

  private async treat({ repair }: Finding, dryRun: boolean, isSame: () => boolean): Promise<string> {
    if (!repair) return 'an operator has to decide';
    if (dryRun) return 'would be repaired';
    if (!isSame()) return 'not repaired: the database was lost or replaced since the check';
    const failure = await this.repairs.apply(repair, () => sleep(this.horizon, { keepsAlive: true }));
    return failure === undefined ? REPAIRED : `not repaired: ${failure}`;
  }

  private async refuseWhenBehind(): Promise<void> {
    const { tables } = await this.store.health();
    const behind = tables.filter(({ synced }) => !synced).map(({ name }) => name);
    if (behind.length > 0) throw new DomainError('unavailable', `tables out of sync: ${behind.join(', ')}`);
  }
}

const reportOf = (snapshot: Snapshot, findings: readonly Finding[]): FsckReport => ({
  findings: findings.map((finding) => ({ ...finding, outcome: undefined })),
  examined: {
    networks: snapshot.networks.size,
    vrfs: snapshot.vrfs.length,
    asns: snapshot.asns.length,
    addresses: snapshot.addresses.size,
    machines: snapshot.machines.size,
    switches: snapshot.switches.length,
  },
});
