import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../shared/clock.js';
import type { DomainError } from '../../shared/errors/domain-error.js';
import { forbidden } from './forbidden.js';
import { HMAC_TYPES, signHmac } from './hmac.js';
import type { HmacType } from './hmac.js';
import { ReadSignatures, ReplayCache } from './replay-cache.js';
import { formatSecond, parseSecond } from './rfc3339.js';
import { groupsOf } from './role.js';
import type { Role } from './role.js';
import type { User } from './user.js';

/** The secret of one HMAC type and for how long a signature holds, in milliseconds; 0 = for ever. */
export interface HmacSecret {
  readonly key: string;
  readonly lifetime: number;
}

export interface HmacOptions {
  readonly secrets: Readonly<Record<Role, HmacSecret>>;
  readonly tenant: string;
  /** Which repeated signatures are refused. */
  readonly replays: 'allow' | 'refuse-writes' | 'refuse-all';
}

/** The parts of a request that a signature covers or travels in. Header values as Node gives them. */
export interface SignedRequest {
  readonly method: string;
  readonly date: string | undefined;
  readonly salt: string | undefined;
}

interface Principal extends HmacSecret {
  readonly user: User;
  readonly replays: ReplayCache;
  /** Signatures of reading requests: they may come again, but not on a route that shows secrets. */
  readonly reads: ReadSignatures;
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** True for the methods whose signatures may be used again unless told otherwise. */
export const isReading = (method: string): boolean => READING.has(method);

/** 403 for a repeated signature. */
export const signatureUsedBefore = (): DomainError =>
  forbidden('this signature was used before, sign every request anew with a fresh X-Data-Salt');

/**
 * Verifies the HMAC scheme of reference/40 §2.2. Beyond it: instants in the future are bounded by the same lifetime as
 * those in the past, signatures are compared in constant time, and a signature is good for one write only.
 *
 * Replays. A signature covers neither path nor body, so whoever reads one off the wire may put any request of that
 * method behind it. Every known client (the Go library since 2020, metal-python) draws a random salt of 24 letters for
 * every request, so for them a repeated signature is never an accident, and refusing it costs them nothing. Reading
 * methods are exempt by default: Go's transport and most proxies send a GET again on their own, headers included, when
 * a reused connection breaks. Hand-made clients with a constant salt can do one write of a method a second; they can be
 * given `allow`. A lifetime of 0 switches the check off, because signatures would have to be remembered for ever. What
 * this class remembers is this process's; `SignatureGuard` shares it among replicas where that matters.
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

  /** True for the schemes that this authenticator judges; names are case-sensitive. */
  handles(scheme: string): scheme is HmacType {
    return this.principals.has(scheme);
  }

  /** The user behind a signature. Throws `forbidden` when the date or the signature does not hold. */
  authenticate(type: HmacType, mac: string, request: SignedRequest): User {
    const principal = this.principals.get(type)!;
    const date = this.checkedDate(request.date, principal.lifetime);
    const { method, salt = '' } = request;
    if (!sameText(signHmac(principal.key, { date, method, salt }), mac)) throw forbidden('Wrong HMAC found');
    if (this.refusesReplays(method, principal) && !principal.replays.admit(mac)) {
      throw signatureUsedBefore();
    }
    if (isReading(method)) principal.reads.note(mac);
    return principal.user;
  }

  /** Whether a good signature of a reading request has come more than once to this process. */
  wasRead(type: HmacType, mac: string): boolean {
    return this.principals.get(type)?.reads.isRepeated(mac) ?? false;
  }

  private principal(role: Role): Principal {
    const secret = this.options.secrets[role];
    return {
      ...secret,
      user: hmacUser(role, this.options.tenant),
      // A date may lie one lifetime ahead when first seen, and is then accepted until one lifetime after it.
      replays: new ReplayCache(2 * secret.lifetime, this.clock),
      reads: new ReadSignatures(2 * secret.lifetime, this.clock),
    };
  }

  private checkedDate(header: string | undefined, lifetime: number): string {
    const text = (header ?? '').slice(0, 64);
    const date = parseSecond(text);
    if (date === undefined) {
      throw forbidden(
        `unknown timestamp ${JSON.stringify(text)} in "X-Date" header, use RFC3339: e.g. 2026-01-02T03:04:05Z`,
      );
    }
    const age = this.clock.now() - date;
    if (lifetime > 0 && Math.abs(age) > lifetime) throw this.untimely(text, age, lifetime);
    return formatSecond(date);
  }

  private untimely(text: string, age: number, lifetime: number): DomainError {
    const problem = age > 0 ? 'too old' : 'too far in the future';
    const now = formatSecond(this.clock.now());
    return forbidden(
      `the timestamp in your header is ${problem}: "${text}", the time here is ${now}, at most ${lifetime / 1000}s apart is accepted`,
    );
  }

  private refusesReplays(method: string, { lifetime }: Principal): boolean {
    if (lifetime === 0 || this.options.replays === 'allow') return false;
    return this.options.replays === 'refuse-all' || !READING.has(method);
  }
}

/** The technical user behind an HMAC type; issuer and subject are empty (reference/40 §2.2). */
function hmacUser(role: Role, tenant: string): User {
  const name = HMAC_TYPES[role];
  const email = `${name.toLowerCase()}@metal-stack.io`;
  return Object.freeze({ email, name, groups: groupsOf(role), tenant, issuer: '', subject: '' });
}

/** Compares in time that depends on the lengths only. */
function sameText(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected, 'latin1'), Buffer.from(given, 'latin1')];
  return a.length === b.length && timingSafeEqual(a, b);
}
