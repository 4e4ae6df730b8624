import { definedFields } from '../../../shared/entity.js';
import { readFileSync } from 'node:fs';
import { connect, credsAuthenticator, ErrorCode, Events } from 'nats';
import type { ConnectionOptions, NatsConnection } from 'nats';
import type { NatsSettings } from '../../../config/bus-settings.js';
import { sleep } from '../../../shared/concurrency/timers.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import type { BusState } from '../bus.js';

export interface NatsOptions extends NatsSettings {
  /** Client name shown by the broker, e.g. `metal-api` or `agent-fra-equ01`; also the prefix of its inboxes. */
  readonly name: string;
  /**
   * `server` creates the streams and consumers and may use all of them; `agent` only uses those of its partition, as
   * its credentials allow (deploy/nats.conf).
   */
  readonly role: 'server' | 'agent';
  /** For consumers created by a server: how long a message may stay unacknowledged before it is redelivered. */
  readonly ackWaitMs?: number;
  /** For servers: whether to take over the streams of another installation with the same name. */
  readonly takeOver?: boolean;
  /** For servers: the identity of its database. Throws until `ready` resolves. */
  readonly owner?: () => string;
  /** For servers: resolves when the streams may be prepared; until then, the bus is not available. */
  readonly ready?: () => Promise<void>;
  readonly log: AppLogger;
}

const RECONNECT_MS = 500;
/** How long a broker may take to accept a connection, in milliseconds. */
const CONNECT_MS = 10_000;

/** A permanent connection: the broker may start later, disappear and return. */
export class NatsLink {
  private current: NatsConnection | undefined;
  private up = false;
  private problem = 'not connected yet';
  private closed = false;
  private readonly waiting = new Set<() => void>();

  /** `onConnect` runs after every (re)connection, before the connection is used; if it throws, it is retried. */
  constructor(
    private readonly options: NatsOptions,
    private readonly onConnect: (connection: NatsConnection) => Promise<void>,
  ) {
    void this.start();
  }

  state(): BusState {
    return { connected: this.up, message: this.up ? '' : `NATS ${this.address}: ${this.problem}` };
  }

  /** The URLs without credentials. */
  private get address(): string {
    return this.options.url.replace(/[^/,@]*@/g, '');
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** The connection, if it is usable now. Throws `unavailable`. */
  connection(): NatsConnection {
    if (!this.current || !this.up)
      throw new DomainError('unavailable', `the bus is not available: ${this.state().message}`);
    return this.current;
  }

  /** Resolves when the connection is usable, or the link is closed. */
  async whenConnected(): Promise<void> {
    if (this.up || this.closed) return;
    await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  async close(): Promise<void> {
    this.closed = true;
    this.up = false;
    this.problem = 'closed';
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
        this.setUp(false, connectFailure(error, this.options));
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

  /** The connection is up, but must not be used until `onConnect` has succeeded again. */
  async revalidate(reason: string): Promise<void> {
    if (!this.up || !this.current) return;
    this.setUp(false, reason);
    await this.prepare(this.current);
  }

  private setUp(up: boolean, problem: string): void {
    if (this.closed) return;
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
    // Credentials restrict an agent to its own inboxes, so that it cannot read commands of other agents.
    inboxPrefix: `_INBOX.${options.name}`,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MS,
    pingInterval: 10_000,
    timeout: CONNECT_MS,
    ...definedFields({ user: options.user, pass: options.user === undefined ? undefined : options.password }),
    ...(options.credsFile && { authenticator: credsAuthenticator(readFileSync(options.credsFile)) }),
    ...((options.caFile ?? options.certFile) && {
      tls: definedFields({ caFile: options.caFile, certFile: options.certFile, keyFile: options.keyFile }),
    }),
  };
}

/** A broker that refuses a certificate does so after the handshake, which the client library sees as silence. */
function connectFailure(error: unknown, { caFile, certFile }: NatsOptions): string {
  if ((error as { code?: unknown }).code !== ErrorCode.Timeout) return describe(error);
  const silence = `the broker did not accept the connection within ${CONNECT_MS / 1000} s`;
  if (caFile === undefined && certFile === undefined) return silence;
  const hint =
    certFile === undefined
      ? 'it may require a client certificate (METAL_API_NATS_CERT_FILE)'
      : `it may refuse ${certFile}`;
  return `${silence}; ${hint}`;
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));
