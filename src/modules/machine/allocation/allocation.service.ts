import { Injectable } from '@nestjs/common';
import { currentExecution, newCreatedId } from '../../../platform/idempotency/current-execution.js';
import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import type { AllocationId } from '../../../shared/id.js';
import { NetworkService } from '../../network/network.service.js';
import { VpnService } from '../../vpn/vpn.service.js';
import type { Machine } from '../machine.js';
import type { Acquisition } from './acquisition.js';
import { AllocationCatalog } from './allocation-catalog.js';
import { ClaimService } from './claim.service.js';
import { ExecutionService } from './execution.service.js';
import { IdenticalRequests } from './identical-requests.js';
import type { AllocationRequest } from './request.js';
import type { Specification } from './specification.js';

/** Allocates machines and firewalls to projects (docs/concepts/design.md#allocation-and-release). */
@Injectable()
export class AllocationService {
  private readonly identical = new IdenticalRequests();

  constructor(
    private readonly catalog: AllocationCatalog,
    private readonly claims: ClaimService,
    private readonly execution: ExecutionService,
    private readonly networks: NetworkService,
    @InjectLogger() private readonly log: AppLogger,
    private readonly vpn: VpnService,
  ) {}

  /**
   * Allocates a machine or firewall and returns it. Either everything is acquired and stored, or nothing remains: the
   * sweeper releases whatever an undo cannot release now or a crash leaves behind. Throws the errors of
   * `resolveSpecification`, `ClaimService.claim` and `ExecutionService.execute`. Each call allocates another machine,
   * except that it joins an identical one in progress, and continues an interrupted one with its idempotency key.
   */
  allocate(asked: AllocationRequest): Promise<Machine> {
    if (currentExecution()) return this.allocateAnother(asked);
    return this.identical.join(asked, () => this.allocateAnother(asked));
  }

  private async allocateAnother(asked: AllocationRequest): Promise<Machine> {
    const earlier = await this.execution.allocatedEarlier();
    if (earlier) return earlier;
    const specification = this.catalog.specify(this.catalog.withStoredId(asked));
    const { request } = specification;
    const assignments = this.networks.assignNetworks(request, specification.partition.id);
    const vpn = request.role === 'firewall' ? await this.vpn.invite(specification.project.id) : undefined;
    const allocation: AllocationId = newCreatedId();
    const acquisition = this.execution.acquisition(specification, assignments, allocation);
    let claimed: Machine | undefined;
    try {
      claimed = await this.claims.claim(specification, allocation, acquisition);
      await currentExecution()?.confirm();
      const machine = await this.execution.execute(claimed, specification, acquisition, vpn?.membership);
      this.claims.settle(specification, allocation);
      return machine;
    } catch (error) {
      const outcome = await this.undo(specification, allocation, acquisition, claimed);
      if (outcome === 'undone') await vpn?.withdraw();
      if (typeof outcome === 'object') return outcome;
      throw error;
    }
  }

  /** The machine when it turns out that the allocation is stored: only the answer of the database was lost. */
  private async undo(
    specification: Specification,
    allocation: AllocationId,
    acquisition: Acquisition,
    claimed: Machine | undefined,
  ): Promise<Machine | 'undone' | 'unknown'> {
    try {
      await acquisition.ended();
      const stored = claimed && (await this.execution.undo(claimed.id, allocation));
      if (!claimed) await acquisition.withdraw();
      if (stored) this.claims.settle(specification, allocation);
      else await this.claims.abandon(specification, allocation);
      return stored ?? 'undone';
    } catch (error) {
      this.log.warn(`allocation ${allocation} could not be undone now, the sweeper will retry`, error);
      return 'unknown';
    }
  }
}
