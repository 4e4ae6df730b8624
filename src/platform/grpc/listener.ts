import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TlsFiles } from '../../config/tls-files.js';
import type { Log } from '../../shared/log.js';
import { networkOf, plainAddress } from './caller.js';
import { OccasionalLog } from './occasional-log.js';
import { Quota } from './quota.js';
import type { QuotaLimits } from './quota.js';

export interface ListenerSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Without it there is no encryption at all. */
  readonly tls?: TlsFiles;
}

/** A client that has not finished its TLS handshake by then is cut off, in milliseconds. */
const HANDSHAKE_TIMEOUT = 10_000;

/**
 * Takes connections, so many in total and by network of callers, and with TLS those only whose client showed a
 * certificate of the authority.
 */
export class Listener {
  private readonly server: Server;
  private readonly tls: Server | undefined;
  private readonly connections: Quota;
  private readonly sockets = new Set<Socket>();
  private readonly occasionally: OccasionalLog;

  constructor(
    private readonly settings: ListenerSettings,
    limits: QuotaLimits,
    private readonly onConnection: (socket: Socket) => void,
    log: Log,
  ) {
    this.connections = new Quota(limits);
    this.occasionally = new OccasionalLog(log);
    // Connections are counted before a handshake costs anything.
    this.server = createServer({ noDelay: true }, (socket) => this.accept(socket));
    this.tls = settings.tls && this.tlsServer(settings.tls);
  }

  /** Resolves with the port. Rejects when the address cannot be had. */
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

  /** Takes no new connections; those that are open stay. */
  stop(): void {
    this.server.close();
  }

  /** Cuts all connections. */
  destroy(): void {
    this.stop();
    for (const socket of this.sockets) socket.destroy();
  }

  private accept(socket: Socket): void {
    const network = networkOf(plainAddress(socket.remoteAddress ?? ''));
    const leave = this.connections.take(network);
    if (!leave) {
      this.occasionally.warn(`gRPC connections are refused: too many are open, ${network} wants another`);
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
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      socket.destroy();
      if (error.code === 'ECONNRESET') return;
      const address = plainAddress(socket.remoteAddress ?? 'a client that is gone');
      this.occasionally.warn(`gRPC refused a TLS connection of ${address}: ${error.message}`);
    });
    return server;
  }
}
