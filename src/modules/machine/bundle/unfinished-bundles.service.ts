import { Injectable } from '@nestjs/common';
import { Store } from '../../../platform/store/store.js';
import type { BundleId } from '../../../shared/id.js';
import { IpService } from '../../ip/ip.service.js';
import { SweepProgress } from '../allocation/sweep-progress.js';
import { MachineRepository } from '../core/machine.repository.js';
import type { Bundle } from './bundle.js';
import { BundleRepository } from './bundle.repository.js';
import { BundleSettlement } from './bundle-settlement.service.js';

/** Finishes or undoes the bundles that others have left behind. Every action is idempotent. */
@Injectable()
export class UnfinishedBundles {
  constructor(
    private readonly bundles: BundleRepository,
    private readonly settlement: BundleSettlement,
    private readonly machines: MachineRepository,
    private readonly ips: IpService,
    private readonly store: Store,
    private readonly progress: SweepProgress,
  ) {}

  /** Completes the decided bundles that are due, and undoes the others; returns their number. */
  async settle(isDue: (bundle: Bundle) => boolean): Promise<number> {
    const due = this.bundles.list().filter((bundle) => bundle.state !== 'complete' && isDue(bundle));
    if (due.length === 0) return 0;
    await this.store.catchUp(); // memory may lack what another process acquired
    return this.progress.each('bundle', due, async (bundle) => {
      const decided = await this.settlement.undo(bundle);
      if (decided) await this.settlement.complete(decided);
    });
  }

  /**
   * Releases what belongs to a bundle that is over: its process was suspended when another one undid the bundle, went on,
   * and died. A bundle is stored before anything is acquired for it, and removed after that has become its project's own;
   * so what still belongs to it when the database has no such bundle was never allocated. Both are written only if they
   * are still as they were seen.
   */
  async releaseStrays(isDue: (claim: { readonly deadline: string }) => boolean): Promise<number> {
    const claimed = this.machines
      .by('unfinished', 'yes')
      .flatMap(({ id, claim }) => (claim?.bundle !== undefined && isDue(claim) ? [{ id, ...claim }] : []));
    const claims = await this.progress.each('claim', claimed, async ({ id, allocation, bundle }) => {
      if (await this.isOver(bundle!)) await this.settlement.undoClaim(id, allocation);
    });
    const addresses = await this.progress.each('orphan', [...this.ips.holders()], async (bundle) => {
      if (await this.isOver(bundle)) await this.ips.releaseHeld(bundle);
    });
    return claims + addresses;
  }

  /** Removes complete bundles whose idempotency key has expired. Those of the waiting list end with their entries. */
  async forgetComplete(now: number): Promise<void> {
    const isOld = ({ state, deadline, entry }: Bundle): boolean =>
      state === 'complete' && entry === undefined && Date.parse(deadline) < now;
    const old = this.bundles.list().filter(isOld);
    await this.progress.each('bundle', old, (bundle) => this.bundles.forget(bundle));
  }

  private async isOver(bundle: BundleId): Promise<boolean> {
    return (await this.bundles.readFresh(bundle)) === undefined;
  }
}
