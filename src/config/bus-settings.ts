import type { Environment } from './environment.js';

/** How a process reaches the broker. */
export interface NatsSettings {
  /** One URL or several, separated by commas. */
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  /** A credentials file of nsc, instead of user and password. */
  readonly credsFile?: string;
  /** CA of the broker's certificate; switches TLS on. */
  readonly caFile?: string;
  /** The first part of the names of streams and subjects; several installations may share a broker. */
  readonly installation?: string;
}

const INSTALLATION = /^[a-z][a-z0-9-]{0,31}$/;

/** The broker of the environment; undefined = none. */
export function natsSettings(env: Environment): NatsSettings | undefined {
  const url = env.text('METAL_API_NATS_URL');
  if (url === undefined) return undefined;
  if (!url.split(',').every((one) => isServer(one.trim()))) {
    // The value itself may carry a password.
    env.violation('METAL_API_NATS_URL is no URL, expected URLs such as nats://localhost:4222, separated by commas');
  }
  const installation = env.text('METAL_API_INSTALLATION', 'metal');
  if (!INSTALLATION.test(installation)) {
    env.violation(
      `METAL_API_INSTALLATION is "${installation}", expected 1 to 32 lower-case letters, digits and "-", a letter first`,
    );
  }
  return {
    url,
    installation,
    user: env.text('METAL_API_NATS_USER'),
    password: env.text('METAL_API_NATS_PASSWORD'),
    credsFile: env.text('METAL_API_NATS_CREDS_FILE'),
    caFile: env.text('METAL_API_NATS_CA_FILE'),
  };
}

const isServer = (text: string): boolean => URL.canParse(text.includes('://') ? text : `nats://${text}`);
