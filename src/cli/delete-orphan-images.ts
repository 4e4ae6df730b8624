import { ImageService } from '../modules/image/image.service.js';
import { runJob } from './run-job.js';

/** Prints the ids of the images that are gone. */
export const run = (): Promise<number> =>
  runJob(ImageService, async (images) => ({ deleted: (await images.deleteOrphans()).map(({ id }) => id) }));
