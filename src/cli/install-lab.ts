import { RestClient } from '../agent/rest-client.js';
import { installLab } from '../agent/simulator/lab.js';
import { loadLabConfig } from '../config/lab-config.js';
import { asOperator } from './ask-server.js';
import { readOptions } from './read-options.js';

export const USAGE = `usage: metal-api install-lab [--partition ID] [--url URL]

Creates the master data that a simulated partition needs, and ends; what exists stays as it is. Takes
METAL_API_HMAC_ADMIN_KEY, or METAL_API_DEV=true for the key of dev mode, so that "simulate" needs no admin's key.`;

const OPTIONS = {
  partition: { type: 'string', default: 'lab' },
  url: { type: 'string', default: 'http://127.0.0.1:8080/' },
} as const;

/** Creates the master data of a simulated partition. Throws UsageError when the server refuses or does not answer. */
export async function run(args: readonly string[]): Promise<number> {
  const { url, key, partition } = loadLabConfig(readOptions(args, OPTIONS));
  await asOperator(() => installLab(new RestClient({ url, role: 'admin', key }), partition));
  console.log(`partition "${partition}" has its master data`);
  return 0;
}
