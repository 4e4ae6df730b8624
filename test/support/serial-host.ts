import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** The serial port of a machine: keeps what is typed, and sends what a test wants. */
export class SerialHost {
  private readonly ports = new Set<Socket>();
  private bytes = Buffer.alloc(0);
  private readonly server: Server;

  private constructor() {
    this.server = createServer((socket) => {
      this.ports.add(socket);
      socket.on('data', (data) => (this.bytes = Buffer.concat([this.bytes, data])));
      socket.on('error', () => undefined).on('close', () => this.ports.delete(socket));
    });
  }

  static async start(): Promise<SerialHost> {
    const host = new SerialHost();
    await new Promise<void>((resolve) => host.server.listen(0, '127.0.0.1', resolve));
    return host;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** All that was typed, one character for each byte. */
  get typed(): string {
    return this.bytes.toString('latin1');
  }

  /** Number of BMCs that have the port open. */
  get readers(): number {
    return this.ports.size;
  }

  forget(): void {
    this.bytes = Buffer.alloc(0);
  }

  send(text: string | Buffer): void {
    for (const port of this.ports) port.write(text);
  }

  stop(): void {
    for (const port of this.ports) port.destroy();
    this.server.close();
  }
}
