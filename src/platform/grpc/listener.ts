import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TlsFiles } from '../../config/tls-files.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { networkOf, plainAddress } from './caller.js';
import { ThrottledLogger } from './throttled-logger.js';
import { ConcurrencyLimiter } from './concurrency-limiter.js';
import type { ConcurrencyLimits } from './concurrency-limiter.js';

export interface ListenerSettings {
  readonly host: string;
  /** 0 selects a free port. */
  readonly port: number;
  /** If absent, connections are not encrypted. */
  readonly tls?: TlsFiles | undefined;
}

/** Timeout of the TLS handshake, in milliseconds. */
const HANDSHAKE_TIMEOUT = 10_000;

/** An error of OpenSSL; its message has file names and line numbers of the library, its reason does not. */
interface HandshakeError extends NodeJS.ErrnoException {
  readonly reason?: string;
}

/** Why a handshake failed, on one line. */
function reasonOf({ reason, message }: HandshakeError): string {
  return (reason ?? message).trim();
}

/**
 * Accepts connections up to a limit, in total and per network of callers. With TLS, clients must present a certificate
 * of the authority.
 */
export class Listener {
  private readonly server: Server;
  private readonly tls: Server | undefined;
  private readonly connections: ConcurrencyLimiter;
  private readonly sockets = new Set<Socket>();
  private readonly throttledLog: ThrottledLogger;

  constructor(
    private readonly settings: ListenerSettings,
    limits: ConcurrencyLimits,
    private readonly onConnection: (socket: Socket) => void,
    log: AppLogger,
  ) {
    this.connections = new ConcurrencyLimiter(limits);
    this.throttledLog = new ThrottledLogger(log);
    // Connections are counted before a handshake costs anything.
    this.server = createServer({ noDelay: true }, (socket) => this.accept(socket));
    this.tls = settings.tls && this.tlsServer(settings.tls);
  }

  /** Returns the port. Rejects if the address cannot be bound. */
  start(): Promise<number> {
    const { host, port } = this.settings;
    return new Promise((resolve, reject) => {
      this.server.once('error', (cause: NodeJS.ErrnoException) => {
        const error = new Error(`gRPC cannot listen on ${host}:${port}: ${cause.message}`, { cause });
        reject(Object.assign(error, { code: cause.code, syscall: 'listen', port }));
      });
      this.server.listen({ host, port }, () => resolve((this.server.address() as AddressInfo).port));
    });
  }

  /** Accepts no new connections; open ones stay. */
  stop(): void {
    this.server.close();
  }

  /** Closes all connections. */
  destroy(): void {
    this.stop();
    for (const socket of this.sockets) socket.destroy();
  }

  private accept(socket: Socket): void {
    const network = networkOf(plainAddress(socket.remoteAddress ?? ''));
    const leave = this.connections.take(network);
    if (!leave) {
      this.throttledLog.warn(`gRPC connection from ${network} was refused: too many open connections`);
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    socket.on('close', () => {
      this.sockets.delete(socket);
      leave();
    });
    socket.on('error', () => {});
    if (this.tls) this.tls.emit('connection', socket);
    else this.onConnection(socket);
  }

  private tlsServer({ ca, cert, key }: TlsFiles): Server {
    const server = createTlsServer({
      ca,
      cert,
      key,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['h2'],
      handshakeTimeout: HANDSHAKE_TIMEOUT,
    });
    server.on('secureConnection', (socket) => {
      socket.on('error', () => {});
      this.onConnection(socket);
    });
    server.on('tlsClientError', (error: HandshakeError, socket) => {
      socket.destroy();
      if (error.code === 'ECONNRESET') return;
      const address = plainAddress(socket.remoteAddress ?? 'a disconnected client');
      this.throttledLog.warn(`gRPC refused a TLS connection from ${address}: ${reasonOf(error)}`);
    });
    return server;
  }
}
