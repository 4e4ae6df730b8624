import { isDatabaseShared } from '../../../config/config.js';
import type { Config } from '../../../config/config.js';

/** Within this time, in milliseconds, every replica sees the writes of all others. */
const FEED_HORIZON = 2_000;

/** How long, in milliseconds, a write may be invisible to other processes. A single process sees its own at once. */
export const feedHorizon = (config: Config): number => (isDatabaseShared(config) ? FEED_HORIZON : 0);
