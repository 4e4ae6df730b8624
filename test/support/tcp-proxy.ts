import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A wire between a client and a server that a test can cut, block, or make swallow answers. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private swallow = false;
  private delay = 0;
  private refusing = false;

  private constructor(
    private readonly server: Server,
    private readonly upstream: { readonly host: string; readonly port: number },
  ) {
    server.on('connection', (client) => this.join(client));
  }

  static async start(upstream: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, upstream);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Cuts every connection; new ones work. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** From now on requests reach the server, but answers get lost, on connections that stay open. */
  swallowAnswers(yes: boolean): void {
    this.swallow = yes;
  }

  /** From now on answers take `milliseconds` longer. */
  delayAnswers(milliseconds: number): void {
    this.delay = milliseconds;
  }

  /** From now on new connections are closed at once. */
  refuse(yes: boolean): void {
    this.refusing = yes;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.cut();
  }

  private join(client: Socket): void {
    if (this.refusing) return void client.destroy();
    const server = connect(this.upstream.port, this.upstream.host);
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('error', () => undefined);
    }
    client.on('data', (data) => server.write(data)).on('close', () => server.destroy());
    server.on('data', (data) => this.answer(client, data)).on('close', () => client.destroy());
  }

  private answer(client: Socket, data: Buffer): void {
    if (this.swallow) return;
    if (this.delay === 0) client.write(data);
    else setTimeout(() => client.destroyed || client.write(data), this.delay);
  }
}
