import { API_TOKEN_ISSUER } from './token/api-token.js';
import type { ApiTokens } from './token/api-tokens.js';
import { decodeToken } from './token/decode.js';
import type { HmacAuthenticator } from './hmac-authenticator.js';
import type { Issuers } from './oidc/issuers.js';
import { GUEST } from './user.js';
import type { User } from './user.js';

/** What of a request decides who sent it. */
export interface Credentials {
  readonly method: string;
  /** By lower-case name, as Node hands them out. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** For how long the request may have been waiting for this process, in milliseconds. */
  readonly waited?: number;
}

/** Finds out who sends a request (reference/40 §2.1). */
export class Authenticator {
  constructor(
    private readonly hmac: HmacAuthenticator,
    private readonly apiTokens: ApiTokens,
    private readonly issuers: Issuers,
  ) {}

  /**
   * The sender of a request; the guest when it carries no credential, one that does not consist of scheme and value, or
   * one of an unknown scheme. Throws `forbidden` for a credential that does not hold.
   */
  async authenticate({ method, headers, waited }: Credentials): Promise<User> {
    const [scheme, value, ...rest] = (single(headers.authorization) ?? '').split(' ');
    if (!scheme || !value || rest.length > 0) return GUEST;
    if (this.hmac.handles(scheme)) {
      const [date, salt] = [single(headers['x-date']), single(headers['x-data-salt'])];
      return this.hmac.authenticate(scheme, value, { method, date, salt, waited });
    }
    return scheme.toLowerCase() === 'bearer' ? this.bearer(value) : GUEST;
  }

  /** Own tokens and those of issuers are told apart by the issuer they claim; each side accepts its algorithms only. */
  private async bearer(text: string): Promise<User> {
    const known = this.apiTokens.recall(text);
    if (known) return known;
    const token = decodeToken(text);
    if (token.payload.iss === API_TOKEN_ISSUER) return this.apiTokens.authenticate(text);
    return this.issuers.authenticate(text, token);
  }
}

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(', ') : header;
