import { RestClient } from '../agent/rest-client.js';
import { installLab } from '../agent/simulator/lab.js';
import { loadLabConfig } from '../config/lab-config.js';
import { withUsageErrors } from './server-client.js';
import { readOptions } from './read-options.js';

export const USAGE = `usage: metal-api install-lab [--partition ID] [--url URL]

Creates the master data that a simulated partition needs; existing entities stay unchanged. Requires
METAL_API_HMAC_ADMIN_KEY, or METAL_API_DEV=true for the key of dev mode. "simulate" then needs no admin key.`;

const OPTIONS = {
  partition: { type: 'string', default: 'lab' },
  url: { type: 'string', default: 'http://127.0.0.1:8080/' },
} as const;

/** Creates the master data of a simulated partition. Throws UsageError if the server refuses or does not respond. */
export async function run(args: readonly string[]): Promise<number> {
  const { url, key, partition } = loadLabConfig(readOptions(args, OPTIONS));
  await withUsageErrors(() => installLab(new RestClient({ url, role: 'admin', key }), partition));
  console.log(`created the master data of partition "${partition}"`);
  return 0;
}
