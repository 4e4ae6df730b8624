import { readFileSync } from 'node:fs';
import type { Environment } from './environment.js';

/** Formats of files that name BMCs: lease files of DHCP servers, and a plain list. */
export const LEASE_FORMATS = ['dhcpd', 'kea', 'dnsmasq', 'list'] as const;

export type LeaseFormat = (typeof LEASE_FORMATS)[number];

export interface LeaseSource {
  readonly format: LeaseFormat;
  readonly path: string;
}

/** How the agent finds BMCs and reports what they know. Durations in milliseconds. */
export interface ReportSettings {
  readonly sources: readonly LeaseSource[];
  readonly apiUrl: string;
  /** HMAC key of role editor. Must never be logged. */
  readonly apiKey: string;
  readonly interval: number;
  readonly concurrency: number;
  readonly bmcTimeout: number;
  readonly user: string;
  /** Must never be logged. */
  readonly password: string;
  /** Beginnings of MACs that are not BMCs, in lower case. */
  readonly ignoredMacs: readonly string[];
}

const SOURCES = 'METAL_API_AGENT_REPORT_SOURCES';
const API_URL = 'METAL_API_AGENT_API_URL';
const API_KEY = 'METAL_API_AGENT_API_HMAC_KEY';
const PASSWORD_FILE = 'METAL_API_AGENT_REPORT_PASSWORD_FILE';
const IGNORED = 'METAL_API_AGENT_REPORT_IGNORED_MACS';

/** Undefined if no source of BMCs is set: then the agent reports nothing. */
export function reportSettings(env: Environment): ReportSettings | undefined {
  const settings: ReportSettings = {
    sources: sources(env),
    apiUrl: (env.text(API_URL) ?? '').replace(/\/?$/, '/'),
    apiKey: env.text(API_KEY, ''),
    interval: env.duration('METAL_API_AGENT_REPORT_INTERVAL', 300_000),
    concurrency: env.integer('METAL_API_AGENT_REPORT_CONCURRENCY', 64, { min: 1, max: 1000 }),
    bmcTimeout: env.duration('METAL_API_AGENT_REPORT_BMC_TIMEOUT', 60_000),
    user: env.text('METAL_API_AGENT_REPORT_USER', 'root'),
    password: password(env),
    ignoredMacs: ignoredMacs(env),
  };
  if (settings.sources.length === 0) return undefined;
  if (!/^https?:\/\/[^\s/]/.test(settings.apiUrl)) {
    env.violation(`${API_URL} is not a URL such as https://api.example.com/metal/, which ${SOURCES} requires`);
  }
  for (const [name, value] of [
    [API_KEY, settings.apiKey],
    [PASSWORD_FILE, settings.password],
  ] as const) {
    if (value === '') env.violation(`${name} is not set, which ${SOURCES} requires`);
  }
  return settings;
}

function sources(env: Environment): readonly LeaseSource[] {
  return env.list(SOURCES).flatMap((text) => {
    const [, name, path = ''] = /^([a-z]+):(.+)$/.exec(text) ?? [];
    const format = LEASE_FORMATS.find((known) => known === name);
    if (format !== undefined) return { format, path };
    const wanted = LEASE_FORMATS.map((known) => `${known}:PATH`).join(', ');
    env.violation(`${SOURCES} has "${text}", expected ${wanted}`);
    return [];
  });
}

function password(env: Environment): string {
  const path = env.text(PASSWORD_FILE);
  if (path === undefined) return '';
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    env.violation(`${PASSWORD_FILE} is "${path}", which cannot be read: ${(error as NodeJS.ErrnoException).code}`);
    return '';
  }
}

function ignoredMacs(env: Environment): readonly string[] {
  const list = env.list(IGNORED).map((text) => text.toLowerCase().replaceAll('-', ':'));
  const wrong = list.find((text) => !/^[0-9a-f]{2}(?::[0-9a-f]{2}){2,5}$/.test(text));
  if (wrong === undefined) return list;
  env.violation(`${IGNORED} has "${wrong}", expected MACs or their first three bytes at least, such as aa:bb:cc`);
  return [];
}
