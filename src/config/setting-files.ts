import { join } from 'node:path';
import { Environment } from './environment.js';

/** A file that a setting names. */
export interface SettingFile {
  readonly name: string;
  readonly path: string;
}

/** Files that settings of a server or console server name, also while other settings are invalid. */
export interface SettingFiles {
  readonly secrets: readonly SettingFile[];
  readonly certificates: readonly SettingFile[];
}

const SECRETS = [
  'METAL_API_ENCRYPTION_KEY_FILE',
  'METAL_API_GRPC_SERVER_KEY_FILE',
  'METAL_API_DB_CLIENT_KEY_FILE',
  'METAL_API_NATS_CREDS_FILE',
  'METAL_API_NATS_KEY_FILE',
  'METAL_API_BMC_SUPERUSER_PWD_FILE',
];
const CONSOLE_SECRETS = ['METAL_API_CONSOLE_API_HMAC_FILE', 'METAL_API_CONSOLE_HOST_KEY_FILE'];
const CERTIFICATES = [
  'METAL_API_GRPC_CA_CERT_FILE',
  'METAL_API_GRPC_SERVER_CERT_FILE',
  'METAL_API_DB_CA_FILE',
  'METAL_API_DB_CLIENT_CERT_FILE',
  'METAL_API_NATS_CA_FILE',
  'METAL_API_NATS_CERT_FILE',
];

/** The files with secrets that settings of a server name. */
export const secretFiles = (env: Environment): readonly SettingFile[] => filesOf(env, SECRETS);

/** The files with secrets that settings of a console server name. */
export const consoleSecretFiles = (env: Environment): readonly SettingFile[] => filesOf(env, CONSOLE_SECRETS);

/** The files that the settings name. */
export function filesOf(env: Environment, settings: readonly string[]): readonly SettingFile[] {
  return settings.flatMap((name) => {
    const path = env.text(name);
    return path === undefined ? [] : [{ name, path }];
  });
}

/** Reads the names of the files. */
export function settingFiles(variables: Readonly<Record<string, string | undefined>> = process.env): SettingFiles {
  const env = new Environment(variables);
  const dataDir = env.text('METAL_API_DATA_DIR', 'data');
  const generated = ['encryption.key', 'api-token.key'].map((file) => ({
    name: 'data folder',
    path: join(dataDir, file),
  }));
  return {
    secrets: [...secretFiles(env), ...consoleSecretFiles(env), ...generated],
    certificates: filesOf(env, CERTIFICATES),
  };
}

/** The HMAC keys that the environment holds, whether or not they are fit for a server. */
export function hmacKeys(variables: Readonly<Record<string, string | undefined>> = process.env) {
  const env = new Environment(variables);
  const dev = env.boolean('METAL_API_DEV', false);
  return {
    view: env.text('METAL_API_HMAC_VIEW_KEY') ?? (dev ? 'metal-view' : undefined),
    admin: env.text('METAL_API_HMAC_ADMIN_KEY') ?? (dev ? 'metal-admin' : undefined),
  };
}

/** Address of the server in the settings, also while other settings are invalid; loopback if it is on all interfaces. */
export function serverAddress(variables: Readonly<Record<string, string | undefined>> = process.env): string {
  const env = new Environment(variables);
  const host = env.text('METAL_API_BIND_ADDR', '127.0.0.1');
  const name = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (host.includes(':') ? `[${host}]` : host);
  const base = env.text('METAL_API_BASE_PATH', '/').replace(/^\/+|\/+$/g, '');
  return `http://${name}:${env.text('METAL_API_PORT', '8080')}/${base === '' ? '' : `${base}/`}`;
}
