import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import { ExpiringMap } from '../../../shared/concurrency/expiring-map.js';
import { InjectConfig } from '../../../config/config.module.js';
import { isDatabaseShared } from '../../../config/config.js';
import type { Config } from '../../../config/config.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import type { Content } from '../../../shared/document.js';
import { systemClock } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { KeyedBatcher } from '../../../shared/concurrency/keyed-batcher.js';
import type { AllocationId, PartitionId, SizeId, WaitEntryId } from '../../../shared/id.js';
import { memoizeByIdentity } from '../../../shared/memoize-by-identity.js';
import { layoutProblem } from '../../filesystem-layout/filesystem-layout.js';
import type { FilesystemLayout, MachineDisks } from '../../filesystem-layout/filesystem-layout.js';
import { MachineRepository } from '../core/machine.repository.js';
import { EventService } from '../event/event.service.js';
import type { Machine } from '../machine.js';
import { candidateKey, ownedKey } from '../machine.table.js';
import { placementLedgerTable } from './allocation-ledgers.table.js';
import { summarize } from './explanation.js';
import { feedHorizon } from './feed-horizon.js';
import { NoMachineAvailable } from './no-machine-available.js';
import { appendPlacement, unseenPlacements } from './placement-ledger.js';
import type { PlacementEntry, PlacementLedger } from './placement-ledger.js';
import { LocalPlacementLedgers } from './placement-ledgers.js';
import type { PlacementLedgers } from './placement-ledgers.js';
import { PriorClaims } from './prior-claims.service.js';
import { selectMachines } from './select-machines.js';
import type { SelectionContext } from './select-machines.js';
import type { Specification } from './specification.js';
import { isGranted } from './wanted.js';
import type { Outcomes, WantedMachine } from './wanted.js';

/** Maximum number of decisions per write; each takes up to a millisecond that blocks the event loop. */
const TOGETHER = 32;

/** How long the summary of a refusal is good for others of the same kind, in milliseconds: refusals come in bursts. */
const SUMMARY_TTL = 1_000;
const MAX_SUMMARIES = 100;

/** Decides which machine an allocation by size takes, one decision after the other for each size in a partition. */
@Injectable()
export class PlacementService {
  private readonly horizon: number;
  private readonly placements: PlacementLedgers;
  private readonly placing = new KeyedBatcher<WantedMachine, Machine | Error>(
    async (id, wanted) =>
      (
        await this.placeAll(
          id,
          wanted.map((one) => [one]),
        )
      ).map(([outcome]) => outcome!),
    TOGETHER,
  );

  private readonly summaries = new ExpiringMap<string, string>(SUMMARY_TTL, systemClock, MAX_SUMMARIES);

  constructor(
    private readonly machines: MachineRepository,
    @InjectTable(placementLedgerTable) stored: Table<PlacementLedger>,
    @InjectConfig() config: Config,
    @InjectClock() private readonly clock: Clock,
    private readonly events: EventService,
    private readonly priorClaims: PriorClaims,
  ) {
    this.horizon = feedHorizon(config);
    this.placements = isDatabaseShared(config) ? stored : new LocalPlacementLedgers();
  }

  /** Chooses a machine and records the decision in the ledger. Throws `NoMachineAvailable`. */
  async place(wanted: WantedMachine): Promise<Machine> {
    const { specification } = wanted;
    const id = ledgerId(specification.partition.id, specification.size.id);
    const outcome = await this.placing.submit(id, wanted);
    if (!(outcome instanceof Error)) return outcome;
    throw this.withSummary(outcome, specification);
  }

  /**
   * Chooses machines for several allocations, all or nothing: those of one size in a partition by one decision, and if one
   * of them gets no machine, none is recorded there, and nothing is decided after it.
   */
  async placeTogether(wanted: readonly WantedMachine[]): Promise<Outcomes<Machine>> {
    const outcomes = new Map<AllocationId, Machine | Error>();
    // In one order, so that of two requests for several sizes one gets all it needs.
    for (const [id, group] of [...byLedger(wanted)].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const [placed = []] = await this.placeAll(id, [group]);
      this.note(group, placed, outcomes);
      if (!isGranted(outcomes)) break;
    }
    return outcomes;
  }

  /**
   * What `placeTogether` would decide now, as far as memory knows, while the machines of `named` are taken; records
   * nothing.
   */
  previewTogether(
    wanted: readonly WantedMachine[],
    named: readonly (WantedMachine & { machine: Machine })[],
  ): Outcomes<Machine> {
    const outcomes = new Map<AllocationId, Machine | Error>();
    for (const [id, group] of byLedger(wanted)) {
      let ledger: Content<PlacementLedger> = this.placements.get(id) ?? { id, entries: [] };
      for (const one of named) ledger = this.append(ledger, one.machine, one);
      this.note(group, this.decideGroup(ledger, group).outcomes, outcomes);
    }
    return outcomes;
  }

  /** Removes a failed allocation from the ledger. Idempotent. */
  async leave({ partition, size }: Specification, allocation: AllocationId): Promise<void> {
    const id = ledgerId(partition.id, size.id);
    const placement = this.placements.get(id);
    if (!placement?.entries.some((entry) => entry.allocation === allocation)) return;
    await this.placements.upsert(id, (ledger) => withoutEntry(ledger ?? placement, allocation));
  }

  /** What a choice would depend on now, as far as memory knows. */
  selectionContext(specification: Specification): SelectionContext {
    const { partition, size } = specification;
    const { entries = [] } = this.placements.get(ledgerId(partition.id, size.id)) ?? {};
    return this.situation(specification, this.unseen(entries));
  }

  /** The number of machines of the size in the partition that are free and wait, whether or not they are alive. */
  candidates(partitionId: PartitionId, sizeId: SizeId): number {
    return this.machines.by('candidate', candidateKey(partitionId, sizeId)).length;
  }

  /** A refusal for lack of machines with how many of the partition each filter leaves; other errors as they are. */
  private withSummary(refusal: Error, specification: Specification): Error {
    if (!(refusal instanceof NoMachineAvailable)) return refusal;
    const { partition, size, layout } = specification;
    const key = JSON.stringify([partition.id, size.id, layout.id]);
    let summary = this.summaries.get(key);
    if (summary === undefined) {
      summary = summarize(this.machines.by('partition', partition.id), this.selectionContext(specification));
      this.summaries.set(key, summary);
    }
    return new NoMachineAvailable(`${refusal.message} (${summary})`, { cause: refusal });
  }

  /**
   * Decides all concurrent requests in one write of the ledger; each sees the decisions made before its own. Those of a
   * group are recorded together or not at all.
   */
  private async placeAll(
    id: string,
    groups: readonly (readonly WantedMachine[])[],
  ): Promise<readonly (readonly (Machine | Error)[])[]> {
    let placed: (readonly (Machine | Error)[])[] = [];
    await this.placements.upsert(id, (ledger) => {
      let next: Content<PlacementLedger> = ledger ?? { id, entries: [] };
      placed = groups.map((group) => {
        const { outcomes, ledger: after } = this.decideGroup(next, group);
        if (!outcomes.some((outcome) => outcome instanceof Error)) next = after;
        return outcomes;
      });
      return next;
    });
    return placed;
  }

  private decideGroup(
    before: Content<PlacementLedger>,
    group: readonly WantedMachine[],
  ): { readonly outcomes: readonly (Machine | Error)[]; readonly ledger: Content<PlacementLedger> } {
    let ledger = before;
    const outcomes = group.map((one) => {
      try {
        const chosen = this.decide(ledger, one);
        ledger = this.append(ledger, chosen, one);
        return chosen;
      } catch (error) {
        return error as Error;
      }
    });
    return { outcomes, ledger };
  }

  private append(ledger: Content<PlacementLedger>, machine: Machine, one: WantedMachine): Content<PlacementLedger> {
    return appendPlacement(ledger, ledger.id, this.entry(machine, one), this.lookup, this.horizon);
  }

  /** Adds what a group got; refusals with the summary that a single allocation gets. */
  private note(
    group: readonly WantedMachine[],
    placed: readonly (Machine | Error)[],
    outcomes: Map<AllocationId, Machine | Error>,
  ): void {
    group.forEach(({ specification, allocation }, index) => {
      const outcome = placed[index]!;
      outcomes.set(allocation, outcome instanceof Error ? this.withSummary(outcome, specification) : outcome);
    });
  }

  private decide({ entries }: Pick<PlacementLedger, 'entries'>, one: WantedMachine): Machine {
    const { specification, allocation } = one;
    const others = this.unseen(entries).filter((entry) => entry.allocation !== allocation);
    const best = selectMachines(this.situation(specification, others, one.entry));
    return best[randomInt(best.length)]!;
  }

  private unseen(entries: readonly PlacementEntry[]): readonly PlacementEntry[] {
    return unseenPlacements(entries, this.lookup, this.clock.now());
  }

  private readonly lookup = (machineId: string): Machine | undefined => this.machines.get(machineId);

  private situation(
    { request, partition, size, project, layout }: Specification,
    pending: readonly PlacementEntry[],
    entry?: WaitEntryId,
  ): SelectionContext {
    const taken = new Set(pending.map(({ machineId }) => machineId));
    const owned = (owner: string): readonly Machine[] =>
      this.machines.by('owned', ownedKey(partition.id, size.id, owner));
    return {
      candidates: this.machines.by('candidate', candidateKey(partition.id, size.id)),
      partitionId: partition.id,
      sizeId: size.id,
      isChosen: (id) => taken.has(id),
      livelinessOf: (id) => this.events.find(id)?.liveliness,
      ofProject: [
        ...owned(project.id)
          .filter((machine) => (machine.allocation ?? machine.claim)?.role === request.role)
          .map(placed),
        ...pending.filter((other) => other.project === project.id && other.role === request.role),
      ],
      placementTags: request.placementTags,
      project: project.id,
      reservations: this.priorClaims.reservationsOf(partition.id, size.id),
      usedBy: (owner: string) => owned(owner).length + pending.filter((other) => other.project === owner).length,
      awaited: this.priorClaims.awaited(partition.id, size.id, entry),
      misfit: (machine: Machine) => misfitOf(machine.hardware.disks, layout),
    };
  }

  private entry(machine: Machine, { specification: { request, project }, allocation }: WantedMachine): PlacementEntry {
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
}

/** Layout and disks rarely change, and every allocation asks for every candidate. */
const misfitOf = memoizeByIdentity((disks: MachineDisks, layout: FilesystemLayout) => layoutProblem(layout, disks));

const ledgerId = (partitionId: string, sizeId: string): string => `${partitionId}/${sizeId}`;

/** Grouped by the ledger that decides. */
function byLedger(wanted: readonly WantedMachine[]): ReadonlyMap<string, readonly WantedMachine[]> {
  const groups = new Map<string, WantedMachine[]>();
  for (const one of wanted) {
    const id = ledgerId(one.specification.partition.id, one.specification.size.id);
    const group = groups.get(id);
    if (group) group.push(one);
    else groups.set(id, [one]);
  }
  return groups;
}

const placed = (machine: Machine) => ({
  rackId: machine.rackId,
  tags: machine.allocation ? machine.tags : (machine.claim?.tags ?? []),
});

const withoutEntry = (ledger: Content<PlacementLedger>, allocation: AllocationId): Content<PlacementLedger> => ({
  ...ledger,
  entries: ledger.entries.filter((entry) => entry.allocation !== allocation),
});
