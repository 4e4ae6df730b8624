import { Injectable } from '@nestjs/common';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { acquireLoopTurn } from '../../../shared/event-loop.js';
import type { NetworkAssignment } from '../../network/machine-networks.js';
import { NetworkService } from '../../network/network.service.js';
import { MachineRepository } from '../core/machine.repository.js';
import { AllocationCatalog } from './allocation-catalog.js';
import { ClaimService } from './claim.service.js';
import { explainSelection, filterMachine, summaryOf } from './explanation.js';
import type { SelectionExplanation } from './explanation.js';
import { MachineQuotas } from './machine-quotas.service.js';
import { PlacementService } from './placement.service.js';
import type { AllocationRequest } from './request.js';
import type { Specification } from './specification.js';

/** How many addresses a network has for new allocations. */
export interface AddressesLeft {
  readonly networkId: string;
  readonly family: string;
  readonly left: number;
}

/** What an allocation would do; parts that come after the rule that refuses the request are left out. */
export interface AllocationExplanation extends Partial<SelectionExplanation> {
  /** The message of the first rule that refuses; undefined when the request would be granted. */
  readonly refusal: string | undefined;
  readonly summary?: string;
  readonly addresses?: readonly AddressesLeft[];
  readonly machine?: {
    readonly id: string;
    readonly rackId: string | undefined;
    readonly filters: ReturnType<typeof filterMachine>;
  };
}

/** The message of a refusal. */
function refusalOf(action: () => void): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return error.message;
  }
}

/** Explains what an allocation would do, by the same rules and without doing it (docs/guide/explain.md). */
@Injectable()
export class ExplanationService {
  constructor(
    private readonly machines: MachineRepository,
    private readonly catalog: AllocationCatalog,
    private readonly networks: NetworkService,
    private readonly quotas: MachineQuotas,
    private readonly claims: ClaimService,
    private readonly placement: PlacementService,
  ) {}

  /**
   * What `allocate` would do now and why, as far as memory knows, by the same rules in the same order; changes nothing.
   * `machineId` asks what speaks against one machine. Throws `not-found` for that machine only: whatever refuses the
   * request itself is the answer.
   */
  async explain(asked: AllocationRequest, machineId: string | undefined): Promise<AllocationExplanation> {
    await acquireLoopTurn();
    const subject = machineId === undefined ? undefined : this.catalog.machine(machineId);
    const request = this.catalog.withStoredId(asked);
    let specification: Specification | undefined;
    let assignments: readonly NetworkAssignment[] = [];
    const refusal = refusalOf(() => {
      specification = this.catalog.specify(request);
      assignments = this.networks.assignNetworks(specification.request, specification.partition.id);
      this.quotas.check(specification);
      if (request.uuid) this.claims.checkMachine(request.uuid, specification);
    });
    if (!specification) return { refusal };
    const addresses = this.addressesLeft(assignments);
    const used = addresses.find(({ left }) => left <= 0);
    const usedUp = used && `no free ${used.family} address is left in network "${used.networkId}"`;
    if (request.uuid) return { refusal: refusal ?? usedUp, addresses, best: [request.uuid] };
    const context = this.placement.selectionContext(specification);
    const selection = explainSelection(this.machines.list(), context);
    return {
      ...selection,
      summary: summaryOf(this.machines.size, selection.filters),
      refusal: refusal ?? selection.refusal ?? usedUp,
      addresses,
      ...(subject && { machine: { id: subject.id, rackId: subject.rackId, filters: filterMachine(subject, context) } }),
    };
  }

  /** For networks that an allocation gets a new address in. */
  private addressesLeft(assignments: readonly NetworkAssignment[]): AddressesLeft[] {
    return assignments
      .filter(({ auto }) => auto)
      .flatMap(({ network }) =>
        Object.entries(this.networks.consumption(network)).map(([family, { availableIps, usedIps }]) => ({
          networkId: network.id,
          family,
          left: availableIps - usedIps,
        })),
      );
  }
}
