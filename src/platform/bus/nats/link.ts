import { readFileSync } from 'node:fs';
import { connect, credsAuthenticator, Events } from 'nats';
import type { ConnectionOptions, NatsConnection } from 'nats';
import type { NatsSettings } from '../../../config/bus-settings.js';
import { sleep } from '../../../shared/async.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import type { Log } from '../../../shared/log.js';
import type { BusState } from '../bus.js';

export interface NatsOptions extends NatsSettings {
  /** Client name shown by the broker, e.g. `metal-api` or `agent-fra-equ01`; also the prefix of its inboxes. */
  readonly name: string;
  /**
   * `server` creates the streams and consumers and may use them all; `agent` only uses those of its partition, as its
   * credentials allow (deploy/nats.conf).
   */
  readonly role: 'server' | 'agent';
  /** Of consumers that a server creates: how long a message may stay silent before it comes again. */
  readonly ackWaitMs?: number;
  /** Of a server: whether it takes over the streams of another installation with the same name. */
  readonly takeOver?: boolean;
  /** Of a server: the identity of its database. Throws as long as that is not known. */
  readonly owner?: () => string;
  readonly log: Log;
}

const RECONNECT_MS = 500;

/** One connection that is there for good: the broker may come late, go, and come again. */
export class NatsLink {
  private current: NatsConnection | undefined;
  private up = false;
  private problem = 'not connected yet';
  private closed = false;
  private readonly waiting = new Set<() => void>();

  /** `onConnect` runs after every (re)connection, before anybody may use it; when it throws it is tried again. */
  constructor(
    private readonly options: NatsOptions,
    private readonly onConnect: (connection: NatsConnection) => Promise<void>,
  ) {
    void this.start();
  }

  state(): BusState {
    return { connected: this.up, message: this.up ? '' : `NATS ${this.address}: ${this.problem}` };
  }

  /** The URLs without what they may carry of credentials. */
  private get address(): string {
    return this.options.url.replace(/[^/,@]*@/g, '');
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** The connection, when it is usable now. Throws `unavailable`. */
  connection(): NatsConnection {
    if (!this.current || !this.up)
      throw new DomainError('unavailable', `the bus is not available: ${this.state().message}`);
    return this.current;
  }

  /** Resolves when there is a usable connection, or the link is closed. */
  async whenUp(): Promise<void> {
    if (this.up || this.closed) return;
    await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  async close(): Promise<void> {
    this.closed = true;
    this.setUp(false, 'closed');
    this.release();
    await this.current?.close();
  }

  private async start(): Promise<void> {
    while (!this.closed) {
      try {
        this.current = await connect(connectionOptions(this.options));
        if (this.closed) return await this.current.close();
        void this.follow(this.current);
        return await this.prepare(this.current);
      } catch (error) {
        this.setUp(false, describe(error));
        await sleep(RECONNECT_MS);
      }
    }
  }

  private async follow(connection: NatsConnection): Promise<void> {
    for await (const { type, data } of connection.status()) {
      if (type === Events.Disconnect) this.setUp(false, 'connection lost');
      else if (type === Events.Reconnect) void this.prepare(connection);
      else if (type === Events.Error) this.options.log.warn(`bus: ${JSON.stringify(data)}`);
    }
  }

  private async prepare(connection: NatsConnection): Promise<void> {
    while (!this.closed && !connection.isClosed()) {
      try {
        await this.onConnect(connection);
        this.setUp(true, '');
        return this.release();
      } catch (error) {
        this.setUp(false, describe(error));
        await sleep(RECONNECT_MS);
      }
    }
  }

  /** The connection stands, but must not be used until `onConnect` has succeeded again. */
  async reconsider(reason: string): Promise<void> {
    if (!this.up || !this.current) return;
    this.setUp(false, reason);
    await this.prepare(this.current);
  }

  private setUp(up: boolean, problem: string): void {
    if (this.closed && up) return;
    if (up && !this.up) this.options.log.info(`bus: connected to ${this.address}`);
    if (!up && problem !== this.problem) this.options.log.warn(`bus: ${problem}`);
    this.up = up;
    this.problem = problem;
  }

  private release(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

function connectionOptions(options: NatsOptions): ConnectionOptions {
  return {
    servers: options.url.split(',').map((url) => url.trim()),
    name: options.name,
    // Credentials let an agent listen to its own inboxes only, so that it cannot read another's commands.
    inboxPrefix: `_INBOX.${options.name}`,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MS,
    pingInterval: 10_000,
    ...(options.user !== undefined && { user: options.user, pass: options.password }),
    ...(options.credsFile && { authenticator: credsAuthenticator(readFileSync(options.credsFile)) }),
    ...(options.caFile && { tls: { caFile: options.caFile } }),
  };
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));
