import type { JsMsg } from 'nats';
import type { CommandMessage, CommandResult, JsonObject } from '../bus.js';
import { parseSubject } from './subjects.js';

/** Most characters of an agent's explanation that travel: results have a limit of size. */
const MAX_WHY = 2000;

/**
 * The payload with the journal's id beside it, so that any consumer of reference/40 §3.3 can read it; with partition and
 * machine, so that a message on a wrong subject is noticed, and with the installation whose journal it is of.
 */
export function encodeCommand(message: CommandMessage): Uint8Array {
  const { id, attempt, partition, machine, installation, expiresAt, payload } = message;
  const more = {
    ...(installation !== undefined && { installation }),
    ...(expiresAt !== undefined && { expires_at: expiresAt }),
  };
  return encode({ ...payload, id, attempt, partition, machine, ...more });
}

/** Throws when the data is no command, or not one for the partition and machine of its subject. */
export function decodeCommand(message: JsMsg): CommandMessage {
  const { id, attempt, expires_at: expiresAt, partition, machine, installation, ...payload } = decode(message.data);
  const addressee = addresseeOf(message, { partition, machine });
  return {
    ...addressee,
    id: text(id, 'id'),
    attempt: Number(attempt ?? 1),
    payload,
    ...(installation !== undefined && { installation: text(installation, 'installation') }),
    ...(expiresAt !== undefined && { expiresAt: text(expiresAt, 'expires_at') }),
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

/** Throws when the data is no result, or not one of the partition and machine of its subject. */
export function decodeResult(message: JsMsg): CommandResult {
  const { id, attempt, state, message: why, at, partition, machine, installation } = decode(message.data);
  if (!STATES.includes(state)) throw new Error(`state of a result is ${JSON.stringify(state)}`);
  const addressee = addresseeOf(message, { partition, machine });
  return {
    ...addressee,
    id: text(id, 'id'),
    attempt: Number(attempt ?? 1),
    ...(installation !== undefined && { installation: text(installation, 'installation') }),
    state: state as CommandResult['state'],
    message: typeof why === 'string' ? why : '',
    at: typeof at === 'string' ? at : '',
  };
}

/** What the subject says, which the broker guards. Messages of earlier releases do not repeat it inside. */
function addresseeOf({ subject }: JsMsg, inside: { readonly partition: unknown; readonly machine: unknown }) {
  const addressee = parseSubject(subject);
  for (const name of ['partition', 'machine'] as const) {
    if (inside[name] !== undefined && inside[name] !== addressee[name]) {
      throw new Error(`${name} of the message is ${JSON.stringify(inside[name])}, of its subject "${addressee[name]}"`);
    }
  }
  return addressee;
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
