import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Logger } from '@nestjs/common';
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

/** Tokens whose signature is known to be good; technical users are few. */
const MAX_REMEMBERED = 1000;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The server's own API tokens: technical users beside the three HMAC types. Tokens are made by whoever holds the token
 * key (command `token`); this side verifies, records and revokes them.
 */
export class ApiTokens {
  private readonly logger = new Logger('ApiTokens');
  /** Given a text, the library tries to read it as a public key each time, which takes longer than everything else. */
  private readonly key: KeyObject;
  /** By text. Checking a signature takes longer than most requests. */
  private readonly remembered = new Map<string, { readonly token: ApiToken; readonly user: User }>();

  constructor(
    key: string,
    private readonly tenant: string,
    private readonly records: Table<ApiTokenRecord>,
    private readonly clock: Clock,
  ) {
    this.key = createSecretKey(Buffer.from(key));
  }

  /** The user behind a token. Throws `forbidden`. Does not wait for the record of a first use. */
  authenticate(text: string): User {
    const token = readApiToken(this.key, text, this.clock.now());
    if (!this.isRecorded(token)) void this.recordFirstUse(token);
    const user = this.userOf(token);
    if (this.remembered.size >= MAX_REMEMBERED) this.remembered.clear();
    this.remembered.set(text, { token, user });
    return user;
  }

  /** The user behind a token that is known to be good, and recorded; undefined for others. Throws `forbidden`. */
  recall(text: string): User | undefined {
    const known = this.remembered.get(text);
    if (!known || known.token.expires <= this.clock.now()) return undefined;
    return this.isRecorded(known.token) ? known.user : undefined;
  }

  /** Tokens that were used or revoked and have not expired, sorted by id. */
  list(): readonly ApiTokenRecord[] {
    return [...this.records.list()].filter((record) => !this.expired(record)).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /**
   * Makes a token worthless, now on this process and within moments on all others; repeating it changes nothing.
   * Works for tokens that were never used. Throws `malformed` when the id is not that of a token.
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

  /** Throws `forbidden` when it was revoked. */
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
      // Another request or replica was first; anything else must not fail the request that carries the token.
      if (!isDomainError(error, 'already-exists')) this.logger.warn(`token ${id} not recorded: ${String(error)}`);
    }
  }

  private async prune(): Promise<void> {
    for (const record of this.records.list()) if (this.expired(record)) await this.records.remove(record.id);
  }

  private expired({ expires }: ApiTokenRecord): boolean {
    return Date.parse(expires) < this.clock.now();
  }
}
