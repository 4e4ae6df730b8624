import { Injectable } from '@nestjs/common';
import { isShared, type Config } from '../../config/config.js';
import { InjectConfig } from '../../config/config.module.js';
import { sleep } from '../../shared/async.js';
import { DomainError } from '../../shared/errors/domain-error.js';
import { SharedRuns } from '../../shared/shared-runs.js';
import { ownTurn, Slices } from '../../shared/turns.js';
import { Store } from '../../platform/store/store.js';
import { checkAddresses } from './checks/addresses.js';
import { checkMachines } from './checks/machines.js';
import { checkNetworks } from './checks/networks.js';
import { checkPools } from './checks/pools.js';
import { keyOf, type Check, type Finding, type Snapshot } from './fsck.js';
import { FsckRepairs } from './fsck-repair.service.js';
import { FsckSnapshots } from './fsck-snapshot.service.js';

const CHECKS: readonly Check[] = [checkNetworks, checkPools, checkAddresses, checkMachines];

/** Within this time, in milliseconds, a process has seen what others wrote, and most of what is under way is over. */
const HORIZON = 2_000;
const HORIZON_ALONE = 300;

/** A violation, and what became of it when repairs were asked for. */
export interface Examined extends Finding {
  /** `undefined` when nothing was to be repaired. */
  readonly outcome: string | undefined;
}

/** The result of one look. */
export interface FsckReport {
  readonly findings: readonly Examined[];
  /** How many documents of each kind were examined. */
  readonly examined: Readonly<Record<string, number>>;
}

/** All violations in a snapshot, in the order of the invariants. */
export const violations = (snapshot: Snapshot): Finding[] =>
  CHECKS.flatMap((check) => [...check(snapshot)]).filter((found) => found !== undefined);

/** The same, but gives way to others now and then. */
async function violationsInTurns(snapshot: Snapshot): Promise<Finding[]> {
  const slices = new Slices();
  const findings: Finding[] = [];
  for (const check of CHECKS) {
    for (const found of check(snapshot)) {
      if (found) findings.push(found);
      if (slices.due) await slices.pause();
    }
  }
  return findings;
}

/** Compares what the documents of networking say of each other, and repairs what it can. */
@Injectable()
export class FsckService {
  private readonly horizon: number;
  private readonly runs = new SharedRuns<FsckReport>('checks');

  constructor(
    private readonly snapshots: FsckSnapshots,
    private readonly repairs: FsckRepairs,
    private readonly store: Store,
    @InjectConfig() config: Config,
  ) {
    this.horizon = isShared(config) ? HORIZON : HORIZON_ALONE;
  }

  /**
   * Looks twice, some time apart, when the first look finds anything: what is under way at the moment looks like a
   * violation, but not for long. Once for all who ask at the same time, and gives way to others now and then. Throws
   * `unavailable` when the memory of this process is not in step with the database: then nothing may be concluded from it.
   */
  check(): Promise<FsckReport> {
    return this.runs.ask('check', () => this.look());
  }

  private async look(): Promise<FsckReport> {
    await this.refuseWhenBehind();
    await ownTurn();
    const first = this.snapshots.take();
    const found = await violationsInTurns(first);
    if (found.length === 0) return reportOf(first, []);
    await sleep(this.horizon);
    await this.refuseWhenBehind();
    await ownTurn();
    const second = this.snapshots.take();
    const before = new Set(found.map(keyOf));
    const again = await violationsInTurns(second);
    return reportOf(
      second,
      again.filter((finding) => before.has(keyOf(finding))),
    );
  }

  /**
   * Repairs every violation that needs no decision, or says what it would do. Throws like `check`; once it has begun to
   * repair, a database that is lost or replaced ends the repairs, and the report says so of all that are left.
   */
  async repair(dryRun: boolean): Promise<FsckReport> {
    const { identity } = this.store.installation;
    const report = await this.check();
    const same = (): boolean => this.store.ready && this.store.installation.identity.epoch === identity.epoch;
    const findings: Examined[] = [];
    for (const finding of report.findings) {
      findings.push({ ...finding, outcome: await this.treat(finding, dryRun, same) });
    }
    return { ...report, findings };
  }

  private async treat({ repair }: Finding, dryRun: boolean, isSame: () => boolean): Promise<string> {
    if (!repair) return 'a person has to decide';
    if (dryRun) return 'would be repaired';
    if (!isSame()) return 'not repaired: the database was lost or replaced since it was looked at';
    const failure = await this.repairs.carryOut(repair, () => sleep(this.horizon));
    return failure === undefined ? 'repaired' : `not repaired: ${failure}`;
  }

  private async refuseWhenBehind(): Promise<void> {
    const { tables } = await this.store.health();
    const behind = tables.filter(({ synced }) => !synced).map(({ name }) => name);
    if (behind.length > 0) throw new DomainError('unavailable', `tables not in step: ${behind.join(', ')}`);
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
