import { Injectable } from '@nestjs/common';
import { timestamp } from '../../../shared/clock.js';
import { checkId } from '../../../shared/entity.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { storedMachineId } from '../core/machine-ids.js';
import { MachineRepository } from '../core/machine.repository.js';
import { registerMachine } from '../core/transitions/hardware.js';
import { EventService } from '../event/event.service.js';
import { newMachine } from '../machine.js';
import type { Machine } from '../machine.js';
import { MachineConnector } from './machine-connector.service.js';
import { RefusedRegistrations } from './refused-registrations.service.js';
import { RegisteredBmcs } from './registered-bmcs.service.js';
import { checkRegistration } from './registration-check.js';
import type { RegistrationScope } from './registration-check.js';
import { RegistrationFacts } from './registration-facts.service.js';
import type { Registration } from './registration.js';
import { sanitizeRegistration } from './sanitize-registration.js';

/** Outcome of a registration. */
export interface RegistrationResult {
  readonly machine: Machine;
  /** True if the machine was completely unknown before, without even an event. */
  readonly isNew: boolean;
}

/** Registers machines and their hardware (docs/reference/machine-boot.md#register). */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly machines: MachineRepository,
    private readonly facts: RegistrationFacts,
    private readonly connector: MachineConnector,
    private readonly bmcs: RegisteredBmcs,
    private readonly refusals: RefusedRegistrations,
    private readonly events: EventService,
  ) {}

  /**
   * Stores a machine with its hardware, size, location and BMC, and connects it to its switches. Known machines keep
   * fields that the registration does not report; allocated ones keep everything their tenants depend on. A new
   * machine with invalid wiring (not connected to two switches as required) leaves no trace. Idempotent. Throws
   * `malformed` for the ID, `not-found` for the partition, `invalid` for the wiring, and the errors of
   * `checkRegistration`; such refusals show up among the issues of a known machine.
   */
  async register(reported: Registration): Promise<RegistrationResult> {
    const machineId = storedMachineId(this.machines, reported.machineId);
    const registration = { ...this.bmcs.withoutLocalAddress(sanitizeRegistration(reported)), machineId };
    if (!this.machines.get(machineId)) checkId('machine', machineId);
    this.facts.checkPartition(registration.partitionId);
    this.bmcs.warnOfRefusedAddress(reported, registration);
    try {
      return await this.admit(registration);
    } catch (error) {
      if (isDomainError(error, 'invalid')) await this.refusals.note(machineId, error);
      throw error;
    }
  }

  private async admit(registration: Registration): Promise<RegistrationResult> {
    const { machineId } = registration;
    const facts = this.facts.of(registration);
    const attempt = { isNew: false, scope: 'open' as RegistrationScope };
    const stored = await this.machines.createOrChange(machineId, (current, now) => {
      attempt.isNew = current === undefined;
      attempt.scope = checkRegistration(current, registration, this.facts.context(machineId));
      return registerMachine(current ?? newMachine(machineId, timestamp(now)), registration, facts);
    });
    const { isNew, scope } = attempt;
    const machine = scope === 'held' ? stored : await this.connector.connect(stored, isNew);
    await this.bmcs.store(registration, scope);
    await this.events.ensure(machineId);
    return { machine, isNew };
  }
}
