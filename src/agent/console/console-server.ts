import { createServer } from 'node:net';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { AppLogger } from '../../shared/app-logger.js';
import type { Clock } from '../../shared/clock.js';
import { endsWithin } from '../../shared/concurrency/deadline.js';
import { after } from '../../shared/concurrency/timers.js';
import type { ConsoleMetrics } from '../../platform/telemetry/console-metrics.js';
import { ConnectionQuota } from './connection-quota.js';
import type { ConsoleApi } from './console-api.js';
import { ConsoleConnection } from './console-connection.js';
import { ConsoleHub } from './console-hub.js';
import type { HostKey } from './host-key.js';
import { addressGroup, LoginThrottle } from './login-throttle.js';
import { Login } from './login.js';
import type { OpenSerialLine } from './serial-line.js';

export interface ConsoleServerOptions {
  readonly hostKey: HostKey;
  readonly operatorGroup: string | undefined;
  readonly partitions: readonly string[];
  readonly limits: { readonly connections: number; readonly perAddress: number; readonly perMachine: number };
  readonly loginTime: number;
  readonly idleTimeout: number;
  readonly checkInterval: number;
  /** Milliseconds after which a wrong secret is refused. */
  readonly refusalTime: number;
}

/** What OpenSSH uses today, without compression: a client could make little input large. */
const ALGORITHMS = { compress: ['none'] } as const;
const GOODBYE = 'the console server stops, please connect again';
/** Milliseconds for the ends of all sessions at shutdown. */
const CLOSE_MS = 15_000;
/** Milliseconds for a client to read why its session ends. */
const LINGER_MS = 300;

/** Serves the serial consoles of machines by SSH (docs/guide/serial-console.md). */
export class ConsoleServer {
  private readonly hub: ConsoleHub;
  private readonly quota: ConnectionQuota;
  private readonly throttle: LoginThrottle;
  private readonly listener: NetServer;
  private readonly ssh: ssh2.Server;
  private readonly sockets = new Map<string, Socket>();
  private readonly connections = new Map<Socket, ConsoleConnection>();
  /** Ends of sessions that are still being recorded. */
  private readonly ending = new Set<Promise<void>>();

  constructor(
    private readonly api: ConsoleApi,
    open: OpenSerialLine,
    private readonly options: ConsoleServerOptions,
    private readonly metrics: Pick<ConsoleMetrics, 'observeLogin' | 'observeEnd' | 'observeRefusal'>,
    clock: Clock,
    private readonly log: AppLogger,
  ) {
    const { limits, checkInterval, hostKey } = options;
    this.hub = new ConsoleHub(api, open, { perMachine: limits.perMachine, checkInterval }, clock, log);
    this.quota = new ConnectionQuota(limits);
    this.throttle = new LoginThrottle(clock);
    const config = {
      hostKeys: [hostKey.key],
      ident: 'metal-console',
      algorithms: { compress: [...ALGORITHMS.compress] },
    };
    this.ssh = new ssh2.Server(config, (connection, { ip, port }) => this.greet(connection, ip, port));
    this.listener = createServer((socket) => this.accept(socket));
  }

  get state(): { readonly connections: number; readonly sessions: Readonly<Record<string, number>> } {
    const sessions = { tenant: 0, operator: 0 };
    for (const { caller } of this.hub.participants) sessions[caller.kind]++;
    return { connections: this.quota.size, sessions };
  }

  /** Resolves to the port. Rejects if the address cannot be bound. */
  listen({ host, port }: { readonly host: string; readonly port: number }): Promise<number> {
    return new Promise((resolve, reject) => {
      this.listener.once('error', reject);
      this.listener.listen(port, host, () => resolve((this.listener.address() as AddressInfo).port));
    });
  }

  /** Ends all sessions with a line that says why, and records their ends. */
  async close(): Promise<void> {
    this.listener.close();
    for (const connection of this.connections.values()) connection.end('shutdown', GOODBYE);
    const ends = [this.hub.close(GOODBYE), ...this.ending, ...[...this.connections.values()].map(({ done }) => done)];
    if (!(await endsWithin(Promise.all(ends), CLOSE_MS, { keepsAlive: true })))
      this.log.warn('some ends of sessions could not be recorded');
    await new Promise<void>((resolve) => after(LINGER_MS, resolve, { keepsAlive: true }));
    for (const socket of this.sockets.values()) socket.destroy();
  }

  private accept(socket: Socket): void {
    const { remoteAddress, remotePort } = socket;
    const free = remoteAddress === undefined ? undefined : this.quota.take(addressGroup(remoteAddress));
    socket.on('error', () => undefined);
    if (free === undefined) {
      this.metrics.observeRefusal();
      return void socket.destroy();
    }
    const name = `${remoteAddress} ${remotePort}`;
    this.sockets.set(name, socket);
    // Until the client has said its version; ConsoleConnection goes on from there.
    const cancel = after(this.options.loginTime, () => this.connections.has(socket) || socket.destroy());
    socket.once('close', () => {
      cancel();
      free();
      this.sockets.delete(name);
      const connection = this.connections.get(socket);
      this.connections.delete(socket);
      if (connection) this.followToEnd(connection.done);
    });
    this.ssh.injectSocket(socket);
  }

  private greet(connection: ssh2.Connection, ip: string, port: number): void {
    const socket = this.sockets.get(`${ip} ${port}`);
    if (socket === undefined) return void connection.on('error', () => undefined).end();
    const { operatorGroup, partitions, refusalTime, loginTime, idleTimeout } = this.options;
    const { api, hub, metrics, log, throttle } = this;
    const auth = {
      login: (user: string) => new Login(user, ip, api, { operatorGroup, partitions }),
      ...{ throttle, address: addressGroup(ip), refusalTime, log },
      observe: (method: string, result: 'accepted' | 'refused' | 'failed') => metrics.observeLogin(method, result),
    };
    const onEnd = (reason: string): void => metrics.observeEnd(reason);
    const tools = { hub, api, auth, loginTime, idleTimeout, onEnd, log };
    this.connections.set(socket, new ConsoleConnection(connection, socket, ip, tools));
  }

  private followToEnd(done: Promise<void>): void {
    this.ending.add(done);
    void done.finally(() => this.ending.delete(done));
  }
}
