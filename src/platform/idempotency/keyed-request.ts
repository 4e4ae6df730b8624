import { createHash } from 'node:crypto';
import type { Document } from '../../shared/document.js';
import { timestamp } from '../../shared/clock.js';

/** How long a key is kept, in milliseconds. */
export const KEPT_MS = 24 * 3600_000;

/** The successful response to a request with a key. */
export interface KeyedAnswer {
  readonly status: number;
  /** The JSON of the body. */
  readonly body: string;
}

/**
 * A request with an idempotency key. Its ID is derived from caller and key. An execution runs, and succeeds or fails;
 * after a failure, the next one may begin. All times are ISO 8601.
 */
export interface KeyedRequest extends Document {
  /** Hash of method, path and body. */
  readonly fingerprint: string;
  readonly caller: string;
  readonly state: 'running' | 'failed' | 'succeeded';
  /** Process of the last execution. */
  readonly by: string;
  /** Number of executions that have begun. */
  readonly attempt: number;
  /** Until then, an execution by a process that may be alive is not taken over. */
  readonly deadline: string;
  /** From then on the key is unknown. */
  readonly expires: string;
  /** Status of the successful response. */
  readonly status?: number | undefined;
  /** Its body; undefined if it was too long to keep. */
  readonly answer?: string | undefined;
}

/** What distinguishes a request with a key from others. */
export interface KeyedCall {
  readonly caller: string;
  readonly key: string;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly body: Uint8Array | undefined;
}

export const idOfCall = ({ caller, key }: KeyedCall): string => hash([caller, key]);

export const fingerprintOf = ({ method, url, body }: KeyedCall): string => hash([method, url], body);

/** The state of a process as far as it decides about the executions of others. */
export interface Executor {
  readonly id: string;
  /** Whether no other process can use the database. */
  readonly isAlone: boolean;
}

/** A first execution, from `now` for `lease` milliseconds. */
export function firstAttempt(call: KeyedCall, by: string, now: number, lease: number): Omit<KeyedRequest, 'revision'> {
  return {
    id: idOfCall(call),
    fingerprint: fingerprintOf(call),
    caller: call.caller,
    state: 'running',
    by,
    attempt: 1,
    deadline: timestamp(now + lease),
    expires: timestamp(now + KEPT_MS),
  };
}

/** The next execution, which thereby takes the request away from an earlier one that may still run. */
export const nextAttempt = (request: KeyedRequest, by: string, now: number, lease: number): KeyedRequest => ({
  ...request,
  state: 'running',
  by,
  attempt: request.attempt + 1,
  deadline: timestamp(now + lease),
});

/** Ends the execution `attempt` without a response to keep; one that was taken over changes nothing. */
export const failed = (request: KeyedRequest, attempt: number): KeyedRequest =>
  runs(request, attempt) ? { ...request, state: 'failed' } : request;

/** Ends the execution `attempt` with its response; one that was taken over changes nothing. */
export const succeeded = (request: KeyedRequest, attempt: number, status: number, answer?: string): KeyedRequest =>
  runs(request, attempt) ? { ...request, state: 'succeeded', status, answer } : request;

const runs = ({ state, attempt }: KeyedRequest, expected: number): boolean =>
  state === 'running' && attempt === expected;

export const isExpired = ({ expires }: KeyedRequest, now: number): boolean => Date.parse(expires) <= now;

/**
 * Whether the process of a running execution has ended, or has exceeded its lease. `own` does not run the execution:
 * one that names it belonged to an earlier process with its identity.
 */
export const isInterrupted = ({ by, deadline }: KeyedRequest, own: Executor, now: number): boolean =>
  by === own.id || own.isAlone || Date.parse(deadline) <= now;

/** The UUID (version 8) that the execution `attempt` of a request gives to what it creates. */
export function createdId(request: string, attempt: number): string {
  const hex = hash([request, String(attempt)]);
  const variant = ((parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}

function hash(texts: readonly string[], bytes: Uint8Array = new Uint8Array()): string {
  return createHash('sha256').update(JSON.stringify(texts)).update(bytes).digest('hex');
}
