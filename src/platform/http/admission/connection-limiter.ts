import type { Socket } from 'node:net';
import type { Exchange } from './exchange.js';
import { StallDetector } from './stall-detector.js';

/** Connections beyond the limit that are accepted for health checks while all others are busy. */
const RESERVE = 64;

/** The open connections of one address. */
interface Group {
  /** Number of connections without a request in progress. */
  idle: number;
  /** Ordered by age, except for connections that have served a request since the last search. */
  readonly members: Set<ClientConnection>;
}

/** An open connection of a client. */
export interface ClientConnection {
  readonly socket: Socket;
  readonly address: string;
  /** Requests whose responses have not been sent completely; several if the client pipelines. */
  readonly underWay: Exchange[];
  /** Progress of the client in reading responses. */
  readonly sending: StallDetector;
  /** Accepted beyond the limit: only open routes (health, version) are served. */
  readonly reserve: boolean;
  /** If true, no further requests are read. */
  refused: boolean;
  readonly group: Group;
  /** Whether a request has ended since the last search for a connection to close. */
  used: boolean;
}

/**
 * The open connections, up to a limit. A new one beyond the limit replaces an idle one: kept alive, or slow to send its
 * headers. The search selects the address with the most idle connections, and among these one that was not used since
 * the last search (the clock algorithm, which saves requests the bookkeeping of an ordered list). Thus a flood of
 * silent connections evicts itself, and new requests are served. Behind a proxy, all addresses are the same; then only
 * usage decides.
 */
export class ConnectionLimiter {
  private readonly open = new Map<Socket, ClientConnection>();
  private readonly groups = new Map<string, Group>();

  constructor(
    private readonly limit: number,
    private readonly onRefused: (reason: string) => void,
  ) {}

  /** Whether there are more connections than the limit. */
  get crowded(): boolean {
    return this.open.size > this.limit;
  }

  get size(): number {
    return this.open.size;
  }

  /** Accepts a new connection, and closes another one if there are too many. */
  accept(socket: Socket): void {
    const full = this.open.size >= this.limit && !this.evict();
    if (full && this.open.size >= this.limit + RESERVE) {
      this.onRefused('connection');
      return void socket.destroy();
    }
    const { remoteAddress: address = '' } = socket;
    const group = this.groupOf(address);
    const state = { underWay: [], sending: new StallDetector(), reserve: full, refused: false, used: false };
    const connection: ClientConnection = { socket, address, group, ...state };
    this.open.set(socket, connection);
    group.members.add(connection);
    group.idle++;
    socket.once('close', () => this.forget(socket));
  }

  /** The connection of a socket. */
  of(socket: Socket): ClientConnection | undefined {
    return this.open.get(socket);
  }

  /** Registers a request; its connection is busy until `finish`. */
  begin(exchange: Exchange): void {
    const { underWay, group } = exchange.connection;
    if (underWay.push(exchange) === 1) group.idle--;
  }

  /** Ends an exchange. Idempotent. */
  finish(exchange: Exchange): void {
    const { connection } = exchange;
    const { underWay, group } = connection;
    const at = underWay.indexOf(exchange);
    if (at < 0) return;
    underWay.splice(at, 1);
    connection.used = true;
    if (underWay.length === 0) group.idle++;
    exchange.end();
  }

  /** Closes the connections that have never sent anything: clients open some in advance, and shutdown waits for them. */
  closeSilent(): void {
    for (const { socket } of this.open.values()) if (socket.bytesRead === 0) socket.destroy();
  }

  /** Those with a request under way. */
  *busy(): Generator<ClientConnection> {
    for (const connection of this.open.values()) if (connection.underWay.length > 0) yield connection;
  }

  private groupOf(address: string): Group {
    const found = this.groups.get(address);
    if (found) return found;
    const group = { idle: 0, members: new Set<ClientConnection>() };
    this.groups.set(address, group);
    return group;
  }

  private evict(): boolean {
    let most: Group | undefined;
    for (const group of this.groups.values()) if (group.idle > (most?.idle ?? 0)) most = group;
    if (!most) return false;
    const { socket } = longUnused(most.members);
    this.onRefused('idle-connection');
    this.forget(socket);
    socket.destroy();
    return true;
  }

  private forget(socket: Socket): void {
    const connection = this.open.get(socket);
    if (!connection) return;
    this.open.delete(socket);
    for (const exchange of [...connection.underWay]) this.finish(exchange);
    const { group, address } = connection;
    group.idle--;
    group.members.delete(connection);
    if (group.members.size === 0) this.groups.delete(address);
  }
}

/**
 * Finds an idle connection, of which there is at least one. Skipped ones are moved to the end, so no search repeats
 * them.
 */
function longUnused(members: Set<ClientConnection>): ClientConnection {
  for (const connection of members) {
    if (connection.underWay.length === 0 && !connection.used) return connection;
    connection.used = false;
    members.delete(connection);
    members.add(connection);
  }
  throw new Error('no connection is idle'); // unreachable: idle connections come up again without the mark
}
