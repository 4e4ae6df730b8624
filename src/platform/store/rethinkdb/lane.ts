import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { r, type Connection, type RConnectionOptions } from 'rethinkdb-ts';
import { backoff, sleep } from '../../../shared/async.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import { withDeadline } from './deadline.js';
import { inWords } from './failures.js';

/** How the connection to the database is encrypted, and the database authenticated. PEM. */
export interface DatabaseTls {
  /** Certificate authorities that may have signed the database's certificate; undefined: those that the system trusts. */
  readonly ca: Buffer | undefined;
  /** A certificate of ours, for a database that asks for one. */
  readonly client: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  /** Name that the database's certificate must have; undefined: the host. */
  readonly serverName: string | undefined;
}

/** Where the database is and who we are. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** undefined: not encrypted. */
  readonly tls?: DatabaseTls | undefined;
}

/** Lets a new connection be used, or throws why not. */
export type Admit = (connection: Connection) => Promise<void>;

/** How long one connection attempt may take, in seconds (the unit of the library). */
const CONNECT_SECONDS = 5;

/**
 * How many queries a connection serves before it is replaced: the library numbers queries and writes the number as a
 * 32 bit integer with a sign, so it must not get near 2^31.
 */
const QUERIES_PER_CONNECTION = 2 ** 30;

/** One place for a connection: opened when needed, replaced when broken, with back-off between attempts. */
export class Lane {
  private connection: Connection | undefined;
  private connecting: Promise<Connection> | undefined;
  private failures = 0;
  private queries = 0;
  private closed = false;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly admit: Admit = async () => undefined,
  ) {}

  /** Runs one query with a deadline in milliseconds. A connection that misses one is not trusted any longer. */
  async run<T>(query: { run(connection: Connection): Promise<T> }, milliseconds: number): Promise<T> {
    const connection = await withDeadline(this.open(), milliseconds);
    const answer = query.run(connection);
    try {
      return await withDeadline(answer, milliseconds);
    } catch (error) {
      if (error instanceof Error && error.name === 'DeadlineExceeded') {
        answer.catch(() => undefined);
        this.drop(connection);
      }
      throw error;
    }
  }

  /** The open connection; callers that come while one is being opened share the attempt. */
  async open(): Promise<Connection> {
    if (this.closed) throw closedError();
    if (this.connection?.open === true && this.queries++ < QUERIES_PER_CONNECTION) return this.connection;
    this.connecting ??= this.connect().finally(() => (this.connecting = undefined));
    return this.connecting;
  }

  /** Closes `connection`, so that the next query opens another one. What runs on it fails. */
  drop(connection: Connection): void {
    if (this.connection === connection) this.connection = undefined;
    connection.close().catch(() => undefined);
  }

  /** Closes the connection, if there is one. */
  reset(): void {
    if (this.connection !== undefined) this.drop(this.connection);
  }

  close(): void {
    this.closed = true;
    this.reset();
  }

  private async connect(): Promise<Connection> {
    if (this.failures > 0) await sleep(backoff(this.failures, 20, 2000));
    try {
      const connection = await r.connect(connectionOptions(this.endpoint));
      await this.admitted(connection);
      this.failures = 0;
      return this.take(connection);
    } catch (error) {
      this.failures++;
      throw inWords(error, this.endpoint);
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

function connectionOptions({ host, port, user, password, tls }: Endpoint): RConnectionOptions {
  const server = tls === undefined ? { host, port } : { host, port, ...tlsOptions(host, tls) };
  return { server, user, password, timeout: CONNECT_SECONDS, silent: true };
}

/** The library hands these to Node.js as they are. An IP address is no server name, but is compared with the certificate. */
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

const closedError = (): DomainError => new DomainError('unavailable', 'the connection to the database is closed');
