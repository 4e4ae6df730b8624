import { headers } from 'nats';
import type { JsMsg, MsgHdrs } from 'nats';
import { traceparentOf } from '../../tracing/traceparent.js';
import type { CommandMessage, CommandResult, JsonObject } from '../bus.js';
import { parseSubject } from './subjects.js';

/** Maximum length of an agent's message in characters: results are limited in size. */
const MAX_WHY = 2000;

/**
 * The payload with the journal's ID added, so that any consumer of docs/reference/message-bus.md#command-payload can
 * read it; with partition and machine, to detect messages on a wrong subject, and with the installation of the journal.
 */
export function encodeCommand(message: CommandMessage): Uint8Array {
  const { id, attempt, partition, machine, installation, expiresAt, payload } = message;
  const more = {
    ...(installation !== undefined && { installation }),
    ...(expiresAt !== undefined && { expires_at: expiresAt }),
  };
  return encode({ ...payload, id, attempt, partition, machine, ...more });
}

/** Throws if the data is not a command, or is for another partition or machine than its subject. */
export function decodeCommand(message: JsMsg): CommandMessage {
  const { id, attempt, expires_at: expiresAt, partition, machine, installation, ...payload } = decode(message.data);
  const addressee = addresseeOf(message, { partition, machine });
  return {
    ...addressee,
    id: text(id, 'id'),
    attempt: attemptOf(attempt),
    payload,
    ...(installation !== undefined && { installation: text(installation, 'installation') }),
    ...(expiresAt !== undefined && { expiresAt: text(expiresAt, 'expires_at') }),
    ...traceOf(message),
  };
}

export function encodeResult(result: CommandResult): Uint8Array {
  const { id, attempt, partition, machine, installation, state, message, at } = result;
  const why = message.slice(0, MAX_WHY);
  return encode({
    id,
    attempt,
    partition,
    machine,
    ...(installation !== undefined && { installation }),
    state,
    message: why,
    at,
  });
}

const STATES: readonly unknown[] = ['delivered', 'done', 'failed', 'expired'] satisfies CommandResult['state'][];

/** Throws if the data is not a result, or is for another partition or machine than its subject. */
export function decodeResult(message: JsMsg): CommandResult {
  const { id, attempt, state, message: why, at, partition, machine, installation } = decode(message.data);
  if (!STATES.includes(state))
    throw new Error(`state of a result is ${JSON.stringify(state)}, expected ${STATES.join(', ')}`);
  const addressee = addresseeOf(message, { partition, machine });
  return {
    ...addressee,
    id: text(id, 'id'),
    attempt: attemptOf(attempt),
    ...(installation !== undefined && { installation: text(installation, 'installation') }),
    state: state as CommandResult['state'],
    message: typeof why === 'string' ? why : '',
    at: typeof at === 'string' ? at : '',
    ...traceOf(message),
  };
}

/** Partition and machine of the subject, which the broker enforces. Messages of earlier releases do not repeat them. */
function addresseeOf({ subject }: JsMsg, inside: { readonly partition: unknown; readonly machine: unknown }) {
  const addressee = parseSubject(subject);
  for (const name of ['partition', 'machine'] as const) {
    if (inside[name] !== undefined && inside[name] !== addressee[name]) {
      throw new Error(
        `${name} of the message is ${JSON.stringify(inside[name])}, expected "${addressee[name]}" as in its subject`,
      );
    }
  }
  return addressee;
}

const TRACE_HEADER = 'traceparent';

/** The headers of a message that continues a trace. */
export function traceHeaders(trace: string): MsgHdrs {
  const made = headers();
  made.set(TRACE_HEADER, trace);
  return made;
}

function traceOf(message: JsMsg): { readonly trace?: string } {
  const trace = traceparentOf(message.headers?.get(TRACE_HEADER));
  return trace === undefined ? {} : { trace };
}

export const encode = (value: JsonObject): Uint8Array => Buffer.from(JSON.stringify(value), 'utf8');

export function decode(data: Uint8Array): JsonObject {
  const value: unknown = JSON.parse(Buffer.from(data).toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('expected a JSON object');
  return value as JsonObject;
}

/** The number of the message that counts for a command; a message without one is the first. */
function attemptOf(value: unknown): number {
  if (value === undefined) return 1;
  if (!Number.isSafeInteger(value) || (value as number) < 1)
    throw new Error(`attempt is ${JSON.stringify(value)}, expected a whole number from 1`);
  return value as number;
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw new Error(`${name} is missing`);
  return value;
}
