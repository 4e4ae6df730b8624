import { redactJson } from './redact-json.js';

/** Larger bodies, in bytes, are not parsed, because parsing blocks all other requests. */
const MAX_READ_BYTES = 256 * 1024;

/**
 * Maximum length of stored texts, in characters, after secrets such as user data are redacted: a trail must be
 * readable.
 */
const MAX_KEPT = 16 * 1024;

export const NO_BODY = '';

/**
 * Returns a body in the form stored in the trail: compact JSON with secrets redacted, empty if there is none. For text
 * that is not JSON (and may hide secrets anywhere) or too long, only the length is stored.
 */
export function auditedBody(bytes: string | Uint8Array | undefined): string {
  const size = bytes === undefined ? 0 : Buffer.byteLength(bytes);
  if (size === 0) return NO_BODY;
  const value = size > MAX_READ_BYTES ? undefined : parsed(bytes!);
  return keptText(value, size);
}

/**
 * Returns a message that is not JSON text, such as a gRPC message, in the same form; `bytes` is its length on the wire.
 */
export const auditedMessage = (message: object, bytes = 0): string =>
  bytes > MAX_READ_BYTES ? lengthOnly(bytes) : keptText(message, bytes);

/** Without a `size`, the length of the text is that of the message: it is made as a whole. */
function keptText(value: unknown, size: number): string {
  const kept = value === undefined ? undefined : redactJson(value, size > 0 ? MAX_KEPT : Infinity);
  const text = kept === undefined ? undefined : JSON.stringify(kept);
  return text === undefined || text.length > MAX_KEPT ? lengthOnly(size || Buffer.byteLength(text ?? '')) : text;
}

/** What is stored for a body that is not kept. */
export const lengthOnly = (size: number): string => JSON.stringify(`${size} bytes`);

/** The project named by a request; `""` if it names none. */
export function projectOf(body: string): string {
  const value = parsed(body) as { projectid?: unknown; pid?: unknown } | null | undefined;
  const project = value?.projectid ?? value?.pid;
  return typeof project === 'string' ? project : '';
}

/** Returns undefined if the text is not JSON. An error body is a string that contains JSON. */
function parsed(bytes: string | Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString());
    return typeof value === 'string' && value.startsWith('{') ? JSON.parse(value) : value;
  } catch {
    return undefined;
  }
}
