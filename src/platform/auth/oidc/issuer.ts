import jwt from 'jsonwebtoken';
import type { Algorithm, JwtHeader, JwtPayload } from 'jsonwebtoken';
import type { Clock } from '../../../shared/clock.js';
import { forbidden } from '../forbidden.js';
import { fetchJson } from './fetch-json.js';
import { KeySet, parseKeySet } from './key-set.js';
import type { IssuerKey } from './key-set.js';

/** An issuer whose tokens are accepted, and the tenant whose directory stands behind it. */
export interface IssuerSettings {
  readonly url: string;
  readonly clientId: string;
  readonly tenant: string;
  readonly directoryType: string;
}

/**
 * Signature algorithms of issuers: all with a public key that the library verifies. No `none` and no HS*, which would
 * take an issuer's public key for a shared secret. EdDSA is refused, because the library does not know it.
 */
export const ISSUER_ALGORITHMS: readonly Algorithm[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
];

/** Milliseconds by which an issuer's clock may be ahead (`nbf`). Expiry has no tolerance. */
const NOT_BEFORE_TOLERANCE = 5 * 60_000;

/** Verifies the tokens of one OpenID Connect issuer by its published keys (reference/40 §2.3, flow 4). */
export class Issuer {
  private readonly keys: KeySet;

  constructor(
    readonly settings: IssuerSettings,
    private readonly clock: Clock,
  ) {
    this.keys = new KeySet(() => this.discoverKeys(), clock);
  }

  /** The claims of a token. Throws `forbidden` when the issuer cannot be asked or the token does not hold. */
  async verify(token: string, header: JwtHeader): Promise<JwtPayload> {
    const algorithm = ISSUER_ALGORITHMS.find((known) => known === header.alg);
    if (!algorithm) throw unknownAlgorithm(header.alg);
    const keys = (await this.findKeys(header.kid)).filter((key) => key.alg === undefined || key.alg === algorithm);
    if (keys.length === 0) throw forbidden(`the issuer has no ${algorithm} key with the id of the token's signature`);
    const claims = this.verifyWithAny(keys, token, algorithm);
    this.checkTimes(claims);
    return claims;
  }

  private async findKeys(kid: string | undefined): Promise<readonly IssuerKey[]> {
    try {
      return await this.keys.find(kid);
    } catch (error) {
      throw forbidden(`the keys of issuer ${this.settings.url} cannot be fetched: ${reason(error)}`);
    }
  }

  private verifyWithAny(keys: readonly IssuerKey[], token: string, algorithm: Algorithm): JwtPayload {
    const options = {
      algorithms: [algorithm],
      issuer: this.settings.url,
      audience: this.settings.clientId,
      clockTimestamp: this.clock.now() / 1000,
      ignoreNotBefore: true,
    };
    let failure: unknown;
    for (const { key } of keys) {
      try {
        return jwt.verify(token, key, options) as JwtPayload;
      } catch (error) {
        failure = error;
      }
    }
    throw forbidden(`the token is not valid: ${reason(failure)}`);
  }

  private checkTimes({ exp, nbf }: JwtPayload): void {
    if (typeof exp !== 'number') throw forbidden('the token is not valid: it has no expiry (exp)');
    if (typeof nbf === 'number' && nbf * 1000 > this.clock.now() + NOT_BEFORE_TOLERANCE) {
      throw forbidden('the token is not valid: jwt not active');
    }
  }

  private async discoverKeys(): Promise<readonly IssuerKey[]> {
    const { url } = this.settings;
    const discovery = await fetchJson(`${url.replace(/\/$/, '')}/.well-known/openid-configuration`);
    if (discovery.issuer !== url) throw new Error(`it calls itself ${JSON.stringify(discovery.issuer)}`);
    if (typeof discovery.jwks_uri !== 'string') throw new Error('its configuration has no jwks_uri');
    if (url.startsWith('https:') && !discovery.jwks_uri.startsWith('https:')) {
      throw new Error(`its jwks_uri is ${discovery.jwks_uri}, expected https`);
    }
    return parseKeySet(await fetchJson(discovery.jwks_uri));
  }
}

/** Refusal of a token whose header names an algorithm that is never accepted. */
export const unknownAlgorithm = (alg: unknown): Error =>
  forbidden(
    `error parsing token: unexpected signature algorithm ${JSON.stringify(alg)}, expected one of ${ISSUER_ALGORITHMS.join(', ')}`,
  );

/** The library's and the network's texts; `fetch` hides its own in the cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
