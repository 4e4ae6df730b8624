import type { Environment } from './environment.js';

/** Connection settings of the broker. */
export interface NatsSettings {
  /** One URL or several, separated by commas. */
  readonly url: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** A credentials file of nsc, instead of user and password. */
  readonly credsFile?: string | undefined;
  /** CA of the broker's certificate; enables TLS. */
  readonly caFile?: string | undefined;
  /** Client certificate and its key, in PEM, for a broker that verifies its clients. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** First part of the names of streams and subjects, so that several installations can share a broker. */
  readonly installation?: string | undefined;
}

const INSTALLATION = /^[a-z][a-z0-9-]{0,31}$/;

/** Reads the broker settings; undefined if no broker is configured. */
export function natsSettings(env: Environment): NatsSettings | undefined {
  const url = env.text('METAL_API_NATS_URL');
  if (url === undefined) return undefined;
  if (!url.split(',').every((one) => isServer(one.trim()))) {
    // Does not repeat the value, which may contain a password.
    env.violation('METAL_API_NATS_URL is not a URL, expected URLs such as nats://localhost:4222, separated by commas');
  }
  const installation = env.text('METAL_API_INSTALLATION', 'metal');
  if (!INSTALLATION.test(installation)) {
    env.violation(
      `METAL_API_INSTALLATION is "${installation}", expected 1 to 32 lower-case letters, digits or "-", a letter first`,
    );
  }
  return {
    url,
    installation,
    user: env.text('METAL_API_NATS_USER'),
    password: env.text('METAL_API_NATS_PASSWORD'),
    credsFile: env.text('METAL_API_NATS_CREDS_FILE'),
    caFile: env.text('METAL_API_NATS_CA_FILE'),
    ...clientCertificate(env),
  };
}

function clientCertificate(env: Environment): Pick<NatsSettings, 'certFile' | 'keyFile'> {
  const [certFile, keyFile] = [env.text('METAL_API_NATS_CERT_FILE'), env.text('METAL_API_NATS_KEY_FILE')];
  if ((certFile === undefined) !== (keyFile === undefined)) {
    env.violation('METAL_API_NATS_CERT_FILE and METAL_API_NATS_KEY_FILE must be set together');
  }
  return { certFile, keyFile };
}

const isServer = (text: string): boolean => URL.canParse(text.includes('://') ? text : `nats://${text}`);
