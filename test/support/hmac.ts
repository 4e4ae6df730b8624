import { HMAC_TYPES, hmacHeaders as headers } from '../../src/platform/auth/hmac.js';
import type { Role } from '../../src/platform/auth/role.js';

/** The keys of a server with METAL_API_DEV=true. */
export const DEV_KEYS: Readonly<Record<Role, string>> = {
  viewer: 'metal-view',
  editor: 'metal-edit',
  admin: 'metal-admin',
};

/** Signs one request of `method` with the keys of dev mode. Every request needs new headers. */
export const hmacHeaders = (role: Role, method: string, now = Date.now()): Record<string, string> =>
  headers(HMAC_TYPES[role], DEV_KEYS[role], method, now);
