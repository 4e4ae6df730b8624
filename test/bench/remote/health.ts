import { healthDuring } from '../health.js';
import { inParallel } from '../load.js';
import { milliseconds } from '../quantity.js';
import type { Figure } from '../report.js';
import type { Api } from './api.js';

/** Lists under way at a time, and how many of each. */
const [WIDTH, ROUNDS] = [20, 30];
const LISTS = ['/v1/machine', '/v1/network', '/v1/ip', '/v1/switch'];

/** Latency of health while lists run: shows from outside how long the server is held by one request. */
export async function health(api: Api): Promise<Figure[]> {
  const all = Array.from({ length: ROUNDS }, () => LISTS).flat();
  const idle = await healthDuring(api.url, () => new Promise((resolve) => setTimeout(resolve, 1000)));
  const loaded = await healthDuring(api.url, () => inParallel(WIDTH, all, (path) => api.drain('GET', path)));
  return [
    { what: 'health of an idle server', value: milliseconds(idle.slowest, 'at worst'), latency: idle.latency },
    {
      what: `health while ${WIDTH} lists run at a time`,
      value: milliseconds(loaded.slowest, 'at worst'),
      latency: loaded.latency,
    },
  ];
}
