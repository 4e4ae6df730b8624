/** Limits of IPMI 2.0. Some tools truncate longer values, others reject them. */
export const BMC_USER_BYTES = 16;
export const BMC_PASSWORD_BYTES = 20;

/** Returns a message, which does not quote `value`, if it has more than `most` bytes; otherwise `undefined`. */
export function bytesOver(what: string, value: string, most: number): string | undefined {
  const bytes = Buffer.byteLength(value);
  return bytes > most ? `the ${what} has ${bytes} bytes, IPMI takes at most ${most}` : undefined;
}
