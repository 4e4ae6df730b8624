import { loadConfig } from '../config/config.js';
import type { Config } from '../config/config.js';
import { parseDuration } from '../config/environment.js';
import { isRole } from '../platform/auth/role.js';
import { MAX_TOKEN_LIFETIME, createApiToken } from '../platform/auth/token/api-token.js';
import type { NewToken } from '../platform/auth/token/api-token.js';
import { tokenKeyOf } from '../platform/auth/token/token-key.js';
import { timestamp } from '../shared/clock.js';
import { withUsageErrors, serverClient } from './server-client.js';
import { restrictSecrets } from './restrict-secrets.js';
import { readOptions } from './read-options.js';
import { OptionError, UsageError } from './usage-error.js';

export const USAGE = `usage: metal-api token --subject NAME --role viewer|editor|admin [--expires-in 30d]
       metal-api token --list [--url URL]
       metal-api token --revoke ID [--url URL]

Creates, lists and revokes API tokens: credentials of technical users, sent as "Authorization: Bearer <token>".

Creating a token requires the server's settings (METAL_API_TOKEN_KEY, or the data folder with the generated key) but no
running server. Prints the token to standard output, its ID to standard error. Nothing is stored until its first use.
--list and --revoke call the running server at --url, which defaults to the address in the settings, with the admin's
HMAC key. A token can be revoked before its first use; the list contains tokens that were used or revoked.`;

/** Runs the command, prints its output and resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const { out, note } = await token(args);
  if (note !== undefined) console.error(note);
  console.log(out);
  return 0;
}

/**
 * Runs the command and returns its output: `out` is the result, `note` an additional remark. Throws OptionError for
 * invalid options, UsageError if the server refuses or does not respond.
 */
export async function token(
  args: readonly string[],
  config: () => Config = loadConfig,
): Promise<{ out: string; note?: string }> {
  const options = readOptions(args, OPTIONS);
  if (options.list) return { out: await list(config(), options.url) };
  if (options.revoke !== undefined) return { out: await revoke(config(), options.url, options.revoke) };
  return create(config(), newToken(options));
}

const TEXT = { type: 'string' } as const;
const OPTIONS = {
  subject: TEXT,
  role: TEXT,
  'expires-in': TEXT,
  list: { type: 'boolean' },
  revoke: TEXT,
  url: TEXT,
} as const;

type Options = ReturnType<typeof readOptions<typeof OPTIONS>>;

function newToken({ subject, role, 'expires-in': expiresIn = '30d' }: Options): NewToken {
  if (!subject || !/^[\w@.-]{1,128}$/.test(subject)) {
    throw new OptionError(`--subject is "${subject ?? ''}", expected a name of letters, digits and _ @ . -`);
  }
  if (!isRole(role)) throw new OptionError(`--role is "${role ?? ''}", expected viewer, editor or admin`);
  const lifetime = parseLifetime(expiresIn);
  if (lifetime === undefined || lifetime < 1000 || lifetime > MAX_TOKEN_LIFETIME) {
    throw new OptionError(`--expires-in is "${expiresIn}", expected 1s to 366d, such as 12h or 30d`);
  }
  return { subject, role, lifetime };
}

const parseLifetime = (text: string): number | undefined =>
  /^\d+d$/.test(text) ? Number(text.slice(0, -1)) * 24 * 3600 * 1000 : parseDuration(text);

function create(config: Config, wanted: NewToken): { out: string; note: string } {
  if (config.store.engine === 'memory' && config.auth.tokenKey === undefined) {
    throw new UsageError('METAL_API_DB is "memory": set METAL_API_TOKEN_KEY, for this command and for the server');
  }
  restrictSecrets(config, console.error);
  const [out, { id, subject, role, expires }] = createApiToken(tokenKeyOf(config), wanted, Date.now());
  return { out, note: `token ${id} for ${subject}, ${role}, expires ${timestamp(expires)}` };
}

interface ListedToken {
  readonly id: string;
  readonly subject?: string;
  readonly role?: string;
  readonly expires: string;
  readonly first_used?: string;
  readonly revoked?: string;
}

async function list(config: Config, url: string | undefined): Promise<string> {
  const tokens = await withUsageErrors(() => serverClient(config, url).get<readonly ListedToken[]>('v1/user/token'));
  const rows = tokens.map(({ id, subject = '', role = '', expires, first_used = '', revoked = '' }) => [
    ...[id, subject, role, expires, first_used, revoked],
  ]);
  return table([['ID', 'SUBJECT', 'ROLE', 'EXPIRES', 'FIRST USED', 'REVOKED'], ...rows]);
}

async function revoke(config: Config, url: string | undefined, id: string): Promise<string> {
  const path = `v1/user/token/${encodeURIComponent(id)}`;
  const { revoked } = await withUsageErrors(() => serverClient(config, url).delete<ListedToken>(path));
  return `token ${id} has been revoked since ${revoked}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
