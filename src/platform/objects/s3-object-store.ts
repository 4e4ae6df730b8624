import type { Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { S3Settings } from '../../config/optional-services.js';
import { DomainError } from '../../shared/errors/domain-error.js';
import { ObjectStore } from './object-store.js';

/** Required in each signature; self-hosted servers accept any value. */
const REGION = 'dummy';

const ATTEMPTS = 3;
const CONNECT_MS = 5_000;

/** Clients give up after 30 s; a server that accepts connections but never responds must not block them until then. */
const ANSWER_MS = 20_000;

/** Number of parts uploaded concurrently: an upload holds this many times 5 MiB in memory. */
const PORTIONS = 2;

/**
 * One bucket of an S3-compatible server. The bucket is part of the path, not the host name, so no wildcard DNS is
 * needed.
 */
export class S3ObjectStore extends ObjectStore {
  private readonly client: S3Client;
  private readonly bucket: string;

  /** `pageSize` is the number of keys per list response; `patience` is the response timeout in milliseconds. */
  constructor(
    { address, key, secret, bucket }: S3Settings,
    private readonly pageSize = 1000,
    private readonly patience = ANSWER_MS,
  ) {
    super();
    this.bucket = bucket;
    this.client = new S3Client({
      endpoint: address,
      region: REGION,
      forcePathStyle: true,
      credentials: { accessKeyId: key, secretAccessKey: secret },
      maxAttempts: ATTEMPTS,
      requestHandler: { connectionTimeout: CONNECT_MS },
      // Not all third-party servers support the checksums that the library adds by default.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  assertConfigured(): void {
    // Always configured.
  }

  async put(key: string, content: Readable): Promise<void> {
    const params = { Bucket: this.bucket, Key: key, Body: content };
    const upload = new Upload({ client: this.client, params, queueSize: PORTIONS, leavePartsOnError: false });
    await this.answer(
      () => upload.done(),
      () => content.errored,
    );
  }

  async list(prefix: string): Promise<string[]> {
    const keys = await this.answer(async () => {
      const found: string[] = [];
      for await (const { Contents = [] } of this.pages(prefix)) found.push(...Contents.flatMap(({ Key }) => Key ?? []));
      return found;
    });
    return keys.sort();
  }

  async remove(key: string): Promise<void> {
    const command = new DeleteObjectCommand({ Bucket: this.bucket, Key: key });
    await this.answer(() => this.client.send(command, this.deadline()));
  }

  async presign(key: string, seconds: number): Promise<string> {
    const command = new GetObjectCommand({ Bucket: this.bucket, Key: key });
    return getSignedUrl(this.client, command, { expiresIn: seconds });
  }

  override close(): void {
    this.client.destroy();
  }

  private pages(prefix: string) {
    return paginateListObjectsV2(
      { client: this.client, pageSize: this.pageSize },
      { Bucket: this.bucket, Prefix: prefix },
      this.deadline(),
    );
  }

  private deadline(): { abortSignal: AbortSignal } {
    return { abortSignal: AbortSignal.timeout(this.patience) };
  }

  /** Errors of the server become `unavailable`; an error of the uploaded stream is passed on. */
  private async answer<T>(ask: () => Promise<T>, sendersError?: () => Error | null): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw sendersError?.() ?? unavailable(this.bucket, error);
    }
  }
}

function unavailable(bucket: string, cause: unknown): DomainError {
  const { name, message, code } = cause as Error & { code?: string };
  const reason = message || code || name;
  return new DomainError('unavailable', `the object storage (bucket "${bucket}") failed: ${reason}`, undefined, {
    cause,
  });
}
