import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { eventually } from './eventually.js';
import { freePort } from './port.js';

/** Command of the server: moto from PyPI, which implements the complete S3 API in memory. */
export const S3_PROGRAM = 'moto_server';

/** A real S3-compatible server with one bucket, on a free loopback port. */
export class S3Server {
  private constructor(
    private readonly process: ChildProcess,
    readonly url: string,
  ) {}

  static readonly bucket = 'firmware';

  /** `pageSize` is the number of keys in a page of a listing. */
  static async start({ pageSize = 1000 } = {}): Promise<S3Server> {
    const port = await freePort();
    const env = { ...globalThis.process.env, MOTO_S3_DEFAULT_MAX_KEYS: String(pageSize) };
    const process = spawn(S3_PROGRAM, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore', env });
    const server = new S3Server(process, `http://127.0.0.1:${port}`);
    await eventually('the S3 server answers', () => server.answers(), 60_000);
    await server.createBucket();
    return server;
  }

  /** Settings of a server that uses it. */
  get variables(): Record<string, string> {
    return {
      METAL_API_S3_ADDRESS: this.url,
      METAL_API_S3_KEY: 'key',
      METAL_API_S3_SECRET: 'secret',
      METAL_API_S3_FIRMWARE_BUCKET: S3Server.bucket,
    };
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }

  private async answers(): Promise<boolean> {
    if (this.process.exitCode !== null) throw new Error(`${S3_PROGRAM} exited during start-up`);
    return fetch(this.url).then(
      () => true,
      () => false,
    );
  }

  /** Number of uploads that have begun and are neither complete nor aborted. */
  async openUploads(): Promise<number> {
    const { Uploads } = await this.client().send(new ListMultipartUploadsCommand({ Bucket: S3Server.bucket }));
    return Uploads?.length ?? 0;
  }

  private async createBucket(): Promise<void> {
    await this.client().send(new CreateBucketCommand({ Bucket: S3Server.bucket }));
  }

  private client(): S3Client {
    const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
    return new S3Client({ endpoint: this.url, region: 'us-east-1', forcePathStyle: true, credentials });
  }
}
