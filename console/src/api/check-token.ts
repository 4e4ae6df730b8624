import { basePath } from './base-path.js';
import { ApiError, messageOf } from './client.js';
import { roleOf } from './groups.js';
import type { User } from './types.js';

/** The refusal of a user without any role. */
export class NoRoleError extends Error {}

/** Throws an Error that says why the token is of no use here; NoRoleError if it is valid, but grants nothing. */
export async function checkToken(token: string): Promise<void> {
  if (!/^[\x21-\x7e]+$/.test(token)) throw new Error('a token consists of letters, digits and punctuation only');
  const response = await fetch(`${basePath}v1/user/me`, { headers: { authorization: `Bearer ${token}` } }).catch(() => {
    throw new ApiError(0, 'the server cannot be reached');
  });
  const text = await response.text();
  if (!response.ok) {
    const message = messageOf(text);
    throw message.includes('not member in one of') ? new NoRoleError(message) : new ApiError(response.status, message);
  }
  const user = JSON.parse(text) as User;
  if (roleOf(user) === undefined)
    throw new NoRoleError(`${user.Name || user.Subject} has none of the roles viewer, editor and admin`);
}
