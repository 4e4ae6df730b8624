import type { JsMsg } from 'nats';
import type { CommandMessage, CommandResult, JsonObject } from '../bus.js';
import { parseSubject } from './subjects.js';

/** The payload with the journal's id beside it, so that any consumer of reference/40 §3.3 can read it. */
export function encodeCommand({ id, attempt, expiresAt, payload }: CommandMessage): Uint8Array {
  return encode({ ...payload, id, attempt, ...(expiresAt !== undefined && { expires_at: expiresAt }) });
}

/** Throws when the data is no command. Partition and machine come from the subject, which the broker guards. */
export function decodeCommand(message: JsMsg): CommandMessage {
  const { id, attempt, expires_at: expiresAt, ...payload } = decode(message.data);
  return {
    ...parseSubject(message.subject),
    id: text(id, 'id'),
    attempt: Number(attempt ?? 1),
    payload,
    ...(expiresAt !== undefined && { expiresAt: text(expiresAt, 'expires_at') }),
  };
}

export function encodeResult({ id, attempt, state, message, at }: CommandResult): Uint8Array {
  return encode({ id, attempt, state, message, at });
}

const STATES: readonly unknown[] = ['delivered', 'done', 'failed', 'expired'] satisfies CommandResult['state'][];

/** Throws when the data is no result. */
export function decodeResult(message: JsMsg): CommandResult {
  const { id, attempt, state, message: why, at } = decode(message.data);
  if (!STATES.includes(state)) throw new Error(`state of a result is ${JSON.stringify(state)}`);
  return {
    ...parseSubject(message.subject),
    id: text(id, 'id'),
    attempt: Number(attempt ?? 1),
    state: state as CommandResult['state'],
    message: typeof why === 'string' ? why : '',
    at: typeof at === 'string' ? at : '',
  };
}

export const encode = (value: JsonObject): Uint8Array => Buffer.from(JSON.stringify(value), 'utf8');

export function decode(data: Uint8Array): JsonObject {
  const value: unknown = JSON.parse(Buffer.from(data).toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('expected a JSON object');
  return value as JsonObject;
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw new Error(`${name} is missing`);
  return value;
}
