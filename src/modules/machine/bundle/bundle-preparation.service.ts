import { Injectable } from '@nestjs/common';
import { mapConcurrently } from '../../../shared/concurrency/concurrency-limit.js';
import type { AllocationId, BundleId } from '../../../shared/id.js';
import type { IpAddress } from '../../ip/ip.js';
import { IpService } from '../../ip/ip.service.js';
import type { VpnInvitation } from '../../vpn/vpn.js';
import { VpnService } from '../../vpn/vpn.service.js';
import { ClaimService } from '../allocation/claim.service.js';
import { ExecutionService } from '../allocation/execution.service.js';
import type { Machine } from '../machine.js';
import { WIDTH } from './bundle.js';
import type { BundlePlan, PlannedMachine } from './bundle-plan.js';
import { Problems } from './refusal.js';

/** What was acquired for a bundle so far, and is to be released if that is not decided. */
export interface AcquiredMembers {
  readonly claimed: Map<AllocationId, Machine>;
  readonly invitations: VpnInvitation[];
}

/** Acquires everything that a bundle needs, so that its decision can no longer fail. */
@Injectable()
export class BundlePreparation {
  constructor(
    private readonly claims: ClaimService,
    private readonly execution: ExecutionService,
    private readonly ips: IpService,
    private readonly vpn: VpnService,
  ) {}

  /**
   * Claims all machines, then acquires AS numbers and addresses for them, and the addresses of the bundle, which are the
   * result. Throws one refusal for all members that get nothing; all acquisitions have ended then. Undoes nothing, that is
   * up to the caller: machines and invitations are noted in `acquired` as soon as they are acquired.
   */
  async prepare(bundle: BundleId, plan: BundlePlan, acquired: AcquiredMembers): Promise<readonly IpAddress[]> {
    await this.claim(bundle, plan.machines, acquired);
    const problems = new Problems();
    const attempt = async <T>(member: string, action: () => Promise<T>): Promise<T | undefined> =>
      action().catch((error: unknown) => void problems.add(member, error));
    await mapConcurrently(plan.machines, WIDTH, (planned) =>
      attempt(planned.member, () => this.prepareMachine(planned, acquired)),
    );
    const addresses = await mapConcurrently(plan.addresses, WIDTH, ({ member, spec }) =>
      attempt(member, () => this.ips.hold(spec, bundle)),
    );
    problems.refuse();
    return addresses.filter((address) => address !== undefined);
  }

  /** Removes the allocations of an undone bundle from the ledgers of quotas and places. Idempotent. */
  async abandon({ machines }: BundlePlan): Promise<void> {
    for (const { specification, allocation } of machines) await this.claims.abandon(specification, allocation);
  }

  /** The machines show their allocations by now. */
  settle({ machines }: BundlePlan): void {
    for (const { specification, allocation } of machines) this.claims.settle(specification, allocation);
  }

  private async claim(
    bundle: BundleId,
    planned: readonly PlannedMachine[],
    { claimed }: AcquiredMembers,
  ): Promise<void> {
    const problems = new Problems();
    const outcomes = await this.claims.claimTogether(planned, bundle);
    for (const { member, allocation } of planned) {
      const outcome = outcomes.get(allocation);
      if (outcome instanceof Error) problems.add(member, outcome);
      else if (outcome) claimed.set(allocation, outcome);
    }
    problems.refuse();
  }

  private async prepareMachine(
    { specification, assignments, allocation }: PlannedMachine,
    { claimed, invitations }: AcquiredMembers,
  ): Promise<void> {
    const isFirewall = specification.request.role === 'firewall';
    const invitation = isFirewall ? await this.vpn.invite(specification.project.id) : undefined;
    if (invitation) invitations.push(invitation);
    await this.execution.prepare(claimed.get(allocation)!, specification, assignments, invitation?.membership);
  }
}
