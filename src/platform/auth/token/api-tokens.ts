import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { BoundedMap } from '../../../shared/concurrency/bounded-map.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import { timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { isDomainError, malformed } from '../../../shared/errors/domain-error.js';
import type { Content, Table } from '../../store/table.js';
import { forbidden } from '../forbidden.js';
import { groupsOf } from '../role.js';
import type { User } from '../user.js';
import { API_TOKEN_ISSUER, MAX_TOKEN_LIFETIME, readApiToken } from './api-token.js';
import type { ApiToken } from './api-token.js';
import type { ApiTokenRecord } from './api-token.table.js';

/** Maximum number of cached tokens with a verified signature; there are few technical users. */
const MAX_REMEMBERED = 1000;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The server's API tokens: technical users, in addition to the three HMAC types. The command `token` creates tokens
 * with the token key; this class verifies, records and revokes them.
 */
export class ApiTokens {
  /**
   * A KeyObject, because for a text the library first tries to parse a public key each time, which dominates the cost.
   */
  private readonly key: KeyObject;
  /** By token. Verifying a signature takes longer than most requests. */
  private readonly remembered = new BoundedMap<string, { readonly token: ApiToken; readonly user: User }>(
    MAX_REMEMBERED,
  );

  constructor(
    key: string,
    private readonly tenant: string,
    private readonly records: Table<ApiTokenRecord>,
    private readonly clock: Clock,
    private readonly log: AppLogger,
  ) {
    this.key = createSecretKey(Buffer.from(key));
  }

  /** The user that a token identifies. Throws `forbidden`. Does not wait until the first use is recorded. */
  authenticate(text: string): User {
    const token = readApiToken(this.key, text, this.clock.now());
    if (!this.isRecorded(token)) void this.recordFirstUse(token);
    const user = this.userOf(token);
    this.remembered.set(text, { token, user });
    return user;
  }

  /**
   * The user of a token that was verified and recorded; otherwise undefined. Throws `forbidden` for a revoked token.
   */
  authenticateCached(text: string): User | undefined {
    const known = this.remembered.get(text);
    if (!known || known.token.expires <= this.clock.now()) return undefined;
    return this.isRecorded(known.token) ? known.user : undefined;
  }

  /** Tokens that were used or revoked and have not expired, ordered by ID. */
  list(): readonly ApiTokenRecord[] {
    return [...this.records.list()].filter((record) => !this.expired(record)).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /**
   * Revokes a token, effective immediately on this process and shortly after on all others. Idempotent. Also works for
   * tokens that were never used. Throws `malformed` if the ID is not a token ID.
   */
  async revoke(id: string): Promise<ApiTokenRecord> {
    if (!UUID.test(id)) throw malformed(`token id is "${id}", expected the UUID that was printed with the token`);
    const now = this.clock.now();
    await this.prune();
    return this.records.upsert(id, (current): Content<ApiTokenRecord> => {
      if (current?.revoked) return current;
      return { id, expires: timestamp(now + MAX_TOKEN_LIFETIME), ...current, revoked: timestamp(now) };
    });
  }

  /** Throws `forbidden` if the token was revoked. */
  private isRecorded({ id }: ApiToken): boolean {
    const record = this.records.get(id);
    if (record?.revoked) throw forbidden(`the token ${id} was revoked`);
    return record !== undefined;
  }

  private userOf({ subject, role }: ApiToken): User {
    const names = { name: subject, email: '', issuer: API_TOKEN_ISSUER, subject };
    return Object.freeze({ ...names, groups: groupsOf(role), tenant: this.tenant });
  }

  private async recordFirstUse({ id, subject, role, expires }: ApiToken): Promise<void> {
    const firstUsed = timestamp(this.clock.now());
    try {
      await this.records.insert({ id, subject, role, expires: timestamp(expires), firstUsed });
      await this.prune();
    } catch (error) {
      // Another request or replica may have recorded it; other errors must not fail the request with the token.
      if (!isDomainError(error, 'already-exists')) this.log.warn(`cannot record first use of token ${id}`, error);
    }
  }

  private async prune(): Promise<void> {
    for (const record of this.records.list()) if (this.expired(record)) await this.records.remove(record.id);
  }

  private expired({ expires }: ApiTokenRecord): boolean {
    return Date.parse(expires) < this.clock.now();
  }
}
