import { createPublicKey } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import type { Clock } from '../../../shared/clock.js';

/** A signature key of an issuer. */
export interface IssuerKey {
  readonly kid?: string;
  readonly alg?: string;
  readonly key: KeyObject;
}

/** Milliseconds after which keys are fetched again in the background, so that withdrawn ones go out of use. */
const MAX_AGE = 10 * 60_000;
/** Milliseconds between two fetches, whatever tokens arrive: an unknown `kid` costs an attacker nothing. */
const MIN_INTERVAL = 10_000;
const MAX_KEYS = 100;

/**
 * The keys of one issuer, fetched on first use. An unknown key id fetches again (rotation), at most every 10 s. While
 * the issuer does not answer the keys known last stay in use.
 */
export class KeySet {
  private keys: readonly IssuerKey[] = [];
  private attempted = -Infinity;
  private fetching: Promise<void> | undefined;
  private failure: Error | undefined;

  constructor(
    private readonly load: () => Promise<readonly IssuerKey[]>,
    private readonly clock: Clock,
  ) {}

  /**
   * Keys that may have made a signature: the one with the id, or all when the token names none. Throws what the last
   * fetch failed with when no keys are known at all.
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

  /** Never rejects; requests that come meanwhile share the fetch. */
  private refresh(): Promise<void> {
    if (!this.fetching && this.clock.now() - this.attempted >= MIN_INTERVAL) {
      this.attempted = this.clock.now();
      this.fetching = this.fetch().finally(() => (this.fetching = undefined));
    }
    return this.fetching ?? Promise.resolve();
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

/** The usable signature keys of a JSON Web Key Set: RSA and EC. Others, and broken ones, are left out. */
export function parseKeySet(document: Readonly<Record<string, unknown>>): readonly IssuerKey[] {
  if (!Array.isArray(document.keys)) throw new Error('the key set has no "keys"');
  return (document.keys as unknown[]).slice(0, MAX_KEYS).flatMap(parseKey);
}

function parseKey(value: unknown): IssuerKey[] {
  if (typeof value !== 'object' || value === null) return [];
  const jwk = value as JsonWebKey;
  if (jwk.kty !== 'RSA' && jwk.kty !== 'EC') return [];
  if (jwk.use !== undefined && jwk.use !== 'sig') return [];
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    return [{ kid: textOrNothing(jwk.kid), alg: textOrNothing(jwk.alg), key }];
  } catch {
    return [];
  }
}

const textOrNothing = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
