import { Injectable } from '@nestjs/common';
import { allEnded } from '../../../shared/concurrency/all-ended.js';
import { notFound } from '../../../shared/errors/domain-error.js';
import type { MachineId } from '../../../shared/id.js';
import { MachineRepository } from '../core/machine.repository.js';
import { beginRelease, checkReclaimable, checkReleasable, finishRelease } from '../core/transitions/release.js';
import { WorkLease } from '../core/work-lease.js';
import type { Machine } from '../machine.js';
import { ReclaimCommands } from './reclaim-commands.service.js';
import { TenantNetworking } from './tenant-networking.service.js';

/** Frees machines: the counterpart of allocation (docs/concepts/design.md#allocation-and-release). */
@Injectable()
export class ReleaseService {
  constructor(
    private readonly machines: MachineRepository,
    private readonly work: WorkLease,
    private readonly networking: TenantNetworking,
    private readonly reclaims: ReclaimCommands,
  ) {}

  /**
   * Frees the machine and reboots it into PXE. Freeing a free machine repeats the reboot, which operators use for a
   * failed reclaim. Throws `not-found`, and `invalid` for a machine that is locked, has no partition (and thus no
   * agent to reboot it) or is being allocated. The sweeper finishes interrupted releases.
   */
  async free(id: MachineId, issuer: string): Promise<Machine> {
    const { machine, isNew } = await this.begin(id);
    const current = isNew ? machine : await this.stillReleased(machine);
    if (!current) return this.machines.get(id) ?? machine;
    return this.complete(current, (releaseId) => this.reclaims.darkenAndReboot(current, releaseId, issuer));
  }

  /**
   * Like `free`, but for unowned machines: keeps the LED unchanged, and also throws `invalid` if the machine has been
   * allocated in the meantime.
   */
  async reclaim(id: MachineId, issuer: string): Promise<Machine> {
    const { machine } = await this.begin(id, checkReclaimable);
    return this.finish(machine, issuer);
  }

  /**
   * Performs a release that `free` has started. Every step is idempotent, even if executed concurrently by another
   * process: resources are released by their owner, the allocation, and the reboot is journaled under the release's
   * own ID. Does nothing if, according to the database, the release is already finished: the machine may have a new
   * owner by then.
   */
  async finish(machine: Machine, issuer: string): Promise<Machine> {
    const current = await this.stillReleased(machine);
    if (!current) return this.machines.get(machine.id) ?? machine;
    return this.complete(current, (releaseId) => this.reclaims.reboot(current, releaseId, issuer));
  }

  /** The machine as the database has it, if this release of it is still in progress. */
  private async stillReleased({ id, release }: Machine): Promise<Machine | undefined> {
    const current = await this.machines.readFresh(id);
    return release && current?.release?.id === release.id ? current : undefined;
  }

  /**
   * The machine leaves its networks before it is rebooted, because it would not reach the boot server from the VRF of its
   * tenant. Everything else happens at the same time.
   */
  private async complete(machine: Machine, reboot: (releaseId: string) => Promise<void>): Promise<Machine> {
    const { id, allocation } = machine;
    const release = machine.release!;
    await this.networking.disconnect(id, allocation);
    await allEnded([this.networking.releaseResources(id, release.allocation, allocation), reboot(release.id)]);
    return this.machines.change(id, (current) => finishRelease(current, release.id));
  }

  /**
   * Marks the machine as being released, in the same write as the checks. A second caller joins a release in
   * progress. Re-reads the database in that case, because the release may have finished and the machine may have been
   * allocated again.
   */
  private async begin(
    id: MachineId,
    check = checkReleasable,
  ): Promise<{ readonly machine: Machine; readonly isNew: boolean }> {
    const known = this.machines.get(id);
    if (!known) throw notFound('machine', id);
    if (known.release) await this.machines.readFresh(id);
    const { lease } = this.work;
    let isNew = false;
    const machine = await this.machines.change(id, (current, now) => {
      isNew = current.release === undefined;
      return beginRelease(current, lease, now, check);
    });
    return { machine, isNew };
  }
}
