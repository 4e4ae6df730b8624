import { readFileSync } from 'node:fs';
import { OptionError, UsageError } from '../../cli/usage-error.js';
import type { DatabaseEndpoint } from '../../platform/store/rethinkdb/pooled-connection.js';
import { PgDump } from './pg-dump.js';
import { PostgresDatabase } from './postgres.js';
import { RethinkDbArchive } from './rethinkdb-archive.js';
import { RethinkDbDatabase } from './rethinkdb-database.js';
import type { ImportSource } from './source.js';

const DATABASE = 'metalapi';
const RETHINKDB_PORT = 28015;

/** TLS and the password of a live RethinkDB, by the paths of files. */
export interface RethinkDbAccess {
  readonly passwordFile: string | undefined;
  /** Certificate authority of the database; its presence turns TLS on. */
  readonly caFile: string | undefined;
}

/** `rethinkdb://user:password@host:port/database` or the path of an archive. */
export function rethinkDbSource(text: string, access: RethinkDbAccess): ImportSource {
  if (!text.includes('://')) return new RethinkDbArchive(text, DATABASE);
  const url = parsed('--rethinkdb', text, ['rethinkdb:']);
  const endpoint: DatabaseEndpoint = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || RETHINKDB_PORT,
    user: decodeURIComponent(url.username) || 'admin',
    password: access.passwordFile === undefined ? decodeURIComponent(url.password) : secret(access.passwordFile),
    ...(access.caFile !== undefined && {
      tls: { ca: file(access.caFile), client: undefined, serverName: undefined },
    }),
  };
  return new RethinkDbDatabase(endpoint, url.pathname.slice(1) || DATABASE);
}

/** `postgresql://user@host/database` or the path of plain text of `pg_dump`. */
export function postgresSource(option: string, text: string): ImportSource {
  if (!text.includes('://')) return new PgDump(text);
  parsed(option, text, ['postgres:', 'postgresql:']);
  return new PostgresDatabase(text);
}

/** Never shows the text: it may hold a password. */
function parsed(option: string, text: string, protocols: readonly string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !protocols.includes(url.protocol) || url.hostname === '') {
    throw new OptionError(`${option} is not a URL such as ${protocols.at(-1)}//user@host/database, nor a file`);
  }
  return url;
}

const secret = (path: string): string =>
  file(path)
    .toString('utf8')
    .replace(/\r?\n$/, '');

function file(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}
