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
    const marked = await this.begin(id);
    const [machine] = await allEnded([this.finish(marked, issuer), this.reclaims.ledOff(marked, issuer)]);
    return machine;
  }

  /**
   * Like `free`, but for unowned machines: keeps the LED unchanged, and also throws `invalid` if the machine has been
   * allocated in the meantime.
   */
  async reclaim(id: MachineId, issuer: string): Promise<Machine> {
    return this.finish(await this.begin(id, checkReclaimable), issuer);
  }

  /**
   * Performs a release that `free` has started. Every step is idempotent, even if executed concurrently by another
   * process: resources are released by their owner, the allocation, and the reboot is journaled under the release's
   * own ID. Does nothing if, according to the database, the release is already finished: the machine may have a new
   * owner by then.
   */
  async finish(machine: Machine, issuer: string): Promise<Machine> {
    const release = machine.release;
    const current = await this.machines.readFresh(machine.id);
    if (!release || current?.release?.id !== release.id) return current ?? machine;
    const { allocation } = current;
    await this.networking.withdraw(machine.id, release.allocation, allocation);
    await this.reclaims.reboot(machine, release.id, issuer);
    return this.machines.change(machine.id, (current) => finishRelease(current, release.id));
  }

  /**
   * Marks the machine as being released, in the same write as the checks. A second caller joins a release in
   * progress. Re-reads the database in that case, because the release may have finished and the machine may have been
   * allocated again.
   */
  private async begin(id: MachineId, check = checkReleasable): Promise<Machine> {
    const known = this.machines.get(id);
    if (!known) throw notFound('machine', id);
    if (known.release) await this.machines.readFresh(id);
    const { lease } = this.work;
    return this.machines.change(id, (machine, now) => beginRelease(machine, lease, now, check));
  }
}
