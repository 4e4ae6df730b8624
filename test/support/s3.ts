import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { eventually } from './eventually.js';
import { freePort } from './port.js';

/** What starts the server. It is moto's, of PyPI: S3's whole API, in memory. */
export const S3_PROGRAM = 'moto_server';

/** A real S3-compatible server with one bucket, on a free loopback port. */
export class S3Server {
  private constructor(
    private readonly process: ChildProcess,
    readonly url: string,
  ) {}

  static readonly bucket = 'firmware';

  static async start(): Promise<S3Server> {
    const port = await freePort();
    const process = spawn(S3_PROGRAM, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
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
    if (this.process.exitCode !== null) throw new Error(`${S3_PROGRAM} ended at once`);
    return fetch(this.url).then(
      () => true,
      () => false,
    );
  }

  private async createBucket(): Promise<void> {
    const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
    const client = new S3Client({ endpoint: this.url, region: 'us-east-1', forcePathStyle: true, credentials });
    await client.send(new CreateBucketCommand({ Bucket: S3Server.bucket }));
    client.destroy();
  }
}
