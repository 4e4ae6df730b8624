import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A proxy between client and server that can cut or block connections and drop responses. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private swallow = false;
  private delay = 0;
  private refusing = false;

  private constructor(
    private readonly server: Server,
    private upstream: { readonly host: string; readonly port: number },
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

  /** Cuts all connections; new ones work. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** From now on connections lead there; those that are open are cut. */
  redirect(upstream: { readonly host: string; readonly port: number }): void {
    this.upstream = upstream;
    this.cut();
  }

  /** From now on, requests reach the server, but responses are dropped; connections stay open. */
  swallowAnswers(yes: boolean): void {
    this.swallow = yes;
  }

  /** From now on, delays responses by `milliseconds`. */
  delayAnswers(milliseconds: number): void {
    this.delay = milliseconds;
  }

  /** From now on, closes new connections immediately. */
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
