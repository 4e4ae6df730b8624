/** What IPMI 2.0 has room for; longer ones are cut by some tools and refused by others. */
export const BMC_USER_BYTES = 16;
export const BMC_PASSWORD_BYTES = 20;

/** Says that `value` has more than `most` bytes, without quoting it; `undefined` when it has not. */
export function bytesOver(what: string, value: string, most: number): string | undefined {
  const bytes = Buffer.byteLength(value);
  return bytes > most ? `the ${what} has ${bytes} bytes, IPMI takes at most ${most}` : undefined;
}
