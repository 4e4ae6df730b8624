import type { Clock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import type { MachineId } from '../../../shared/id.js';
import type { MachineNetwork } from '../../network/machine-networks.js';

/** What an allocation needs in addition to its machine. */
export interface AllocationResources {
  readonly asn: number;
  readonly networks: readonly MachineNetwork[];
}

/** How resources are acquired for a machine, and all of them released again; `release` is idempotent. */
export interface ResourceSource {
  readonly acquire: (machineId: MachineId) => Promise<AllocationResources>;
  readonly release: (machineId: MachineId) => Promise<void>;
}

/**
 * The resources of one allocation, which are acquired while its machine is claimed. They belong to the allocation: if the
 * process ends before the claim is stored, the sweeper releases them
 * (docs/concepts/design.md#allocation-and-release).
 */
export class Acquisition {
  private begun:
    | { readonly machineId: MachineId; readonly at: number; readonly resources: Promise<AllocationResources> }
    | undefined;

  /**
   * `timeout` is the longest time in milliseconds between the start of the acquisition and the end of the claim's write:
   * until then, the sweeper must not take the resources for orphaned ones.
   */
  constructor(
    private readonly source: ResourceSource,
    private readonly clock: Clock,
    private readonly timeout: number,
  ) {}

  /** Starts to acquire for a machine that is about to be claimed. Errors are thrown by `resourcesFor`. */
  begin(machineId: MachineId): void {
    const resources = this.source.acquire(machineId);
    resources.catch(() => undefined);
    this.begun = { machineId, at: this.clock.now(), resources };
  }

  /**
   * The resources for a machine whose claim has just been stored. Acquires them now if that has not begun. Throws
   * `exhausted`, and `conflict` if storing the claim took longer than the timeout: then the resources may have been
   * released, and may belong to another allocation.
   */
  async resourcesFor(machineId: MachineId): Promise<AllocationResources> {
    if (!this.begun) return this.source.acquire(machineId);
    if (this.clock.now() - this.begun.at >= this.timeout)
      throw new DomainError('conflict', `claiming machine "${machineId}" took too long, retry`);
    return this.begun.resources;
  }

  /** Resolves when nothing is being acquired any more, so that a release finds all of it. */
  async ended(): Promise<void> {
    await this.begun?.resources.catch(() => undefined);
  }

  /** Releases what has been acquired, once that has ended. Idempotent; may be repeated if it throws. */
  async withdraw(): Promise<void> {
    if (!this.begun) return;
    await this.ended();
    await this.source.release(this.begun.machineId);
    this.begun = undefined;
  }
}
