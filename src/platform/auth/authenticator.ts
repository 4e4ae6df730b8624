import { API_TOKEN_ISSUER } from './token/api-token.js';
import type { ApiTokens } from './token/api-tokens.js';
import { decodeToken } from './token/decode.js';
import type { HmacAuthenticator } from './hmac-authenticator.js';
import type { Issuers } from './oidc/issuers.js';
import { GUEST } from './user.js';
import type { User } from './user.js';

/** The parts of a request that identify its sender. */
export interface Credentials {
  readonly method: string;
  /** By lower-case name, as provided by Node.js. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Maximum time that the request may have waited for this process, in milliseconds. */
  readonly waited?: number;
}

/** Identifies the sender of a request (docs/reference/authentication.md#order-of-evaluation). */
export class Authenticator {
  constructor(
    private readonly hmac: HmacAuthenticator,
    private readonly apiTokens: ApiTokens,
    private readonly issuers: Issuers,
  ) {}

  /**
   * The sender of a request. Returns the guest if the request has no credential, one that does not consist of scheme
   * and value, or one of an unknown scheme. Throws `forbidden` for an invalid credential.
   */
  async authenticate({ method, headers, waited }: Credentials): Promise<User> {
    const [scheme, value, ...rest] = (single(headers['authorization']) ?? '').split(' ');
    if (!scheme || !value || rest.length > 0) return GUEST;
    if (this.hmac.handles(scheme)) {
      const [date, salt] = [single(headers['x-date']), single(headers['x-data-salt'])];
      return this.hmac.authenticate(scheme, value, { method, date, salt, waited });
    }
    return scheme.toLowerCase() === 'bearer' ? this.bearer(value) : GUEST;
  }

  /**
   * The sender, if the credential is an API token that was checked before; otherwise undefined. Saves several rounds of
   * the microtask queue for such requests, which are the majority. Throws `forbidden` for a revoked token.
   */
  recall({ authorization }: Credentials['headers']): User | undefined {
    if (typeof authorization !== 'string' || !BEARER.test(authorization)) return undefined;
    return this.apiTokens.authenticateCached(authorization.slice('bearer '.length));
  }

  /**
   * The holder of the bearer token of a request that was authenticated before; undefined without one: a signature is good
   * for the moment of the request, and its key as long as the process. Throws `forbidden` for a token that has expired or
   * was revoked meanwhile.
   */
  async recheck({ authorization }: Credentials['headers']): Promise<User | undefined> {
    if (typeof authorization !== 'string' || !BEARER.test(authorization)) return undefined;
    return this.bearer(authorization.slice('bearer '.length));
  }

  /** Own tokens and those of issuers are told apart by the issuer they claim; each side accepts its algorithms only. */
  private async bearer(text: string): Promise<User> {
    const known = this.apiTokens.authenticateCached(text);
    if (known) return known;
    const token = decodeToken(text);
    if (token.payload.iss === API_TOKEN_ISSUER) return this.apiTokens.authenticate(text);
    return this.issuers.authenticate(text, token);
  }
}

const BEARER = /^bearer /i;

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(', ') : header;
