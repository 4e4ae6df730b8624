import { LivelinessService } from '../modules/machine/event/liveliness.service.js';
import { runJob } from './run-job.js';

/** Prints how many machines are what. */
export const run = (): Promise<number> => runJob(LivelinessService, (liveliness) => liveliness.evaluate());
