import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { currentExecution } from '../../../platform/idempotency/current-execution.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import type { Clock } from '../../../shared/clock.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import type { BundleId, WaitEntryId } from '../../../shared/id.js';
import { WorkLease } from '../core/work-lease.js';
import { beginUndo, completed, decide, openBundle, undoneMeanwhile } from './bundle.js';
import type { Bundle, BundledAddress, BundledMachine } from './bundle.js';
import { bundleTable } from './bundle.table.js';
import type { BundleIndex } from './bundle.table.js';

/** The documents of bundles. */
@Injectable()
export class BundleRepository {
  constructor(
    @InjectTable(bundleTable) private readonly bundles: Table<Bundle, BundleIndex>,
    @InjectClock() private readonly clock: Clock,
    private readonly work: WorkLease,
  ) {}

  /** Bundles that are not over, and complete ones that are kept. */
  list(): readonly Bundle[] {
    return [...this.bundles.list()];
  }

  /** The bundle of an execution of a request with an idempotency key. */
  ofExecution(execution: string): Bundle | undefined {
    return this.bundles.by('execution', execution)[0];
  }

  /** The bundle of an entry of the waiting list. */
  ofEntry(entry: WaitEntryId): Bundle | undefined {
    return this.bundles.by('entry', entry)[0];
  }

  /** Reads the bundle from the database. */
  readFresh(id: BundleId): Promise<Bundle | undefined> {
    return this.bundles.readFresh(id);
  }

  /** Stores a new bundle, before anything is acquired for it; `entry` is the one of the waiting list that is served. */
  open(machines: readonly BundledMachine[], entry?: WaitEntryId): Promise<Bundle> {
    const execution = entry === undefined ? currentExecution()?.createdId : undefined;
    const bundle = { id: randomUUID(), execution, entry, machines, ...this.work.lease };
    return this.bundles.insert(openBundle(bundle, this.clock.now()));
  }

  /** Decides the bundle: from this write on, everything is allocated. Throws `conflict` if it is being undone, or was. */
  async decide(
    id: BundleId,
    machines: readonly BundledMachine[],
    addresses: readonly BundledAddress[],
  ): Promise<Bundle> {
    try {
      return await this.bundles.update(id, (current) => decide(current, machines, addresses));
    } catch (error) {
      throw isDomainError(error, 'not-found') ? undoneMeanwhile() : error;
    }
  }

  /** Takes the bundle over to undo it, unless it is decided; returns it, or undefined if it is gone. */
  async takeOver(id: BundleId): Promise<Bundle | undefined> {
    try {
      return await this.bundles.update(id, beginUndo);
    } catch (error) {
      if (isDomainError(error, 'not-found')) return undefined;
      throw error;
    }
  }

  /** Ends a bundle whose members are all allocated. Idempotent. */
  async end({ id, execution, entry }: Bundle): Promise<void> {
    if (execution === undefined && entry === undefined) await this.bundles.remove(id);
    else await this.bundles.update(id, (current) => completed(current, this.clock.now()));
  }

  /** Removes the bundle, unless another process has changed it. */
  async forget({ id, revision }: Bundle): Promise<void> {
    await this.bundles.remove(id, revision).catch((error: unknown) => {
      if (!isDomainError(error, 'conflict')) throw error;
    });
  }
}
