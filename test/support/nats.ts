import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, nanos } from 'nats';
import { agentName, BrokerNames } from '../../src/platform/bus/nats/subjects.js';
import { eventually } from './eventually.js';
import { searchPath } from './installed.js';
import { freePort } from './port.js';

/** A real NATS server with JetStream, on a free loopback port, with its streams in a temporary folder. */
export class NatsServer {
  private process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly configFile: string | undefined,
    private readonly variables: Readonly<Record<string, string>>,
  ) {}

  /** A configuration file, if given, defines users and permissions; `environment` sets its variables. */
  static async start(configFile?: string, environment: Readonly<Record<string, string>> = {}): Promise<NatsServer> {
    const folder = mkdtempSync(join(tmpdir(), 'metal-nats-'));
    const server = new NatsServer(await freePort(), folder, configFile, environment);
    await server.up();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  async up(): Promise<void> {
    const storage = this.configFile ? ['-c', this.configFile] : ['-js', '-sd', this.folder];
    const args = ['-a', '127.0.0.1', '-p', String(this.port), ...storage];
    const environment = { ...process.env, ...this.variables, METAL_NATS_STORE_DIR: this.folder, PATH: searchPath() };
    this.process = spawn('nats-server', args, {
      stdio: 'ignore',
      env: environment,
    });
    await this.answers();
  }

  /** Kills the server, like a crash; its data is kept. */
  async kill(): Promise<void> {
    if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }

  /** Stops the server and removes its data. */
  async loseDisk(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder);
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async answers(): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      if (await this.accepts()) return;
      if (this.process?.exitCode !== null) throw new Error('nats-server exited during start-up');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('nats-server does not respond');
  }

  private accepts(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connectTcp(this.port, '127.0.0.1');
      socket.on('connect', () => (socket.destroy(), resolve(true)));
      socket.on('error', () => resolve(false));
    });
  }
}

/**
 * The broker delivers commands of the partition again after two seconds of silence of their agent, instead of 30. The
 * server creates the consumer, and sets its time, when it publishes the first command.
 */
export async function hastenRedelivery({ url }: NatsServer, partition: string): Promise<void> {
  const connection = await connect({ servers: url });
  const { consumers } = await connection.jetstreamManager();
  const [stream, name] = [new BrokerNames().commandStream, agentName(partition)];
  const { config } = await eventually('the consumer exists', () => consumers.info(stream, name).catch(() => undefined));
  await consumers.update(stream, name, { ...config, ack_wait: nanos(2000) });
  await connection.close();
}
