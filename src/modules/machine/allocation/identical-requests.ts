import type { Machine } from '../machine.js';
import type { AllocationRequest } from './request.js';

/**
 * Joins identical requests while the first one is in progress: a client whose connection broke repeats its request, and
 * must not get a second machine (docs/reference/machine-allocation.md). Only requests with a name or hostname are known
 * to mean the same machine; clients that do want several with one name send idempotency keys.
 */
export class IdenticalRequests {
  private readonly pending = new Map<string, Promise<Machine>>();

  /** The result of `allocate`, or of an identical request in progress. */
  join(request: AllocationRequest, allocate: () => Promise<Machine>): Promise<Machine> {
    if (request.name === '' && request.hostname === '') return allocate();
    const key = JSON.stringify(request);
    const known = this.pending.get(key);
    if (known) return known;
    const machine = allocate().finally(() => this.pending.delete(key));
    this.pending.set(key, machine);
    return machine;
  }
}
