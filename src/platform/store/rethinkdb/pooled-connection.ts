import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { Connection, RConnectionOptions } from 'rethinkdb-ts';
import { Backoff } from '../../../shared/concurrency/backoff.js';
import { SingleFlight } from '../../../shared/concurrency/single-flight.js';
import { sleep } from '../../../shared/concurrency/timers.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import { withDatabaseDeadline } from './deadline.js';
import { explainFailure } from './failures.js';
import type { Query } from './query.js';
import { r } from './reql.js';

/** How the connection to the database is encrypted and the database is authenticated. All in PEM format. */
export interface DatabaseTls {
  /** Certificate authorities trusted for the database's certificate; undefined: those of the system. */
  readonly ca: Buffer | undefined;
  /** A client certificate, for a database that requires one. */
  readonly client: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  /** Expected name in the database's certificate; undefined: the host. */
  readonly serverName: string | undefined;
}

/** Address of the database and credentials of this process. */
export interface DatabaseEndpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** undefined: unencrypted. */
  readonly tls?: DatabaseTls | undefined;
}

/** Admits a new connection, or throws the reason for refusing it. */
export type Admit = (connection: Connection) => Promise<void>;

/** Timeout of one connection attempt, in seconds (the unit of the library). */
const CONNECT_SECONDS = 5;

/**
 * How many queries a connection serves before it is replaced: the library numbers queries and encodes the number as a
 * signed 32-bit integer, so it must stay well below 2^31.
 */
const QUERIES_PER_CONNECTION = 2 ** 30;

/** A slot for a connection: opened on demand, replaced when broken, with back-off between attempts. */
export class PooledConnection {
  private connection: Connection | undefined;
  private readonly connecting = new SingleFlight(() => this.connect());
  private readonly backoff = new Backoff({ base: 40, cap: 2000 });
  /** Before the next attempt to connect, in milliseconds. */
  private pause = 0;
  private queries = 0;
  private closed = false;

  constructor(
    private readonly endpoint: DatabaseEndpoint,
    private readonly admit: Admit = async () => undefined,
  ) {}

  /** Runs one query with a deadline in milliseconds. A connection that misses a deadline is dropped. */
  async run<T>(query: Query<T>, milliseconds: number): Promise<T> {
    const connection = await withDatabaseDeadline(this.open(), milliseconds);
    const answer = query.run(connection);
    try {
      return await withDatabaseDeadline(answer, milliseconds);
    } catch (error) {
      if (error instanceof Error && error.name === 'DeadlineExceeded') {
        answer.catch(() => undefined);
        this.drop(connection);
      }
      throw error;
    }
  }

  /** The open connection. Concurrent callers share one connection attempt. */
  async open(): Promise<Connection> {
    if (this.closed) throw closedError();
    if (this.connection?.open === true && this.queries++ < QUERIES_PER_CONNECTION) return this.connection;
    return this.connecting.run();
  }

  /** Closes `connection`, so that the next query opens a new one. Queries in flight on it fail. */
  drop(connection: Connection): void {
    if (this.connection === connection) this.connection = undefined;
    connection.close().catch(() => undefined);
  }

  /** Closes the connection, if one is open. */
  reset(): void {
    if (this.connection !== undefined) this.drop(this.connection);
  }

  close(): void {
    this.closed = true;
    this.reset();
  }

  private async connect(): Promise<Connection> {
    if (this.pause > 0) await sleep(this.pause);
    try {
      const connection = await r.connect(connectionOptions(this.endpoint));
      await this.admitted(connection);
      this.pause = 0;
      this.backoff.reset();
      return this.take(connection);
    } catch (error) {
      this.pause = this.backoff.next();
      throw explainFailure(error, this.endpoint);
    }
  }

  private async admitted(connection: Connection): Promise<void> {
    try {
      await this.admit(connection);
    } catch (error) {
      connection.close().catch(() => undefined);
      throw error;
    }
  }

  private take(connection: Connection): Connection {
    if (this.closed) {
      this.drop(connection);
      throw closedError();
    }
    this.queries = 0;
    this.connection = connection;
    return connection;
  }
}

/** The database's address as the library expects it. */
export function connectionOptions({ host, port, user, password, tls }: DatabaseEndpoint): RConnectionOptions {
  const server = tls === undefined ? { host, port } : { host, port, ...tlsOptions(host, tls) };
  return { server, user, password, timeout: CONNECT_SECONDS, silent: true };
}

/** Passed on to Node.js by the library. An IP address is not a server name, but is matched against the certificate. */
const tlsOptions = (host: string, { ca, client, serverName }: DatabaseTls) => ({
  tls: true,
  minVersion: 'TLSv1.2' as const,
  ...(ca && { ca }),
  ...client,
  ...(serverName !== undefined && {
    servername: serverName,
    checkServerIdentity: (_: string, certificate: PeerCertificate) => checkServerIdentity(serverName, certificate),
  }),
  ...(serverName === undefined && isIP(host) === 0 && { servername: host }),
});

export const closedError = (): DomainError =>
  new DomainError('unavailable', 'the connection to the database is closed');
