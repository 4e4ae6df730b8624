import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../shared/clock.js';
import type { DomainError } from '../../shared/errors/domain-error.js';
import { LONGEST_WAIT } from './request-delay-estimator.js';
import { forbidden } from './forbidden.js';
import { HMAC_TYPES, signHmac } from './hmac.js';
import type { HmacType } from './hmac.js';
import { ReadSignatures, ReplayCache } from './replay-cache.js';
import { formatSecond, parseSecond } from './rfc3339.js';
import { groupsOf } from './role.js';
import type { Role } from './role.js';
import type { User } from './user.js';

/** The secret of one HMAC type and the lifetime of its signatures in milliseconds; 0 = unlimited. */
export interface HmacSecret {
  readonly key: string;
  readonly lifetime: number;
}

export interface HmacOptions {
  readonly secrets: Readonly<Record<Role, HmacSecret>>;
  readonly tenant: string;
  /** Which reused signatures are refused. */
  readonly replays: 'allow' | 'refuse-writes' | 'refuse-all';
}

/** The parts of a request that a signature covers or that carry it. Header values as provided by Node.js. */
export interface SignedRequest {
  readonly method: string;
  readonly date: string | undefined;
  readonly salt: string | undefined;
  /** Maximum time that the request may have waited, in milliseconds: its date is evaluated as of its arrival. */
  readonly waited?: number | undefined;
}

interface Principal extends HmacSecret {
  readonly user: User;
  readonly replays: ReplayCache;
  /** Signatures of read requests: they may be reused, except on routes that return secrets. */
  readonly reads: ReadSignatures;
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** True for methods whose signatures may be reused by default. */
export const isSafeMethod = (method: string): boolean => SAFE_METHODS.has(method);

/** 403 for a reused signature. */
export const signatureUsedBefore = (): DomainError =>
  forbidden('this signature was used before, sign every request with a fresh X-Data-Salt');

/**
 * Verifies the HMAC scheme of docs/reference/authentication.md#hmac-scheme. In addition to it, future dates are limited
 * by the same lifetime as past ones, signatures are compared in constant time, and a signature is valid for one write
 * only.
 *
 * Replays: a signature covers neither path nor body, so anyone who intercepts one could attach it to any request with
 * that method. All known clients (the Go library since 2020, metal-python) generate a random salt of 24 letters per
 * request, so their signatures never repeat by accident, and refusing repeated ones costs them nothing. Reading methods
 * are exempt by default: Go's transport and most proxies automatically resend a GET, including its headers, when a
 * reused connection breaks. Custom clients with a constant salt are limited to one write per method and second; `allow`
 * can be set for them. A lifetime of 0 disables the check, because signatures would have to be stored forever. This
 * class only knows the signatures seen by this process; `SignatureGuard` shares them among replicas where that matters.
 */
export class HmacAuthenticator {
  private readonly principals: ReadonlyMap<string, Principal>;

  constructor(
    private readonly options: HmacOptions,
    private readonly clock: Clock,
  ) {
    const roles: readonly Role[] = ['viewer', 'editor', 'admin'];
    this.principals = new Map(roles.map((role) => [HMAC_TYPES[role], this.principal(role)]));
  }

  /** True for the schemes that this authenticator handles; names are case-sensitive. */
  handles(scheme: string): scheme is HmacType {
    return this.principals.has(scheme);
  }

  /** The user who made a signature. Throws `forbidden` if the date or the signature is invalid. */
  authenticate(type: HmacType, mac: string, request: SignedRequest): User {
    const principal = this.principals.get(type)!;
    const date = this.checkedDate(request, principal.lifetime);
    const { method, salt = '' } = request;
    if (!sameText(signHmac(principal.key, { date, method, salt }), mac)) throw forbidden('Wrong HMAC found');
    if (this.refusesReplays(method, principal) && !principal.replays.admit(mac)) {
      throw signatureUsedBefore();
    }
    if (isSafeMethod(method)) principal.reads.note(mac);
    return principal.user;
  }

  /** Whether this process has received a valid signature of a read request more than once. */
  isRepeatedRead(type: HmacType, mac: string): boolean {
    return this.principals.get(type)?.reads.isRepeated(mac) ?? false;
  }

  private principal(role: Role): Principal {
    const secret = this.options.secrets[role];
    return {
      ...secret,
      user: hmacUser(role, this.options.tenant),
      // A date may be one lifetime in the future when first seen, and is accepted until one lifetime after it, or even
      // longer if the request had to wait.
      replays: new ReplayCache(2 * secret.lifetime + LONGEST_WAIT, this.clock),
      reads: new ReadSignatures(2 * secret.lifetime + LONGEST_WAIT, this.clock),
    };
  }

  private checkedDate({ date: header, waited = 0 }: SignedRequest, lifetime: number): string {
    const text = (header ?? '').slice(0, 64);
    const date = parseSecond(text);
    if (date === undefined) {
      throw forbidden(
        `unknown timestamp ${JSON.stringify(text)} in "X-Date" header, use RFC3339: e.g. 2026-01-02T03:04:05Z`,
      );
    }
    const age = this.clock.now() - date;
    if (lifetime > 0 && (age - waited > lifetime || -age > lifetime)) throw this.untimely(text, age, lifetime);
    return formatSecond(date);
  }

  private untimely(text: string, age: number, lifetime: number): DomainError {
    const problem = age > 0 ? 'too old' : 'too far in the future';
    const now = formatSecond(this.clock.now());
    return forbidden(
      `the timestamp in your header is ${problem}: "${text}", the server time is ${now}, expected a difference of at most ${lifetime / 1000}s`,
    );
  }

  private refusesReplays(method: string, { lifetime }: Principal): boolean {
    if (lifetime === 0 || this.options.replays === 'allow') return false;
    return this.options.replays === 'refuse-all' || !SAFE_METHODS.has(method);
  }
}

/** The technical user of an HMAC type; issuer and subject are empty (docs/reference/authentication.md#hmac-scheme). */
function hmacUser(role: Role, tenant: string): User {
  const name = HMAC_TYPES[role];
  const email = `${name.toLowerCase()}@metal-stack.io`;
  return Object.freeze({ email, name, groups: groupsOf(role), tenant, issuer: '', subject: '' });
}

/** Compares in time that depends only on the lengths. */
function sameText(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected, 'latin1'), Buffer.from(given, 'latin1')];
  return a.length === b.length && timingSafeEqual(a, b);
}
