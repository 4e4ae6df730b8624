import { randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { forbidden } from '../forbidden.js';
import { isRole } from '../role.js';
import type { Role } from '../role.js';

/** Issuer and audience of API tokens. */
export const API_TOKEN_ISSUER = 'metal-api';

const DAY = 24 * 3600 * 1000;

/**
 * Maximum lifetime of a token, in milliseconds. A revocation only needs to be kept for this long, even if nothing but
 * the token's ID is known.
 */
export const MAX_TOKEN_LIFETIME = 366 * DAY;

/** Grants of an API token: its bearer has this role until the token expires or is revoked. */
export interface ApiToken {
  readonly id: string;
  readonly subject: string;
  readonly role: Role;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

export interface NewToken {
  readonly subject: string;
  readonly role: Role;
  /** In milliseconds. */
  readonly lifetime: number;
}

/** Creates a token. Pure signing: with the token key, no running server is needed. `now` is in milliseconds. */
export function createApiToken(key: string, { subject, role, lifetime }: NewToken, now: number): [string, ApiToken] {
  const id = randomUUID();
  const iat = Math.floor(now / 1000);
  const exp = iat + Math.floor(lifetime / 1000);
  const claims = { iss: API_TOKEN_ISSUER, aud: API_TOKEN_ISSUER, sub: subject, role, jti: id, iat, exp };
  return [jwt.sign(claims, key, { algorithm: 'HS256' }), { id, subject, role, expires: exp * 1000 }];
}

/** Verifies a token of `createApiToken`, except for its revocation. Throws `forbidden`. `now` is in milliseconds. */
export function readApiToken(key: string | KeyObject, text: string, now: number): ApiToken {
  const { sub, role, jti, iat, exp } = verified(key, text, now);
  if (typeof sub !== 'string' || typeof jti !== 'string' || !isRole(role)) throw incomplete();
  if (typeof iat !== 'number' || typeof exp !== 'number') throw incomplete();
  if ((exp - iat) * 1000 > MAX_TOKEN_LIFETIME) throw forbidden('the token is not valid: its lifetime is too long');
  return { id: jti, subject: sub, role, expires: exp * 1000 };
}

function verified(key: string | KeyObject, text: string, now: number): Record<string, unknown> {
  try {
    const options = { issuer: API_TOKEN_ISSUER, audience: API_TOKEN_ISSUER, clockTimestamp: now / 1000 };
    return jwt.verify(text, key, { ...options, algorithms: ['HS256'] }) as Record<string, unknown>;
  } catch (error) {
    throw forbidden(`the token is not valid: ${(error as Error).message}`);
  }
}

const incomplete = (): Error => forbidden('the token is not valid: it lacks subject, role, id or times');
