import { Inject, Injectable } from '@nestjs/common';
import { InjectConfig } from '../../../config/config.module.js';
import type { Config } from '../../../config/config.js';
import { ProcessIdentity } from '../../../platform/process/process-identity.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { CLOCK, timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { invalid, isDomainError, notFound } from '../../../shared/errors/domain-error.js';
import { LOG } from '../../../shared/log.js';
import type { Log } from '../../../shared/log.js';
import { CommandService } from '../../command/command.service.js';
import { IpService } from '../../ip/ip.service.js';
import { PoolService } from '../../pool/pool.service.js';
import { SwitchService } from '../../switch/switch.service.js';
import { VpnService } from '../../vpn/vpn.service.js';
import { EventService } from '../event/event.service.js';
import { underWay } from '../machine.js';
import type { Machine } from '../machine.js';
import { machineTable } from '../machine.table.js';

/** Takes machines back: the mirror image of allocation (design §7). */
@Injectable()
export class ReleaseService {
  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    @InjectConfig() private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
    private readonly switches: SwitchService,
    private readonly ips: IpService,
    private readonly pools: PoolService,
    private readonly commands: CommandService,
    private readonly events: EventService,
    private readonly vpn: VpnService,
    private readonly process: ProcessIdentity,
  ) {}

  /**
   * Frees the machine and sends it back to PXE. Freeing a free machine repeats the reboot, which operators use for a
   * failed reclaim. Throws `not-found`, and `invalid` for a machine that is locked, has no partition (nobody could
   * reboot it) or is being allocated right now. Whatever is interrupted the sweeper finishes.
   */
  async free(id: string, issuer: string): Promise<Machine> {
    const marked = await this.begin(id);
    await this.ledOff(marked, issuer);
    return this.finish(marked, issuer);
  }

  /**
   * Like `free`, but for a machine that nobody owns: leaves the LED as it is, and throws `invalid` also when somebody got
   * the machine meanwhile.
   */
  async reclaim(id: string, issuer: string): Promise<Machine> {
    return this.finish(await this.begin(id, refuseOwned), issuer);
  }

  /**
   * Carries out a release that `free` has begun. Every step may run again, also at the same time in another process:
   * resources are given back by their owner, the allocation, and the reboot is journalled under the release's own id.
   * Does nothing when the release, as the database says, is over: by now the machine may be somebody else's.
   */
  async finish(machine: Machine, issuer: string): Promise<Machine> {
    const release = machine.release;
    const current = await this.machines.fresh(machine.id);
    if (!release || current?.release?.id !== release.id) return current ?? machine;
    const { allocation } = current;
    if (allocation?.vpn) await this.vpn.expel(machine.id, allocation.project);
    await this.switches.setVrf(machine.id, '');
    if (release.allocation !== '') {
      const recorded = allocation?.networks.flatMap(({ ips }) => ips);
      await this.ips.releaseAllocation(machine.id, release.allocation, 'freed', recorded);
      await this.pools.releaseAsn(release.allocation, allocation?.asn);
    }
    await this.events.record(machine.id, 'Machine Reclaim', 'free machine called');
    await this.commands.issue({
      id: release.id,
      machine: machine.id,
      partition: machine.partitionId,
      type: 'delete',
      issuer,
    });
    return this.machines.update(machine.id, (current) => {
      if (current.release?.id !== release.id) return current;
      return {
        ...current,
        allocation: undefined,
        release: undefined,
        tags: [],
        waiting: false,
        changed: timestamp(this.clock.now()),
      };
    });
  }

  /**
   * Marks the machine, in one write with the checks. A second caller of the same release joins it; that it is still under
   * way, and was not followed by another allocation, only the database knows.
   */
  private async begin(id: string, check: Check = refuse): Promise<Machine> {
    const known = this.machines.get(id);
    if (!known) throw notFound('machine', id);
    if (known.release) await this.machines.fresh(id);
    return this.machines.update(id, (machine) => {
      const now = this.clock.now();
      check(machine, now);
      if (machine.release) return machine;
      const allocation = machine.allocation?.uuid ?? '';
      const release = {
        id: releaseId(machine, now),
        allocation,
        deadline: timestamp(now + this.config.allocation.timeout),
        by: this.process.id,
      };
      return { ...machine, release, waiting: false, changed: timestamp(now) };
    });
  }

  /** A lit LED says that somebody works on the machine; the next owner shall not inherit it. Must not fail a release. */
  private async ledOff({ id, partitionId }: Machine, issuer: string): Promise<void> {
    try {
      await this.commands.issue({ machine: id, partition: partitionId, type: 'command', command: 'LED-OFF', issuer });
    } catch (error) {
      if (!isDomainError(error)) throw error;
      this.log.warn(`the LED of machine ${id} stays as it is`, error);
    }
  }
}

/** Throws when the machine, at this time in milliseconds, may not be released. */
type Check = (machine: Machine, now: number) => void;

function refuse(machine: Machine, now: number): void {
  if (machine.state.value === 'LOCKED')
    throw invalid(`machine "${machine.id}" is locked: ${machine.state.description}`);
  if (machine.claim) throw invalid(underWay(machine, now) ?? '');
  if (machine.partitionId === '')
    throw invalid(`machine "${machine.id}" belongs to no partition, so no agent can reboot it`);
}

function refuseOwned(machine: Machine, now: number): void {
  refuse(machine, now);
  if (machine.allocation)
    throw invalid(`machine "${machine.id}" is allocated to project "${machine.allocation.project}"`);
}

/** Names the reboot in the journal: one for each allocation, and one for each free of a free machine. */
const releaseId = (machine: Machine, now: number): string =>
  `reclaim-${machine.allocation?.uuid ?? `${machine.id}-${now.toString(36)}`}`;
