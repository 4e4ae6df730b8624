import { randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectConfig } from '../../../config/config.module.js';
import { isShared } from '../../../config/config.js';
import type { Config } from '../../../config/config.js';
import { ProcessIdentity } from '../../../platform/process/process-identity.js';
import { believed } from '../../../platform/store/believed.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import type { Content } from '../../../shared/document.js';
import { backoff, sleep } from '../../../shared/async.js';
import { CLOCK, timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { DomainError, invalid, isDomainError, notFound } from '../../../shared/errors/domain-error.js';
import { JointRuns } from '../../../shared/joint-runs.js';
import { misfitOf } from '../../filesystem-layout/filesystem-layout.js';
import { SizeReservationService } from '../../size/size-reservation.service.js';
import { EventService } from '../event/event.service.js';
import { isUnowned, underWay } from '../machine.js';
import type { Machine } from '../machine.js';
import { candidateKey, machineTable, ownedKey } from '../machine.table.js';
import { choose } from './choose.js';
import { enter, unseen } from './ledger.js';
import type { Ledger, LedgerEntry } from './ledger.js';
import { placementLedgerTable, quotaLedgerTable } from './ledger.table.js';
import { enterQuota } from './quota.js';
import type { QuotaLedger } from './quota.js';
import type { Specification } from './specification.js';

/** Within this time, in milliseconds, every replica has seen a write of another. A single process sees its own at once. */
const FEED_HORIZON = 2_000;

const ATTEMPTS = 50;

/** Decisions in one write; each costs up to a millisecond, during which nobody else is served. */
const TOGETHER = 32;

/** A machine that an allocation asks for. */
interface Wanted {
  readonly specification: Specification;
  readonly allocation: string;
}

type Machines = Table<Machine, 'candidate' | 'owned' | 'owner' | 'allocation'>;

/** Finds a machine for a specification and makes it the allocation's own, before anything else is acquired. */
@Injectable()
export class ClaimService {
  private readonly horizon: number;
  private readonly placing = new JointRuns<Wanted, Machine | Error>(
    (id, wanted) => this.placeAll(id, wanted),
    TOGETHER,
  );

  constructor(
    @InjectTable(machineTable) private readonly machines: Machines,
    @InjectTable(placementLedgerTable) private readonly placements: Table<Ledger>,
    @InjectTable(quotaLedgerTable) private readonly quotas: Table<QuotaLedger>,
    @InjectConfig() private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly reservations: SizeReservationService,
    private readonly events: EventService,
    private readonly process: ProcessIdentity,
  ) {
    this.horizon = isShared(config) ? FEED_HORIZON : 0;
  }

  /**
   * Claims a machine for the allocation-to-be `allocation`. Throws `invalid` when there is none, `not-found` for an
   * unknown uuid, and when the quota of the project is used up. Conflicts with other claims are resolved here.
   */
  async claim(specification: Specification, allocation: string): Promise<Machine> {
    await this.enterQuota(specification, allocation);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { uuid } = specification.request;
      const chosen = uuid ? await this.exactly(uuid, specification) : await this.place(specification, allocation);
      try {
        return await this.machines.replace(this.claimed(chosen, specification, allocation), chosen.revision);
      } catch (error) {
        if (!isDomainError(error, 'conflict', 'not-found')) throw error;
        await sleep(backoff(attempt));
      }
    }
    throw new DomainError('unavailable', 'too many allocations compete for the same machines, try again later');
  }

  /** Takes a failed allocation out of the ledgers; the machine's claim itself is not touched. Idempotent. */
  async abandon({ partition, size, project, ...specification }: Specification, allocation: string): Promise<void> {
    const id = ledgerId(partition.id, size.id);
    const placement = this.placements.get(id);
    if (placement?.entries.some((entry) => entry.allocation === allocation)) {
      await this.placements.upsert(id, (ledger) => withoutEntry(ledger ?? placement, allocation));
    }
    if (quotaOf({ project, ...specification }) !== undefined) await this.leaveQuota(project.id, allocation);
  }

  /**
   * Takes a successful allocation out of the quota ledger, as soon as every replica sees the machine itself. Not waited
   * for: until then, or if this process dies before, the entry is merely ignored by whoever sees the machine.
   */
  fulfilled({ project, ...specification }: Specification, allocation: string): void {
    if (quotaOf({ project, ...specification }) === undefined) return;
    const leave = (): void => void this.leaveQuota(project.id, allocation).catch(() => undefined);
    setTimeout(leave, this.horizon).unref();
  }

  private async leaveQuota(project: string, allocation: string): Promise<void> {
    await this.quotas.upsert(project, (ledger) => ({
      id: project,
      pending: (ledger?.pending ?? []).filter((entry) => entry.allocation !== allocation),
    }));
  }

  private claimed(machine: Machine, { request, project }: Specification, allocation: string): Machine {
    const now = this.clock.now();
    const deadline = timestamp(now + this.config.allocation.timeout);
    const whose = { allocation, project: project.id, role: request.role, tags: request.tags };
    const claim = { ...whose, deadline, by: this.process.id, undoing: false };
    return { ...machine, claim, changed: timestamp(now) };
  }

  /** A refusal is only believed when the database says so too: another replica may have just freed the machine. */
  private async exactly(uuid: string, specification: Specification): Promise<Machine> {
    try {
      return this.allocatable(uuid, this.machines.get(uuid), specification);
    } catch {
      const stored = await this.machines.fresh(uuid);
      try {
        return this.allocatable(uuid, stored, specification);
      } catch (error) {
        throw believed(error);
      }
    }
  }

  /** By uuid a machine may also be reserved, or not wait: that is what reserving is for (reference/10 §3.4). */
  private allocatable(uuid: string, machine: Machine | undefined, { layout }: Specification): Machine {
    if (!machine) throw notFound('machine', uuid);
    if (machine.state.value === 'LOCKED') throw invalid(`machine "${uuid}" is locked: ${machine.state.description}`);
    const busy = underWay(machine, this.clock.now());
    if (busy !== undefined) throw invalid(busy);
    if (!isUnowned(machine)) throw invalid(`machine "${uuid}" is already allocated`);
    const reason = misfitOf(layout, machine.hardware.disks);
    if (reason !== undefined) throw invalid(`machine "${uuid}" cannot take the filesystem layout: ${reason}`);
    return machine;
  }

  private async place(specification: Specification, allocation: string): Promise<Machine> {
    const id = ledgerId(specification.partition.id, specification.size.id);
    const outcome = await this.placing.join(id, { specification, allocation });
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  /** Decides for all who ask at the same time in one write of the ledger; each sees the decisions before its own. */
  private async placeAll(id: string, wanted: readonly Wanted[]): Promise<readonly (Machine | Error)[]> {
    let outcomes: (Machine | Error)[] = [];
    await this.placements.upsert(id, (ledger) => {
      let next: Content<Ledger> = ledger ?? { id, entries: [] };
      outcomes = wanted.map((one) => {
        try {
          const chosen = this.decide(next, one);
          next = enter(next, id, this.entry(chosen, one), this.lookup, this.horizon);
          return chosen;
        } catch (error) {
          return error as Error;
        }
      });
      return next;
    });
    return outcomes;
  }

  private decide({ entries }: Pick<Ledger, 'entries'>, { specification, allocation }: Wanted): Machine {
    const others = unseen(entries, this.lookup).filter((entry) => entry.allocation !== allocation);
    const best = choose(this.situation(specification, others));
    return best[randomInt(best.length)]!;
  }

  private readonly lookup = (machineId: string): Machine | undefined => this.machines.get(machineId);

  private situation({ request, partition, size, project, layout }: Specification, pending: readonly LedgerEntry[]) {
    const taken = new Set(pending.map((entry) => entry.machineId));
    const owned = (owner: string): readonly Machine[] =>
      this.machines.by('owned', ownedKey(partition.id, size.id, owner));
    return {
      available: this.machines
        .by('candidate', candidateKey(partition.id, size.id))
        .filter(({ id }) => !taken.has(id) && this.events.find(id)?.liveliness === 'Alive'),
      ofProject: [
        ...owned(project.id)
          .filter((machine) => (machine.allocation ?? machine.claim)?.role === request.role)
          .map(placed),
        ...pending.filter((entry) => entry.project === project.id && entry.role === request.role),
      ],
      placementTags: request.placementTags,
      project: project.id,
      reservations: this.reservations.forSize(size.id, partition.id),
      usedBy: (owner: string) => owned(owner).length + pending.filter((entry) => entry.project === owner).length,
      misfit: (machine: Machine) => misfitOf(layout, machine.hardware.disks),
    };
  }

  private entry(machine: Machine, { specification: { request, project }, allocation }: Wanted): LedgerEntry {
    return {
      machineId: machine.id,
      seen: machine.revision,
      allocation,
      project: project.id,
      role: request.role,
      rackId: machine.rackId,
      tags: request.tags,
      at: this.clock.now(),
    };
  }

  private async enterQuota(specification: Specification, allocation: string): Promise<void> {
    const quota = quotaOf(specification);
    if (quota === undefined) return;
    const { id } = specification.project;
    await this.quotas.upsert(id, (ledger) =>
      enterQuota(ledger, id, allocation, {
        quota,
        machines: this.machines
          .by('owner', id)
          .filter((machine) => (machine.allocation ?? machine.claim)?.role === 'machine').length,
        shown: (other) => this.machines.by('allocation', other).length > 0,
        now: this.clock.now(),
      }),
    );
  }
}

const ledgerId = (partitionId: string, sizeId: string): string => `${partitionId}/${sizeId}`;

const placed = (machine: Machine) => ({
  rackId: machine.rackId,
  tags: machine.allocation ? machine.tags : (machine.claim?.tags ?? []),
});

const withoutEntry = (ledger: Ledger, allocation: string): Content<Ledger> => ({
  ...ledger,
  entries: ledger.entries.filter((entry) => entry.allocation !== allocation),
});

/** Quotas count machines only; firewalls are free (reference/10 §3.3.10, DO). */
const quotaOf = ({ request, project }: Pick<Specification, 'request' | 'project'>): number | undefined =>
  request.role === 'machine' ? project.quotas.machine : undefined;
