import { createApp } from '../app.js';
import { loadConfig } from '../config/config.js';
import { LivelinessService } from '../modules/machine/event/liveliness.service.js';

/**
 * Evaluates the liveliness of all machines once and prints how many are what; for installations that schedule it. A
 * server does so by itself every minute.
 */
export async function run(): Promise<number> {
  const app = await createApp(loadConfig());
  try {
    await app.init();
    const count = await app.get(LivelinessService).evaluate();
    console.log(JSON.stringify(count));
    return count.errors === 0 ? 0 : 1;
  } finally {
    await app.close();
  }
}
