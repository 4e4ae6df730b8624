import { createLocalJWKSet } from 'jose';
import type { JWK, JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../../shared/clock.js';
import { SingleFlight } from '../../../shared/concurrency/single-flight.js';

/** A signing key of an issuer. */
export interface IssuerKey {
  readonly kid?: string | undefined;
  readonly alg?: string | undefined;
  /** The key for the library, which imports it once. */
  readonly key: JWTVerifyGetKey;
}

/** Age after which keys are refreshed in the background, in milliseconds, so that revoked keys are no longer used. */
const MAX_AGE = 10 * 60_000;
/**
 * Minimum interval between two fetches, in milliseconds: tokens with unknown `kid`s cannot cause a flood of fetches.
 */
const MIN_INTERVAL = 10_000;
const MAX_KEYS = 100;

/**
 * The keys of one issuer, fetched on first use. An unknown key ID triggers another fetch (rotation), at most every 10
 * s. While the issuer does not respond, the last known keys stay in use, which the remote key set of the library does not
 * offer.
 */
export class KeySet {
  private keys: readonly IssuerKey[] = [];
  private attempted = -Infinity;
  private readonly fetches = new SingleFlight(() => this.fetch());
  private failure: Error | undefined;

  constructor(
    private readonly load: () => Promise<readonly IssuerKey[]>,
    private readonly clock: Clock,
  ) {}

  /**
   * Keys that may have created a signature: the one with the ID, or all if the token has none. If no keys are known at
   * all, throws the error of the last fetch.
   */
  async find(kid: string | undefined): Promise<readonly IssuerKey[]> {
    if (this.keys.length > 0 && this.clock.now() - this.attempted > MAX_AGE) void this.refresh();
    let found = this.matching(kid);
    if (found.length === 0) {
      await this.refresh();
      found = this.matching(kid);
    }
    if (this.keys.length === 0 && this.failure) throw this.failure;
    return found;
  }

  private matching(kid: string | undefined): readonly IssuerKey[] {
    return kid === undefined ? this.keys : this.keys.filter((key) => key.kid === kid);
  }

  /** Never rejects; concurrent callers share the fetch. */
  private refresh(): Promise<void> {
    if (this.fetches.current) return this.fetches.current;
    if (this.clock.now() - this.attempted < MIN_INTERVAL) return Promise.resolve();
    this.attempted = this.clock.now();
    return this.fetches.run();
  }

  private async fetch(): Promise<void> {
    try {
      this.keys = await this.load();
      this.failure = undefined;
    } catch (error) {
      this.failure = error as Error;
    }
  }
}

/** The usable signing keys of a JSON Web Key Set: RSA, EC and Ed25519. Others are skipped. */
export function parseKeySet(document: Readonly<Record<string, unknown>>): readonly IssuerKey[] {
  if (!Array.isArray(document['keys'])) throw new Error('the key set has no "keys"');
  return (document['keys'] as unknown[]).slice(0, MAX_KEYS).flatMap(parseKey);
}

function parseKey(value: unknown): IssuerKey[] {
  if (typeof value !== 'object' || value === null) return [];
  const jwk = value as JWK;
  if (jwk.kty !== 'RSA' && jwk.kty !== 'EC' && !(jwk.kty === 'OKP' && jwk.crv === 'Ed25519')) return [];
  if (jwk.use !== undefined && jwk.use !== 'sig') return [];
  return [{ kid: textOrNothing(jwk.kid), alg: textOrNothing(jwk.alg), key: createLocalJWKSet({ keys: [jwk] }) }];
}

const textOrNothing = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
