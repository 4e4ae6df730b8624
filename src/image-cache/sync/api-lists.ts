import type { ApiImage } from '../selection/candidates.js';

/** What the cache reads of the API, with the role viewer. */
export interface ImageApi {
  get<T>(path: string): Promise<T>;
}

/** The boot configuration of a partition. */
export interface ApiPartition {
  readonly id: string;
  readonly bootconfig?: { readonly kernelurl?: string; readonly imageurl?: string };
}

/** All images. Throws when the answer is not a list of images: what it is must not decide what is removed. */
export async function listImages(api: ImageApi): Promise<ApiImage[]> {
  return checkedList<ApiImage>(
    await api.get('v1/image?show-usage=true'),
    'images',
    ({ id, url }) => typeof id === 'string' && (url === undefined || typeof url === 'string'),
  ).map((image) => ({ ...image, url: image.url ?? '' }));
}

/** All partitions. */
export async function listPartitions(api: ImageApi): Promise<ApiPartition[]> {
  return checkedList<ApiPartition>(await api.get('v1/partition'), 'partitions', ({ id }) => typeof id === 'string');
}

function checkedList<T>(
  answer: unknown,
  what: string,
  isOne: (one: Partial<Record<keyof T, unknown>>) => boolean,
): T[] {
  const isList =
    Array.isArray(answer) && answer.every((one) => typeof one === 'object' && one !== null && isOne(one as T));
  if (!isList) throw new Error(`the API's answer is not a list of ${what}`);
  return answer as T[];
}
