import { ResurrectionService } from '../modules/machine/release/resurrection.service.js';
import { jobUsage, runJob } from './run-job.js';

export const USAGE = jobUsage('resurrect-machines', 'Reboots free machines that are dead, and prints their number.');

export const run = (args: readonly string[]): Promise<number> =>
  runJob(args, ResurrectionService, (resurrection) => resurrection.resurrect());
