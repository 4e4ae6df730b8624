import { ResurrectionService } from '../modules/machine/release/resurrection.service.js';
import { runJob } from './run-job.js';

/** Prints how many machines were rebooted. */
export const run = (): Promise<number> => runJob(ResurrectionService, (resurrection) => resurrection.resurrect());
