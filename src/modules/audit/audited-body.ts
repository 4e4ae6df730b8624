import { blanked } from './blank.js';

/** Longer bodies are not kept, in bytes: a trail is to be read, and held in memory while it is searched. */
const MAX_BYTES = 64 * 1024;

export const NO_BODY = 'null';

/**
 * A body as the trail keeps it: compact JSON with secrets blanked. What is no JSON may hide secrets anywhere, and what is
 * very long is nobody's reading; then only the length is kept.
 */
export function auditedBody(bytes: string | Uint8Array | undefined): string {
  const size = bytes === undefined ? 0 : Buffer.byteLength(bytes);
  if (size === 0) return NO_BODY;
  const value = size > MAX_BYTES ? undefined : parsed(bytes!);
  return value === undefined ? JSON.stringify(`${size} bytes`) : JSON.stringify(blanked(value));
}

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
