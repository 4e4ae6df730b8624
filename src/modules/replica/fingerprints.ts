import { createHmac } from 'node:crypto';
import type { Config } from '../../config/config.js';
import { tokenKeyOf } from '../../platform/auth/token/token-key.js';

/** Long enough to distinguish keys. */
const LENGTH = 12;

/** Lets two replicas compare a key without revealing it. */
const fingerprint = (key: string): string =>
  key === '' ? '' : createHmac('sha256', key).update('a key of metal-api').digest('hex').slice(0, LENGTH);

/** Fingerprints of the keys that replicas must share, by the names of their settings. */
export function fingerprintsOf(config: Config): Readonly<Record<string, string>> {
  const { view, edit, admin } = config.auth.hmac;
  return {
    METAL_API_TOKEN_KEY: fingerprint(tokenKeyOf(config)),
    METAL_API_HMAC_VIEW_KEY: fingerprint(view.key),
    METAL_API_HMAC_EDIT_KEY: fingerprint(edit.key),
    METAL_API_HMAC_ADMIN_KEY: fingerprint(admin.key),
  };
}
