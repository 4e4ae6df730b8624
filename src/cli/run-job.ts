import type { Type } from '@nestjs/common';
import { createApp } from '../app.js';
import { loadConfig } from '../config/config.js';
import { keepDataPrivate } from './private-data.js';
import { readOptions } from './read-options.js';

/** The usage of a command that `runJob` carries out. */
export const jobUsage = (name: string, does: string): string => `usage: metal-api ${name}

${does}
A server does so by itself, periodically; this is for installations that schedule it. Takes the settings of the server,
and a database that a server may use at the same time, or no running server. Ends with 1 when something failed.`;

/**
 * Carries out once what a server does periodically, prints what came of it as JSON, and resolves to the exit code. Takes
 * no options.
 */
export async function runJob<S extends object>(
  args: readonly string[],
  service: Type<S>,
  job: (service: S) => Promise<object>,
): Promise<number> {
  readOptions(args, {});
  const config = loadConfig();
  keepDataPrivate(config, console.error);
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
