import { DomainError } from '../../../shared/errors/domain-error.js';

/**
 * 422 because no machine of the size is free for the request now. Waiting may help, which is why it is told from refusals
 * that stand until somebody changes the request or what it refers to.
 */
export class NoMachineAvailable extends DomainError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('invalid', message, undefined, options);
  }
}
