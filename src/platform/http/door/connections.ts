import type { Socket } from 'node:net';
import type { Exchange } from './exchange.js';
import { Progress } from './progress.js';

/** Connections beyond the limit that are accepted for health checks when all others are busy. */
const RESERVE = 64;

/** An open connection of a client. */
export interface Connection {
  readonly socket: Socket;
  readonly address: string;
  /** Requests whose answers are not out yet; several when the client pipelines. */
  readonly underWay: Set<Exchange>;
  /** How far the client has come with taking what was sent. */
  readonly sending: Progress;
  /** Accepted beyond the limit: only open routes (health, version) are served. */
  reserve: boolean;
  /** No further request is read. */
  refused: boolean;
}

/**
 * The open connections, of which there are at most so many. A new one beyond takes the place of one on which no request is
 * under way: kept alive, or slow with its headers. It is the one that has been idle longest, of the address with the most
 * idle ones; so a flood of silent connections evicts itself, and new requests are served. Behind a
 * proxy all addresses are the same; then age alone decides.
 */
export class Connections {
  private readonly open = new Map<Socket, Connection>();
  /** By address; within, the longest idle first. */
  private readonly idle = new Map<string, Set<Connection>>();

  constructor(
    private readonly limit: number,
    private readonly onRefused: (reason: string) => void,
  ) {}

  /** Whether there are more than the limit. */
  get crowded(): boolean {
    return this.open.size > this.limit;
  }

  get size(): number {
    return this.open.size;
  }

  /** Takes in a new connection, at the expense of another one when there are too many. */
  accept(socket: Socket): void {
    const { remoteAddress: address = '' } = socket;
    const full = this.open.size >= this.limit && !this.evict();
    if (full && this.open.size >= this.limit + RESERVE) {
      this.onRefused('connection');
      return void socket.destroy();
    }
    const connection = { socket, address, underWay: new Set<Exchange>(), sending: new Progress(), reserve: full };
    this.open.set(socket, Object.assign(connection, { refused: false }));
    this.rest(this.open.get(socket)!);
    socket.once('close', () => this.forget(socket));
  }

  /** The connection of a socket. */
  of(socket: Socket): Connection | undefined {
    return this.open.get(socket);
  }

  /** A request has come; its connection is not idle until the exchange ends. */
  begin(exchange: Exchange): void {
    const { connection } = exchange;
    if (connection.underWay.size === 0) this.wake(connection);
    connection.underWay.add(exchange);
    exchange.onEnd(() => {
      connection.underWay.delete(exchange);
      if (connection.underWay.size === 0 && this.open.has(connection.socket)) this.rest(connection);
    });
  }

  /** Those with a request under way. */
  *busy(): Generator<Connection> {
    for (const connection of this.open.values()) if (connection.underWay.size > 0) yield connection;
  }

  private evict(): boolean {
    let most: Set<Connection> | undefined;
    for (const group of this.idle.values()) if (group.size > (most?.size ?? 0)) most = group;
    const [oldest] = most ?? [];
    if (!oldest) return false;
    this.onRefused('idle-connection');
    this.forget(oldest.socket);
    oldest.socket.destroy();
    return true;
  }

  private forget(socket: Socket): void {
    const connection = this.open.get(socket);
    if (!connection) return;
    this.open.delete(socket);
    this.wake(connection);
    for (const exchange of connection.underWay) exchange.end();
  }

  private rest(connection: Connection): void {
    const group = this.idle.get(connection.address) ?? new Set();
    this.idle.set(connection.address, group.add(connection));
  }

  private wake(connection: Connection): void {
    const group = this.idle.get(connection.address);
    if (group?.delete(connection) && group.size === 0) this.idle.delete(connection.address);
  }
}
