import type { Environment } from './environment.js';
import { pemFile } from './pem-file.js';

/** TLS settings of the connection to RethinkDB. All files are PEM. */
export interface DatabaseTlsSettings {
  /** undefined = the certificate authorities that the system trusts. */
  readonly ca: Buffer | undefined;
  /** Client certificate, for a database that requires one. */
  readonly client: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  /** Name in the database's certificate; undefined = the host in METAL_API_DB_ADDR. */
  readonly serverName: string | undefined;
}

/** Reads the settings. Any TLS setting, or METAL_API_DB_TLS=true, enables TLS; undefined = off. */
export function databaseTls(env: Environment): DatabaseTlsSettings | undefined {
  const optional = (name: string): Buffer | undefined =>
    env.text(name) === undefined ? undefined : pemFile(env, name);
  const ca = optional('METAL_API_DB_CA_FILE');
  const serverName = env.text('METAL_API_DB_SERVER_NAME');
  const client = clientCertificate(env);
  const wanted = ca !== undefined || serverName !== undefined || client !== undefined;
  if (!env.boolean('METAL_API_DB_TLS', wanted)) {
    if (wanted)
      env.violation('METAL_API_DB_TLS is "false" although other METAL_API_DB_ settings are for TLS, expected true');
    return undefined;
  }
  return { ca, client, serverName };
}

function clientCertificate(env: Environment): DatabaseTlsSettings['client'] {
  const names = ['METAL_API_DB_CLIENT_CERT_FILE', 'METAL_API_DB_CLIENT_KEY_FILE'] as const;
  if (names.map((name) => env.text(name)).every((path) => path === undefined)) return undefined;
  const [cert, key] = names.map((name) => pemFile(env, name));
  return cert && key && { cert, key };
}
