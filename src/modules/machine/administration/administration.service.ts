import { Inject, Injectable } from '@nestjs/common';
import { InjectConfig } from '../../../config/config.module.js';
import type { Config } from '../../../config/config.js';
import { accountOf } from '../../../platform/auth/user.js';
import type { User } from '../../../platform/auth/user.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { CLOCK, timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { checkTags } from '../../../shared/entity.js';
import { invalid, malformed, notFound } from '../../../shared/errors/domain-error.js';
import { LOG } from '../../../shared/log.js';
import type { Log } from '../../../shared/log.js';
import { checkSshKeys } from '../allocation/ssh-key.js';
import type { Bmc, Machine, MachineAllocation } from '../machine.js';
import { bmcTable, machineTable } from '../machine.table.js';
import { machineTags } from '../tags.js';
import { stateFrom } from './machine-state.js';

/** What a client wants to change of an allocation; what it leaves out stays. */
export interface AllocationChanges {
  /** May become empty. */
  readonly description?: string | undefined;
  /** Replaces the user's tags; an empty list keeps them: that is how clients say "nothing" (reference/50 §1.5). */
  readonly tags?: readonly string[] | undefined;
  /** Replaces the keys; an empty list keeps them. */
  readonly sshPubKeys?: readonly string[] | undefined;
}

/** What operators and cluster controllers change at machines, and what they may see on request only. */
@Injectable()
export class AdministrationService {
  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    @InjectTable(bmcTable) private readonly bmcs: Table<Bmc>,
    @InjectConfig() private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /**
   * Makes a machine available, reserved or locked, whoever owns it. `malformed` for an unknown state, or one without a
   * description; `not-found`.
   */
  async setState(id: string, value: string, description: string, issuer: string): Promise<Machine> {
    const state = stateFrom(value, description, issuer);
    this.get(id);
    return this.machines.update(id, (machine) => ({
      ...machine,
      state: { ...machine.state, ...state },
      changed: this.now(),
    }));
  }

  /** Changes an allocation; the system's tags are made anew. Throws `not-found`, `malformed` for tags or without an
   * allocation, `invalid` for what is no whole SSH key. */
  async update(id: string, changes: AllocationChanges): Promise<Machine> {
    this.get(id);
    checkTags('tags', changes.tags ?? []);
    checkSshKeys(changes.sshPubKeys ?? []);
    return this.machines.update(id, (machine) => {
      if (!machine.allocation) throw malformed(`machine "${id}" is not allocated, so there is nothing to change`);
      const allocation = changedAllocation(machine.allocation, changes);
      return { ...machine, allocation, tags: this.tagsOf(machine, allocation), changed: this.now() };
    });
  }

  /**
   * The machine, for its console password; who asks, and why, is logged. Throws `malformed` for a reason shorter than
   * configured (in bytes), `not-found`, `invalid` for a machine without an allocation.
   */
  showConsolePassword(id: string, reason: string, user: User): Machine & { readonly allocation: MachineAllocation } {
    const least = this.config.auth.passwordReasonMinLength;
    if (Buffer.byteLength(reason) < least)
      throw malformed(`reason "${reason}" is too short, expected at least ${least} bytes`);
    const machine = this.get(id);
    if (!machine.allocation) throw invalid(`machine "${id}" is not allocated and has no console password`);
    this.log.info(
      `console password of machine "${id}" shown to "${accountOf(user)}" of tenant "${user.tenant}", reason: ${JSON.stringify(reason)}`,
    );
    return { ...machine, allocation: machine.allocation };
  }

  private tagsOf(machine: Machine, { userTags, asn }: MachineAllocation): readonly string[] {
    const chassis = this.bmcs.get(machine.id)?.fru.chassisPartSerial ?? '';
    return machineTags(userTags, { asn, rack: machine.rackId, chassis });
  }

  private get(id: string): Machine {
    const machine = this.machines.get(id);
    if (!machine) throw notFound('machine', id);
    return machine;
  }

  private now(): string {
    return timestamp(this.clock.now());
  }
}

function changedAllocation(allocation: MachineAllocation, changes: AllocationChanges): MachineAllocation {
  const { description = allocation.description, tags = [], sshPubKeys = [] } = changes;
  return {
    ...allocation,
    description,
    userTags: tags.length > 0 ? tags : allocation.userTags,
    sshPubKeys: sshPubKeys.length > 0 ? sshPubKeys : allocation.sshPubKeys,
  };
}
