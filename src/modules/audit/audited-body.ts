import { blanked } from './blank.js';

/** Larger bodies are not read at all, in bytes: what is read blocks every other request meanwhile. */
const MAX_READ_BYTES = 256 * 1024;

/** Longer texts are not kept, in characters, once secrets such as user data are blanked: a trail is to be read. */
const MAX_KEPT = 16 * 1024;

export const NO_BODY = '';

/**
 * A body as the trail keeps it: compact JSON with secrets blanked, empty when there is none. Of what is no JSON (it may
 * hide secrets anywhere) and of what is too long only the length is kept.
 */
export function auditedBody(bytes: string | Uint8Array | undefined): string {
  const size = bytes === undefined ? 0 : Buffer.byteLength(bytes);
  if (size === 0) return NO_BODY;
  const value = size > MAX_READ_BYTES ? undefined : parsed(bytes!);
  return keptText(value, size);
}

/** A message that is no JSON text, such as one of gRPC, as the trail keeps it; `bytes` is its length on the wire. */
export const auditedMessage = (message: object, bytes = 0): string =>
  bytes > MAX_READ_BYTES ? lengthOnly(bytes) : keptText(message, bytes);

function keptText(value: unknown, size: number): string {
  const text = value === undefined ? undefined : JSON.stringify(blanked(value));
  return text === undefined || text.length > MAX_KEPT ? lengthOnly(size || Buffer.byteLength(text ?? '')) : text;
}

const lengthOnly = (size: number): string => JSON.stringify(`${size} bytes`);

/** The project that a request names, `""` when it names none. */
export function projectOf(body: string): string {
  const value = parsed(body) as { projectid?: unknown; pid?: unknown } | null | undefined;
  const project = value?.projectid ?? value?.pid;
  return typeof project === 'string' ? project : '';
}

/** Undefined for what is no JSON. The body of an error is a string with JSON inside. */
function parsed(bytes: string | Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString());
    return typeof value === 'string' && value.startsWith('{') ? JSON.parse(value) : value;
  } catch {
    return undefined;
  }
}
