import { ImageService } from '../modules/image/image.service.js';
import { jobUsage, runJob } from './run-job.js';

export const USAGE = jobUsage(
  'delete-orphan-images',
  'Deletes expired images that are not in use, and prints their IDs.',
);

export const run = (args: readonly string[]): Promise<number> =>
  runJob(args, ImageService, async (images) => ({ deleted: (await images.deleteOrphans()).map(({ id }) => id) }));
