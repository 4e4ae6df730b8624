import { Injectable } from '@nestjs/common';
import { Store } from '../../../platform/store/store.js';
import type { WaitEntryId } from '../../../shared/id.js';
import type { Bundle, BundleRequest, Turn } from '../bundle/bundle.js';
import { BundleRepository } from '../bundle/bundle.repository.js';
import { BundleService } from '../bundle/bundle.service.js';
import { BundleSettlement } from '../bundle/bundle-settlement.service.js';

/** The bundles by which entries of the waiting list are served: one is decided for each entry at most. */
@Injectable()
export class EntryBundles {
  constructor(
    private readonly bundles: BundleService,
    private readonly documents: BundleRepository,
    private readonly settlement: BundleSettlement,
    private readonly store: Store,
  ) {}

  /** Decides a bundle, or returns the one that an earlier attempt has decided. Throws why there is none. */
  decide(request: BundleRequest, turn: Turn): Promise<Bundle> {
    return this.bundles.decideFor(request, turn);
  }

  /** The bundle that an attempt of any process has decided; none can be decided by those attempts from then on. */
  async decided(entry: WaitEntryId): Promise<Bundle | undefined> {
    await this.store.catchUp(); // memory may lack the bundle of another process
    return this.bundles.decidedFor(entry);
  }

  /** Allocates all members; from then on installers install. Idempotent. */
  async complete(bundle: Bundle): Promise<void> {
    await this.settlement.complete(bundle);
  }

  /** Removes the bundle of an entry that shows its outcome. */
  async forget(entry: WaitEntryId): Promise<void> {
    const kept = this.documents.ofEntry(entry);
    if (kept) await this.documents.forget(kept);
  }

  /** Entries with complete bundles. */
  completed(): readonly WaitEntryId[] {
    return this.documents
      .list()
      .flatMap(({ entry, state }) => (entry !== undefined && state === 'complete' ? [entry] : []));
  }
}
