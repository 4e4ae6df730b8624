import { consolePath } from '../api/base-path.js';

/** Where issuers send the browser back, after signing in and out. Operators register it with the issuer. */
export const redirectUri = `${location.origin}${consolePath}/`;

/** Where the user is now, within this origin. */
export const currentAddress = (): string => location.pathname + location.search + location.hash;

/**
 * The answer of an issuer in the address, or undefined: `code` or `error`, and the state with which it was asked. Pages have
 * none of these parameters together.
 */
export function responseIn({ pathname, search }: Location): URLSearchParams | undefined {
  if (pathname.replace(/\/$/, '') !== consolePath) return undefined;
  const parameters = new URLSearchParams(search);
  return parameters.has('code') || parameters.has('error') ? parameters : undefined;
}
