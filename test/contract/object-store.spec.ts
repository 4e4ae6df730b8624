import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NoObjectStore } from '../../src/platform/objects/no-object-store.js';
import { S3ObjectStore } from '../../src/platform/objects/s3-object-store.js';
import { installed } from '../support/installed.js';
import { freePort } from '../support/port.js';
import { S3_PROGRAM, S3Server } from '../support/s3.js';

const settings = { key: 'key', secret: 'secret', bucket: S3Server.bucket };

describe.skipIf(!installed('the object storage against a real S3 server', S3_PROGRAM))('the object storage', () => {
  let server: S3Server;
  let store: S3ObjectStore;
  beforeAll(async () => {
    server = await S3Server.start();
    store = new S3ObjectStore({ ...settings, address: server.url });
  });
  afterAll(async () => {
    store.close();
    await server.stop();
  });

  const stored = async (key: string) => Buffer.from(await (await fetch(await store.presign(key, 60))).arrayBuffer());

  it('stores streams of any size, and provides them by URL', async () => {
    const portion = Buffer.alloc(1024 * 1024, 'x');
    await store.put('a/empty', Readable.from([]));
    await store.put('a/large', Readable.from(Array.from({ length: 12 }, () => portion)));
    expect((await stored('a/empty')).length).toBe(0);
    expect((await stored('a/large')).equals(Buffer.alloc(12 * portion.length, 'x'))).toBe(true);
    await store.put('a/large', Readable.from(['small']));
    expect((await stored('a/large')).toString()).toBe('small');
  });

  it('preserves unusual names', async () => {
    const key = 'bios/super micro/X11 (A+B)/1.0 ü&?#%';
    await store.put(key, Readable.from(['odd']));
    expect((await stored(key)).toString()).toBe('odd');
    expect(await store.list('bios/super')).toEqual([key]);
  });

  it('lists many keys completely, and ignores the removal of absent ones', async () => {
    const keys = Array.from({ length: 25 }, (_, index) => `many/${String(index).padStart(4, '0')}`);
    await Promise.all(keys.map((key) => store.put(key, Readable.from(['x']))));
    const byTens = new S3ObjectStore({ ...settings, address: server.url }, 10);
    expect(await byTens.list('many/')).toEqual(keys);
    byTens.close();
    await store.remove('many/0000');
    await store.remove('many/0000');
    expect(await store.list('many/000')).toHaveLength(9);
    expect(await store.list('nothing/')).toEqual([]);
  });

  it('stores nothing of an aborted stream', async () => {
    const broken = Readable.from(
      (function* () {
        yield Buffer.alloc(6 * 1024 * 1024);
        throw new Error('the client is gone');
      })(),
    );
    await expect(store.put('broken', broken)).rejects.toThrow('the client is gone');
    expect(await store.list('broken')).toEqual([]);
  });

  it('reports errors of the server', async () => {
    const other = new S3ObjectStore({ ...settings, address: server.url, bucket: 'nowhere' });
    await expect(other.list('')).rejects.toMatchObject({ kind: 'unavailable', message: /bucket "nowhere".*exist/ });
  });
});

describe('an unavailable object storage', () => {
  it('throws unavailable', { timeout: 30_000 }, async () => {
    const store = new S3ObjectStore({ ...settings, address: `http://127.0.0.1:${await freePort()}` });
    await expect(store.list('')).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(store.put('x', Readable.from(['x']))).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('throws unavailable if the server accepts connections but never responds', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    const address = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const store = new S3ObjectStore({ ...settings, address }, 1000, 200);
    await expect(store.list('')).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(store.remove('x')).rejects.toMatchObject({ kind: 'unavailable' });
    store.close();
    silent.closeAllConnections();
    silent.close();
  });

  it('throws disabled if none is configured', async () => {
    const store = new NoObjectStore();
    const asked = [store.list(), store.put(), store.remove(), store.presign()];
    for (const answer of asked) await expect(answer).rejects.toMatchObject({ kind: 'disabled' });
  });
});
