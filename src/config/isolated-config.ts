import type { Config } from './config.js';

/** HMAC keys of the three roles. */
export type RoleKeys = Record<'view' | 'edit' | 'admin', string>;

/**
 * The settings of a server on a copy of the data in memory, which uses nothing outside of its process. The key of the
 * admin role also signs tokens.
 */
export function isolatedConfig(config: Config, keys: RoleKeys): Config {
  const { auth } = config;
  return {
    ...config,
    store: { ...config.store, engine: 'memory' },
    bus: { ...config.bus, nats: undefined },
    s3: undefined,
    headscale: undefined,
    auditing: { ...config.auditing, enabled: false },
    auth: {
      ...auth,
      oidcIssuers: [],
      tokenKey: keys.admin,
      hmac: {
        view: { ...auth.hmac.view, key: keys.view },
        edit: { ...auth.hmac.edit, key: keys.edit },
        admin: { ...auth.hmac.admin, key: keys.admin },
      },
    },
  };
}
