import { LivelinessService } from '../modules/machine/event/liveliness.service.js';
import { jobUsage, runJob } from './run-job.js';

export const USAGE = jobUsage(
  'machine-liveliness',
  'Evaluates once which machines are alive, and prints how many are what.',
);

export const run = (args: readonly string[]): Promise<number> =>
  runJob(args, LivelinessService, (liveliness) => liveliness.evaluate());
