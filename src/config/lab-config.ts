import { ConfigError } from './config-error.js';
import { Environment } from './environment.js';

/** Settings for the creation of a simulated partition's master data. */
export interface LabConfig {
  readonly partition: string;
  /** URL of the REST API, including the base path. */
  readonly url: string;
  /** HMAC key of the admin role. */
  readonly key: string;
}

/** Reads the settings; `options` come from the command line. Throws ConfigError with all violations. */
export function loadLabConfig(
  options: { readonly partition: string; readonly url: string },
  variables: Readonly<Record<string, string | undefined>> = process.env,
): LabConfig {
  const env = new Environment(variables);
  const url = options.url.endsWith('/') ? options.url : `${options.url}/`;
  if (!URL.canParse(url))
    env.violation(`--url is "${options.url}", expected a URL such as http://127.0.0.1:8080/metal/`);
  if (options.partition === '') env.violation('--partition is empty, expected the ID of a partition');
  const key = env.text('METAL_API_HMAC_ADMIN_KEY', env.boolean('METAL_API_DEV', false) ? 'metal-admin' : '');
  if (key === '') env.violation('METAL_API_HMAC_ADMIN_KEY is not set, expected the HMAC key of the admin role');
  if (env.violations.length > 0) throw new ConfigError(env.violations);
  return { partition: options.partition, url, key };
}
