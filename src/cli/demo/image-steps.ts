import type { RestClient } from '../../agent/rest-client.js';
import type { DemoImages } from './demo-images.js';
import { check } from './step.js';
import type { Step } from './step.js';

/** How an image reaches an installer: through the cache of the partition, and without it. */
export function imageSteps(viewer: RestClient, images: DemoImages, imageId: string): Step[] {
  const install = async (from: 'cache' | 'store'): Promise<string> => {
    const { url } = await viewer.get<{ url: string }>(`v1/image/${imageId}`);
    const download = await images.download(url);
    check(download.from === from, `the image from the ${from}, it came from the ${download.from}`);
    return `${download.bytes} bytes from the ${from}, MD5 right`;
  };
  return [
    { title: 'an installer downloads an image that is not cached yet', play: () => install('store') },
    {
      title: 'the image cache of the partition synchronises, and serves it',
      play: async () => `${await images.sync()} images cached; ${await install('cache')}`,
    },
    {
      title: 'the image cache stops, and the installer is led to the store',
      play: async () => {
        await images.stopCache();
        return install('store');
      },
    },
  ];
}
