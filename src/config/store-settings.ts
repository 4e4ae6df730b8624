import { databaseTls } from './database-tls.js';
import type { DatabaseTlsSettings } from './database-tls.js';
import { encryptionSettings } from './encryption-settings.js';
import type { EncryptionSettings } from './encryption-settings.js';
import type { Environment } from './environment.js';

/** Settings of the database. */
export interface StoreSettings {
  readonly engine: 'embedded' | 'rethinkdb' | 'memory';
  readonly dataDir: string;
  readonly rethinkdb: {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
    readonly password: string;
    readonly tls: DatabaseTlsSettings | undefined;
  };
  readonly encryption: EncryptionSettings;
}

/** Reads the settings. Those of RethinkDB are checked for every engine. */
export function storeSettings(env: Environment, dev: boolean): StoreSettings {
  const address = env.text('METAL_API_DB_ADDR', '127.0.0.1:28015');
  const [, host, port = '28015'] = /^([^:]+|\[[^\]]+\])(?::(\d+))?$/.exec(address) ?? [];
  if (host === undefined || Number(port) > 65535) {
    env.violation(`METAL_API_DB_ADDR is "${address}", expected host:port such as db.example:28015`);
  }
  const engine = env.oneOf('METAL_API_DB', ['embedded', 'rethinkdb', 'memory'], 'embedded');
  return {
    engine,
    dataDir: env.text('METAL_API_DATA_DIR', 'data'),
    rethinkdb: {
      host: host?.replace(/^\[|\]$/g, '') ?? '',
      port: Number(port),
      database: env.text('METAL_API_DB_NAME', 'metalapi'),
      user: env.text('METAL_API_DB_USER', 'admin'),
      password: env.text('METAL_API_DB_PASSWORD', ''),
      tls: databaseTls(env),
    },
    encryption: encryptionSettings(env, dev, engine === 'rethinkdb'),
  };
}
