import { readFileSync } from 'node:fs';
import { hmacKeys, serverAddress, settingFiles } from '../config/setting-files.js';
import { ApiClient } from './doctor/api-client.js';
import type { Credential } from './doctor/api-client.js';
import { runChecks } from './doctor/finding.js';
import type { DoctorFinding } from './doctor/finding.js';
import { insideChecks } from './doctor/inside.js';
import { outsideChecks } from './doctor/outside.js';
import { pluralize } from '../shared/text.js';
import { readOptions } from './read-options.js';
import { OptionError, UsageError } from './usage-error.js';

export const USAGE = `usage: metal-api doctor [--url URL] [--token-file FILE] [--json]

Checks an installation and names the next step for each problem. Ends within half a minute.

Without --url, checks the environment of this process (settings, files with secrets, certificates, disk, database,
broker) and the server at the address in the settings. With --url, checks only that server, from outside:
reachability, clocks, certificate, health, serial consoles, replicas with their versions, and commands that no agent
takes.
Replicas and agents need a credential: an API token in --token-file, or METAL_API_HMAC_ADMIN_KEY or
METAL_API_HMAC_VIEW_KEY in the environment.

Exit code: 0 without problems (warnings may remain), 1 with problems, 2 if the command could not run.
--json prints the findings as JSON.`;

const OPTIONS = {
  url: { type: 'string' },
  'token-file': { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** Runs the command, prints its output and resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const options = readOptions(args, OPTIONS);
  const url = parseUrl(options.url ?? serverAddress());
  const credential = credentialOf(options['token-file']);
  const inside = options.url === undefined ? insideChecks(settingFiles()) : [];
  const outside = outsideChecks(new ApiClient(url, credential), credential !== undefined);
  const findings = await runChecks([...inside, ...outside]);
  const problems = findings.filter(({ status }) => status === 'problem').length;
  console.log(options.json ? JSON.stringify({ ok: problems === 0, findings }, null, 2) : inWords(findings));
  return problems === 0 ? 0 : 1;
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new OptionError(`--url is "${text}", expected a URL such as https://api.example.org/metal/`);
  if (url.username !== '' || url.password !== '')
    throw new OptionError('--url has credentials, expected them in --token-file or METAL_API_HMAC_VIEW_KEY');
  return new URL(url.href.replace(/[?#].*$/, '').replace(/\/?$/, '/'));
}

function credentialOf(tokenFile: string | undefined): Credential | undefined {
  if (tokenFile !== undefined) return { kind: 'token', token: tokenIn(tokenFile) };
  const { admin, view } = hmacKeys();
  if (admin !== undefined) return { kind: 'hmac', role: 'admin', key: admin };
  return view === undefined ? undefined : { kind: 'hmac', role: 'viewer', key: view };
}

function tokenIn(path: string): string {
  let token: string;
  try {
    token = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new UsageError(`--token-file is "${path}", which cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError(`--token-file is "${path}", which is not one token`);
  return token;
}

const MARKS = { ok: 'ok', skipped: '--', warning: '??', problem: '!!' } as const;

function inWords(findings: readonly DoctorFinding[]): string {
  const lines = findings.flatMap(({ check, from, status, message, next }) => [
    `${MARKS[status]}  ${from} ${check}: ${message}`,
    ...(next === undefined ? [] : [`      → ${next}`]),
  ]);
  const count = (status: DoctorFinding['status']) => findings.filter((finding) => finding.status === status).length;
  return [
    ...lines,
    '',
    `${pluralize(count('problem'), 'problem')}, ${pluralize(count('warning'), 'warning')}, ${count('ok')} ok, ${count('skipped')} skipped`,
  ].join('\n');
}
