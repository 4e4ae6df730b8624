import { LivelinessService } from '../modules/machine/event/liveliness.service.js';
import { jobUsage, runJob } from './run-job.js';

export const USAGE = jobUsage(
  'machine-liveliness',
  'Evaluates the liveliness of all machines once, and prints the number of machines in each state.',
);

export const run = (args: readonly string[]): Promise<number> =>
  runJob(args, LivelinessService, (liveliness) => liveliness.evaluate());
