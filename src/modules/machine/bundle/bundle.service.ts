import { Injectable } from '@nestjs/common';
import { createdEarlier, currentExecution } from '../../../platform/idempotency/current-execution.js';
import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import { acquireLoopTurn } from '../../../shared/event-loop.js';
import type { Bundle, BundledMachine, BundleRequest, Turn } from './bundle.js';
import type { WaitEntryId } from '../../../shared/id.js';
import { BundleRepository } from './bundle.repository.js';
import type { BundlePlan } from './bundle-plan.js';
import { BundlePlanner } from './bundle-planner.service.js';
import { BundlePreparation } from './bundle-preparation.service.js';
import type { AcquiredMembers } from './bundle-preparation.service.js';
import { BundleSettlement } from './bundle-settlement.service.js';
import type { AllocatedBundle } from './bundle-settlement.service.js';

/** Allocates machines, firewalls and addresses together, or none of them (docs/adr/0027-bundles.md). */
@Injectable()
export class BundleService {
  constructor(
    private readonly bundles: BundleRepository,
    private readonly planner: BundlePlanner,
    private readonly preparation: BundlePreparation,
    private readonly settlement: BundleSettlement,
    @InjectLogger() private readonly log: AppLogger,
  ) {}

  /**
   * Allocates all members of the request and returns them, or throws and nothing remains: the sweeper releases what an
   * undo cannot release now or a crash leaves behind, and completes what was decided. Throws one refusal that names every
   * member with a problem. Each call allocates anew, except that it continues an interrupted one with its idempotency
   * key.
   */
  async allocate(request: BundleRequest): Promise<AllocatedBundle> {
    const earlier = await this.decidedEarlier();
    if (earlier) return this.settlement.completed(earlier);
    await acquireLoopTurn();
    const plan = this.planner.plan(request);
    const decided = await this.decided(plan);
    const allocated = await this.settlement.completed(decided);
    this.preparation.settle(plan);
    return allocated;
  }

  /**
   * Decides the bundle of an entry of the waiting list, which no other attempt for the entry can do from then on; the
   * result of an earlier attempt if that has decided one. Completing it is up to the caller. Throws as `allocate` does.
   */
  async decideFor(request: BundleRequest, turn: Turn): Promise<Bundle> {
    const earlier = await this.decidedFor(turn.entry);
    if (earlier) return earlier;
    await acquireLoopTurn();
    const plan = this.planner.plan(request, turn.entry);
    const decided = await this.decided(plan, turn);
    this.preparation.settle(plan);
    return decided;
  }

  /** The bundle that an attempt for the entry has decided. Undoes those that were interrupted. */
  async decidedFor(entry: WaitEntryId): Promise<Bundle | undefined> {
    const bundle = this.bundles.ofEntry(entry);
    if (bundle === undefined) return undefined;
    return (await this.settlement.undo(bundle)) ?? this.decidedFor(entry);
  }

  /** The bundle that an earlier execution of the current request has decided. Undoes those that were interrupted. */
  private async decidedEarlier(): Promise<Bundle | undefined> {
    const bundle = createdEarlier((execution) => this.bundles.ofExecution(execution));
    if (bundle === undefined) return undefined;
    return (await this.settlement.undo(bundle)) ?? this.decidedEarlier();
  }

  /** Acquires everything and decides the bundle, or releases everything and throws. */
  private async decided(plan: BundlePlan, turn?: Turn): Promise<Bundle> {
    const members = plan.machines.map(({ allocation, specification: { request } }) => ({
      allocation,
      role: request.role,
    }));
    const bundle = await this.bundles.open(members, turn?.entry);
    const acquired: AcquiredMembers = { claimed: new Map(), invitations: [] };
    try {
      const addresses = await this.preparation.prepare(bundle.id, plan, acquired);
      await (turn ?? currentExecution())?.confirm();
      const held = addresses.map((ip) => ({ address: ip.id, uuid: ip.allocationUuid }));
      return await this.bundles.decide(bundle.id, withMachines(bundle, acquired), held);
    } catch (error) {
      const outcome = await this.undo({ ...bundle, machines: withMachines(bundle, acquired) }, plan);
      if (outcome === 'undone') for (const invitation of acquired.invitations) await invitation.withdraw();
      if (typeof outcome === 'object') return outcome;
      throw error;
    }
  }

  /** The bundle when it turns out that it is decided: only the answer of the database was lost. */
  private async undo(bundle: Bundle, plan: BundlePlan): Promise<Bundle | 'undone' | 'unknown'> {
    try {
      const decided = await this.settlement.undo(bundle);
      if (decided) return decided;
      await this.preparation.abandon(plan);
      return 'undone';
    } catch (error) {
      this.log.warn(`bundle ${bundle.id} could not be undone now, the sweeper will retry`, error);
      return 'unknown';
    }
  }
}

/** The machines and firewalls of the bundle with what is claimed for them. */
const withMachines = ({ machines }: Bundle, { claimed }: AcquiredMembers): readonly BundledMachine[] =>
  machines.map((one) => {
    const machineId = claimed.get(one.allocation)?.id;
    return machineId === undefined ? one : { ...one, machineId };
  });
