import { errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import type { JwtHeader } from 'jsonwebtoken';
import type { Clock } from '../../../shared/clock.js';
import { forbidden } from '../forbidden.js';
import { fetchJson } from './fetch-json.js';
import { KeySet, parseKeySet } from './key-set.js';
import type { IssuerKey } from './key-set.js';

/** An issuer whose tokens are accepted, and the tenant that owns its directory. */
export interface IssuerSettings {
  readonly url: string;
  readonly clientId: string;
  readonly tenant: string;
  readonly directoryType: string;
}

/**
 * Accepted signature algorithms of issuers: all public key algorithms that the library verifies. Excludes `none` and
 * HS*, which would use an issuer's public key as a shared secret.
 */
export const ISSUER_ALGORITHMS: readonly string[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
];

/** How far an issuer's clock may be ahead (`nbf`), in milliseconds. Expiry has no tolerance. */
const NOT_BEFORE_TOLERANCE = 5 * 60_000;

/**
 * Verifies the tokens of one OpenID Connect issuer with its published keys
 * (docs/reference/authentication.md#bearer-tokens, flow 4).
 */
export class Issuer {
  private readonly keys: KeySet;

  constructor(
    readonly settings: IssuerSettings,
    private readonly clock: Clock,
  ) {
    this.keys = new KeySet(() => this.discoverKeys(), clock);
  }

  /** The claims of a token. Throws `forbidden` if the keys cannot be fetched or the token is invalid. */
  async verify(token: string, header: JwtHeader): Promise<JWTPayload> {
    const algorithm = ISSUER_ALGORITHMS.find((known) => known === header.alg);
    if (!algorithm) throw unknownAlgorithm(header.alg);
    const keys = (await this.findKeys(header.kid)).filter((key) => key.alg === undefined || key.alg === algorithm);
    if (keys.length === 0) throw forbidden(`the issuer has no ${algorithm} key with the key ID of the token`);
    const claims = await this.verifyWithAny(keys, token, algorithm);
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

  private async verifyWithAny(keys: readonly IssuerKey[], token: string, algorithm: string): Promise<JWTPayload> {
    const options = {
      algorithms: [algorithm],
      issuer: this.settings.url,
      audience: this.settings.clientId,
      currentDate: new Date(this.clock.now()),
      clockTolerance: NOT_BEFORE_TOLERANCE / 1000,
    };
    let failure: unknown;
    for (const { key } of keys) {
      try {
        return (await jwtVerify(token, key, options)).payload;
      } catch (error) {
        failure = error;
      }
    }
    throw forbidden(`the token is not valid: ${refusalOf(failure)}`);
  }

  /** The library's tolerance is for both times, that of an issuer only for the first. */
  private checkTimes({ exp }: JWTPayload): void {
    if (typeof exp !== 'number') throw forbidden('the token is not valid: it has no expiry (exp)');
    if (exp * 1000 <= this.clock.now()) throw forbidden('the token is not valid: jwt expired');
  }

  private async discoverKeys(): Promise<readonly IssuerKey[]> {
    const { url } = this.settings;
    const discovery = await fetchJson(`${url.replace(/\/$/, '')}/.well-known/openid-configuration`);
    if (discovery['issuer'] !== url)
      throw new Error(`its configuration is of issuer ${JSON.stringify(discovery['issuer'])}`);
    if (typeof discovery['jwks_uri'] !== 'string') throw new Error('its configuration has no jwks_uri');
    if (url.startsWith('https:') && !discovery['jwks_uri'].startsWith('https:')) {
      throw new Error(`its jwks_uri is ${discovery['jwks_uri']}, expected https`);
    }
    return parseKeySet(await fetchJson(discovery['jwks_uri']));
  }
}

/** The refusal of a token whose header names an algorithm that is never accepted. */
export const unknownAlgorithm = (alg: unknown): Error =>
  forbidden(
    `error parsing token: unexpected signature algorithm ${JSON.stringify(alg)}, expected one of ${ISSUER_ALGORITHMS.join(', ')}`,
  );

/** Why a token is refused, in the words that clients of earlier versions know. */
function refusalOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'jwt expired';
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf') return 'jwt not active';
  return error instanceof errors.JWSSignatureVerificationFailed ? 'invalid signature' : reason(error);
}

/** The text of a library or network error; `fetch` hides the actual reason in the cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
