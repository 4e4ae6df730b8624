import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import { pluralize } from '../../../shared/text.js';
import { Injectable } from '@nestjs/common';
import { InjectConfig } from '../../../config/config.module.js';
import type { Config } from '../../../config/config.js';
import { accountOf } from '../../../platform/auth/user.js';
import type { User } from '../../../platform/auth/user.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { checkTags } from '../../../shared/entity.js';
import { invalid, malformed, notFound } from '../../../shared/errors/domain-error.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import { MachineRepository } from '../core/machine.repository.js';
import { changeAllocation } from '../core/transitions/allocation.js';
import type { AllocationChanges } from '../core/transitions/allocation.js';
import { setState } from '../core/transitions/operation.js';
import { checkSshKeys } from '../allocation/ssh-key.js';
import { isAllocated } from '../machine.js';
import type { BmcRecord } from '../bmc-record.js';
import type { AllocatedMachine, Machine } from '../machine.js';
import { bmcTable } from '../machine.table.js';
import { parseMachineState } from './machine-state.js';

/** Changes that operators and cluster controllers make to machines, and access to console passwords. */
@Injectable()
export class AdministrationService {
  constructor(
    private readonly machines: MachineRepository,
    @InjectTable(bmcTable) private readonly bmcs: Table<BmcRecord>,
    @InjectConfig() private readonly config: Config,
    @InjectLogger() private readonly log: AppLogger,
  ) {}

  /**
   * Makes a machine available, reserved or locked, whether it is owned or not. Throws `malformed` for an unknown
   * state or a missing description, `not-found` for an unknown machine.
   */
  async setState(id: string, value: string, description: string, issuer: string): Promise<Machine> {
    const state = parseMachineState(value, description, issuer);
    this.get(id);
    return this.machines.change(id, (machine) => setState(machine, state));
  }

  /**
   * Changes an allocation and rebuilds the system's tags. Throws `not-found`, `malformed` for invalid tags or a
   * machine without an allocation, `invalid` for an incomplete SSH key.
   */
  async update(id: string, changes: AllocationChanges): Promise<Machine> {
    this.get(id);
    checkTags('tags', changes.tags ?? []);
    checkSshKeys(changes.sshPubKeys ?? []);
    return this.machines.change(id, (machine) => changeAllocation(machine, changes, this.chassisOf(id)));
  }

  /**
   * Returns the machine for access to its console password, and logs the user and the reason. Throws `malformed` for
   * a reason shorter than configured (in bytes), `not-found`, `invalid` for a machine without an allocation.
   */
  showConsolePassword(id: string, reason: string, user: User): AllocatedMachine {
    const least = this.config.auth.passwordReasonMinLength;
    if (Buffer.byteLength(reason) < least)
      throw malformed(`reason has ${pluralize(Buffer.byteLength(reason), 'byte')}, expected at least ${least}`);
    const machine = this.get(id);
    if (!isAllocated(machine)) throw invalid(`machine "${id}" is not allocated and has no console password`);
    this.log.info(
      `console password of machine "${id}" shown to "${accountOf(user)}" of tenant "${user.tenant}", reason: ${JSON.stringify(reason)}`,
    );
    return machine;
  }

  private chassisOf(id: string): string {
    return this.bmcs.get(id)?.fru.chassisPartSerial ?? '';
  }

  private get(id: string): Machine {
    const machine = this.machines.get(id);
    if (!machine) throw notFound('machine', id);
    return machine;
  }
}
