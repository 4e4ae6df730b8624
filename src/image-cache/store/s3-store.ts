import type { ImageStoreSettings } from '../../config/image-cache-config.js';
import { listPublicBucket } from '../../platform/objects/public-bucket.js';
import type { PublicObject } from '../../platform/objects/public-bucket.js';
import type { Candidate } from '../selection/candidates.js';
import { CHECKSUM_SUFFIX, pathOfKey } from '../selection/object-key.js';
import type { ImageStore, StoreAnswer, StoreAnswers } from './image-store.js';

/** A bucket whose listing says what there is. Of the images' URLs only the path counts. */
export class S3Store implements ImageStore {
  constructor(
    private readonly settings: Extract<ImageStoreSettings, { kind: 's3' }>,
    private readonly patience: number,
  ) {}

  async find(candidates: readonly Candidate[]): Promise<StoreAnswers> {
    const listed = await listPublicBucket({ ...this.settings, patience: this.patience });
    const objects = new Map(listed.map((object) => [object.key, object]));
    const answers = new Map(candidates.map(({ key }) => [key, this.answer(key, objects)]));
    return { answers, listed: listed.length };
  }

  private answer(key: string, objects: ReadonlyMap<string, PublicObject>): StoreAnswer {
    const { bucket, baseUrl } = this.settings;
    const [object, checksum] = [objects.get(key), objects.get(key + CHECKSUM_SUFFIX)];
    if (object === undefined) return { missing: `the bucket ${bucket} has no object ${key}` };
    if (checksum === undefined) return { missing: `the bucket ${bucket} has no object ${key}${CHECKSUM_SUFFIX}` };
    const { size, etag, modified } = object;
    const url = new URL(pathOfKey(key), baseUrl).href;
    return { url, size, etag, modified: modified?.toUTCString(), checksumEtag: checksum.etag };
  }
}
