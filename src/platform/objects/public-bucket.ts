import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { DomainError } from '../../shared/errors/domain-error.js';

/** An object of a bucket that everyone may read. */
export interface PublicObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly etag?: string | undefined;
  readonly modified?: Date | undefined;
}

export interface PublicBucketOptions {
  readonly endpoint: string;
  readonly bucket: string;
  /** The bucket is in the path of URLs instead of the host's name. */
  readonly pathStyle: boolean;
  /** Milliseconds for one page of the listing. */
  readonly patience: number;
}

/** A bucket with more objects is not one of images. */
const MAX_OBJECTS = 1_000_000;

/** All objects of a bucket, page by page, without credentials. Throws `unavailable`. */
export async function listPublicBucket(options: PublicBucketOptions): Promise<PublicObject[]> {
  const { bucket } = options;
  const client = anonymousClient(options);
  const objects: PublicObject[] = [];
  try {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket })) {
      for (const { Key, Size, ETag, LastModified } of Contents) {
        if (Key === undefined) continue;
        objects.push({ key: Key, size: Size ?? 0, etag: ETag, modified: LastModified });
      }
      if (objects.length > MAX_OBJECTS) throw new Error(`it has more than ${MAX_OBJECTS} objects`);
    }
    return objects;
  } catch (error) {
    const { name, message, code } = error as Error & { code?: string };
    const reason = message || code || name;
    throw new DomainError('unavailable', `the bucket "${bucket}" cannot be listed: ${reason}`, undefined, {
      cause: error,
    });
  } finally {
    client.destroy();
  }
}

function anonymousClient({ endpoint, pathStyle, patience }: PublicBucketOptions): S3Client {
  return new S3Client({
    endpoint,
    region: 'dummy',
    forcePathStyle: pathStyle,
    credentials: { accessKeyId: '', secretAccessKey: '' },
    signer: { sign: async (request) => request },
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: patience, throwOnRequestTimeout: true },
  });
}
