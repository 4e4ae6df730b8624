import { DomainError } from '../../../shared/errors/domain-error.js';

/**
 * 422 because no machine of the size is free for the request now. Waiting may help, unlike with refusals that stand
 * until the request, or what it refers to, changes.
 */
export class NoMachineAvailable extends DomainError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('invalid', message, undefined, options);
  }
}
