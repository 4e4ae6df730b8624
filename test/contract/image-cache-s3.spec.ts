import { existsSync } from 'node:fs';
import { ListObjectsV2Command, PutBucketPolicyCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mapConcurrently } from '../../src/shared/concurrency/concurrency-limit.js';
import { TestCache } from '../support/image-cache.js';
import { md5 } from '../support/image-origin.js';
import { installed } from '../support/installed.js';
import { S3_PROGRAM, S3Server } from '../support/s3.js';

/** Of three pages of a listing. */
const OBJECTS = 125;
const PAGE = 50;

describe.skipIf(!installed('an image cache with an S3 store', S3_PROGRAM))('an S3 store', { shuffle: false }, () => {
  let s3: S3Server;
  let client: S3Client;
  let cache: TestCache;
  const put = (Key: string, Body: string | Buffer): Promise<unknown> =>
    client.send(new PutObjectCommand({ Bucket: S3Server.bucket, Key, Body }));
  const publish = async (key: string, content: string): Promise<void> => {
    await put(key, content);
    await put(`${key}.md5`, `${md5(Buffer.from(content))}  ${key}\n`);
  };
  const image = (key: string, version: string) => ({ id: `debian-12.0.${version}`, url: `http://store/${key}` });

  beforeAll(async () => {
    s3 = await S3Server.start({ pageSize: PAGE });
    const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
    client = new S3Client({ endpoint: s3.url, region: 'us-east-1', forcePathStyle: true, credentials });
    const Statement = [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: ['s3:GetObject', 's3:ListBucket'],
        Resource: `arn:aws:s3:::${S3Server.bucket}/*`,
      },
    ];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await client.send(new PutBucketPolicyCommand({ Bucket: S3Server.bucket, Policy }));
    const fillers = Array.from({ length: OBJECTS - 4 }, (_, n) => `filler/${String(n).padStart(3, '0')}`);
    await mapConcurrently(fillers, 16, (key) => put(key, ''));
    await publish('a/first.img', 'first');
    await publish('z/last.img', 'last');
    cache = new TestCache({ 'image-store': s3.url, 'image-store-bucket': S3Server.bucket });
    cache.api.images = [image('a/first.img', '1'), image('z/last.img', '2')];
  });

  afterAll(async () => {
    await cache?.remove();
    client?.destroy();
    await s3?.stop();
  });

  it('is listed without credentials, all of its pages (acceptance i)', async () => {
    const page = await client.send(new ListObjectsV2Command({ Bucket: S3Server.bucket }));
    expect([page.KeyCount, page.IsTruncated]).toEqual([PAGE, true]);
    expect(await cache.sync()).toMatchObject({ added: ['z/last.img', 'a/first.img'], problems: [], missing: [] });
    expect(existsSync(cache.path('z/last.img'))).toBe(true);
  });

  it('replaces an image that was replaced in the store, once', async () => {
    await publish('z/last.img', 'replaced');
    expect((await cache.sync()).added).toEqual(['z/last.img']);
    expect((await cache.sync()).added).toEqual([]);
  });

  it('has no image without checksum file', async () => {
    await put('b/bare.img', 'bare');
    cache.api.images = [...(cache.api.images as object[]), image('b/bare.img', '3')];
    expect((await cache.sync()).problems).toEqual([expect.stringContaining('has no object b/bare.img.md5')]);
  });

  it('that is away takes no file from the cache (acceptance f)', async () => {
    await s3.stop();
    const report = await cache.sync();
    expect(report.removed).toEqual([]);
    expect(report.problems).toEqual([expect.stringContaining('cannot be listed')]);
    expect(existsSync(cache.path('z/last.img'))).toBe(true);
  });
});
