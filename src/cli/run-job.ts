import type { Type } from '@nestjs/common';
import { createApp } from '../app.js';
import { loadConfig } from '../config/config.js';

/**
 * Carries out once what a server does periodically, prints what came of it as JSON, and resolves to the exit code; for
 * installations that schedule it. Needs a database that a server may use at the same time, or no running server.
 */
export async function runJob<S extends object>(
  service: Type<S>,
  job: (service: S) => Promise<object>,
): Promise<number> {
  const app = await createApp(loadConfig());
  try {
    await app.init();
    const result = await job(app.get(service));
    console.log(JSON.stringify(result));
    return 'errors' in result && result.errors !== 0 ? 1 : 0;
  } finally {
    await app.close();
  }
}
