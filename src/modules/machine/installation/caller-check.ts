import type { Config } from '../../../config/config.js';
import type { CallerBinding } from '../../../config/caller-binding.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import type { Machine, RegisteredCaller } from '../machine.js';

/** Rejects a call for a machine that another caller has registered. Throws `forbidden`. */
export type CallerCheck = (machine: Pick<Machine, 'id' | 'registeredBy'>) => void;

/** For calls that do not identify their origin, such as calls of agents on behalf of their machines. */
export const ANY_CALLER: CallerCheck = () => undefined;

/**
 * Returns the check for a call of `caller`. Compares only properties known for both: any caller may act for a machine
 * that was registered over REST or before callers were recorded, and, if only certificates are compared, for a
 * machine that registered without one.
 */
export const callerCheck =
  (caller: RegisteredCaller, binding: CallerBinding): CallerCheck =>
  ({ id, registeredBy }) => {
    if (!registeredBy || binding === 'nothing') return;
    const differs = (what: keyof RegisteredCaller): boolean =>
      registeredBy[what] !== '' && caller[what] !== registeredBy[what];
    if (differs('certificate') || (binding === 'address' && differs('address'))) {
      throw new DomainError(
        'forbidden',
        `machine "${id}" was registered by another caller, only that one may make this call`,
      );
    }
  };

/** Access to operations that only the caller that registered the machine may call (docs/guide/grpc.md). */
export const registeringCaller = (caller: RegisteredCaller, config: Config): CallerCheck =>
  callerCheck(caller, config.callerBinding);
