import { DomainError, isDomainError } from '../../../shared/errors/domain-error.js';
import type { ErrorKind } from '../../../shared/errors/domain-error.js';
import { NoMachineAvailable } from '../allocation/no-machine-available.js';

/** Why one member of a bundle cannot be allocated. */
export interface Problem {
  /** Where it stands in the request, such as `machines[2]`. */
  readonly member: string;
  readonly error: DomainError;
}

/** The kind of a refusal of several kinds: what a client must mend first, or what may pass by itself. */
const PRECEDENCE: readonly ErrorKind[] = [
  'malformed',
  'not-found',
  'unavailable',
  'conflict',
  'already-exists',
  'invalid',
];

/**
 * One refusal for all problems, in the order of the request. It names a missing document in its details as a single
 * allocation does, so that it is looked up in the database before the refusal stands. It is `NoMachineAvailable` if nothing
 * else is missing.
 */
export function refusalOf(problems: readonly Problem[]): DomainError {
  const kinds = new Set(problems.map(({ error }) => error.kind));
  const only = kinds.size === 1 ? problems[0]!.error.kind : undefined;
  const kind = only ?? PRECEDENCE.find((one) => kinds.has(one)) ?? 'invalid';
  const missing = problems.find(({ error }) => error.kind === 'not-found')?.error.details;
  const reasons = problems.map(({ member, error }) => `${member}: ${error.message}`);
  const message = `nothing was allocated: ${reasons.join('; ')}`;
  const options = { cause: problems[0]?.error };
  if (problems.every(({ error }) => error instanceof NoMachineAvailable))
    return new NoMachineAvailable(message, options);
  return new DomainError(kind, message, missing, options);
}

/** Collects the problems of members. */
export class Problems {
  private readonly found: Problem[] = [];

  /** Throws errors that are not refusals. */
  add(member: string, error: unknown): void {
    if (!isDomainError(error)) throw error;
    this.found.push({ member, error });
  }

  /** The result of `action`, or undefined if it refuses. */
  try<T>(member: string, action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      this.add(member, error);
      return undefined;
    }
  }

  /** Throws one refusal for all problems, if there are any. */
  refuse(): void {
    if (this.found.length > 0) throw refusalOf(this.found);
  }
}
