import type { Type } from '@nestjs/common';
import { createApp } from '../app.js';
import { loadConfig } from '../config/config.js';
import { restrictSecrets } from './restrict-secrets.js';
import { readOptions } from './read-options.js';

/** Usage text of a command that `runJob` runs. */
export const jobUsage = (name: string, does: string): string => `usage: metal-api ${name}

${does}
Servers do so periodically; this command is for installations that schedule it externally. Uses the settings of the
server. With the embedded database, no server may run at the same time. Exits with 1 if anything failed.`;

/**
 * Runs a periodic task of the server once and prints its result as JSON. Accepts no options. Resolves to the exit code.
 */
export async function runJob<S extends object>(
  args: readonly string[],
  service: Type<S>,
  job: (service: S) => Promise<object>,
): Promise<number> {
  readOptions(args, {});
  const config = loadConfig();
  restrictSecrets(config, console.error);
  const app = await createApp(config);
  try {
    await app.init();
    const result = await job(app.get(service));
    console.log(JSON.stringify(result));
    return 'errors' in result && result.errors !== 0 ? 1 : 0;
  } finally {
    await app.close();
  }
}
