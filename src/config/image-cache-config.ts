import { readFileSync } from 'node:fs';
import { Cron } from 'croner';
import { quoteText } from '../shared/text.js';
import { parseByteSize } from './byte-size.js';
import { ConfigError } from './config-error.js';
import { Environment } from './environment.js';
import { layeredVariables } from './image-cache-sources.js';
import { logLevel } from './log-level.js';
import type { LogLevel } from './log-level.js';
import { filesOf } from './setting-files.js';
import type { SettingFile } from './setting-files.js';

/** Names of the caches; each has a folder of this name and a listener. */
export const CACHE_KINDS = ['images', 'kernels', 'boot-images'] as const;
export type CacheKind = (typeof CACHE_KINDS)[number];

/** An address to listen on; port 0 takes a free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** One cache that is enabled. */
export interface CacheSettings {
  readonly listen: ListenAddress;
  /** Base URLs of the same cache on other hosts. */
  readonly peers: readonly string[];
}

/** How OS images are found in the store. */
export type ImageStoreSettings =
  /** As installers do; `baseUrl` takes the place of scheme and host of the images' URLs. */
  | { readonly kind: 'https'; readonly baseUrl: string | undefined }
  /** By the listing of a bucket that everyone may read; objects are at `baseUrl`. */
  | {
      readonly kind: 's3';
      readonly endpoint: string;
      readonly bucket: string;
      readonly pathStyle: boolean;
      readonly baseUrl: string;
    };

/** Settings of an image cache, frozen. Durations in milliseconds, sizes in bytes. */
export interface ImageCacheConfig {
  readonly logLevel: LogLevel;
  /** The API, with base path and slash; the key is of the role viewer. */
  readonly api: { readonly url: string; readonly hmac: string };
  /** Files with secrets that settings name. */
  readonly secretFiles: readonly SettingFile[];
  readonly store: ImageStoreSettings;
  /** When runs start: cron with 5 fields, local time. */
  readonly schedule: string;
  /** Plan and log, change nothing. */
  readonly dryRun: boolean;
  readonly limits: { readonly maxCacheSize: number; readonly minPerName: number; readonly maxPerName: number };
  readonly graceDays: number;
  readonly excludes: readonly string[];
  /** By how many percent a list may shrink before it removes nothing. */
  readonly maxShrinkPercent: number;
  readonly root: string;
  /** Disk space that stays free. */
  readonly minFree: number;
  /** After how long a file on disk is hashed again although it looks unchanged. */
  readonly verifyInterval: number;
  /** Images need a `.sha256` file in the store, which is compared, too. */
  readonly checkSha256: boolean;
  readonly retryPause: number;
  /** How long a server may say nothing during a download. */
  readonly stallTimeout: number;
  readonly maxConnections: number;
  /** Where misses lead; undefined = to HTTPS of the host that the client named. */
  readonly fallbackUrl: string | undefined;
  readonly caches: Readonly<Partial<Record<CacheKind, CacheSettings>>>;
}

const P = 'METAL_API_IMAGE_CACHE_';

/**
 * Builds the configuration from command line flags, variables and the YAML file, in this order
 * (docs/guide/image-cache.md#settings). Throws ConfigError with all violations. `metal-api image-cache status` needs
 * neither API nor listeners: `required` is false there.
 */
export function loadImageCacheConfig(
  flags: Readonly<Record<string, string | undefined>> = {},
  variables: Readonly<Record<string, string | undefined>> = process.env,
  required = true,
): ImageCacheConfig {
  const violations: string[] = [];
  const env = new Environment(layeredVariables(flags, variables, (text) => violations.push(text)));
  const config: ImageCacheConfig = {
    logLevel: logLevel(env),
    api: { url: apiUrl(env, required), hmac: apiHmac(env, required) },
    secretFiles: filesOf(env, [`${P}METAL_API_HMAC_FILE`]),
    store: storeSettings(env),
    schedule: schedule(env),
    dryRun: env.boolean(`${P}DRY_RUN`, false),
    limits: {
      maxCacheSize: size(env, 'MAX_CACHE_SIZE', '10G', 1),
      minPerName: env.integer(`${P}MIN_IMAGES_PER_NAME`, 3, { min: 1, max: 1_000_000 }),
      maxPerName: maxPerName(env),
    },
    graceDays: env.integer(`${P}EXPIRATION_GRACE_PERIOD`, 0, { min: 0, max: 36_500 }),
    excludes: texts(env, 'EXCLUDES', ['/pull_requests/']),
    maxShrinkPercent: env.integer(`${P}MAX_SHRINK_PERCENT`, 50, { min: 0, max: 100 }),
    root: env.text(`${P}CACHE_ROOT_PATH`, '/var/lib/metal-image-cache-sync'),
    minFree: size(env, 'MIN_FREE_DISK', '1G', 0),
    verifyInterval: env.duration(`${P}VERIFY_INTERVAL`, 24 * 3_600_000),
    checkSha256: env.boolean(`${P}CHECK_SHA256`, false),
    retryPause: env.duration(`${P}RETRY_PAUSE`, 10_000),
    stallTimeout: env.duration(`${P}STALL_TIMEOUT`, 30_000),
    maxConnections: env.integer(`${P}MAX_CONNECTIONS`, 1024, { min: 1, max: 100_000 }),
    fallbackUrl: url(env, 'FALLBACK_URL'),
    caches: caches(env),
  };
  const all = [...violations, ...env.violations];
  if (all.length > 0) throw new ConfigError(all);
  return Object.freeze(config);
}

function caches(env: Environment): ImageCacheConfig['caches'] {
  const cache = (name: string, port: number): CacheSettings => ({
    listen: listenAddress(env, `${name}_CACHE_BIND_ADDRESS`, port),
    peers: texts(env, `${name}_CACHE_PEERS`, []).flatMap((text) => peerUrl(env, `${name}_CACHE_PEERS`, text)),
  });
  const kernels = cache('KERNEL', 3001);
  const bootImages = cache('BOOT_IMAGE', 3002);
  return {
    images: cache('IMAGE', 3000),
    ...(env.boolean(`${P}ENABLE_KERNEL_CACHE`, true) && { kernels }),
    ...(env.boolean(`${P}ENABLE_BOOT_IMAGE_CACHE`, true) && { 'boot-images': bootImages }),
  };
}

function apiUrl(env: Environment, required: boolean): string {
  const text = url(env, 'METAL_API_ENDPOINT');
  if (text === undefined && required && env.text(`${P}METAL_API_ENDPOINT`) === undefined)
    env.violation(
      `${P}METAL_API_ENDPOINT is not set, expected the URL of the API such as https://api.example.com/metal`,
    );
  return text ?? '';
}

/** The key itself, or the file that holds it. */
function apiHmac(env: Environment, required: boolean): string {
  const file = env.text(`${P}METAL_API_HMAC_FILE`);
  const key = env.text(`${P}METAL_API_HMAC`) ?? (file === undefined ? '' : secretOf(env, file));
  if (key === '' && required)
    env.violation(
      `${P}METAL_API_HMAC is not set, expected the API's key of the role viewer (or ${P}METAL_API_HMAC_FILE)`,
    );
  return key;
}

function secretOf(env: Environment, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    env.violation(`${P}METAL_API_HMAC_FILE cannot be read: ${(error as Error).message}`);
    return ' ';
  }
}

/** S3 where its endpoint is set: a host, which has the bucket as prefix, or a URL, which has it in the path. */
function storeSettings(env: Environment): ImageStoreSettings {
  const endpoint = env.text(`${P}IMAGE_STORE`);
  const bucket = env.text(`${P}IMAGE_STORE_BUCKET`, 'images');
  const baseUrl = url(env, 'IMAGE_STORE_URL');
  if (endpoint === undefined) return { kind: 'https', baseUrl };
  if (!/^[\w.-]{1,63}$/.test(bucket))
    env.violation(`${P}IMAGE_STORE_BUCKET is ${quoteText(bucket)}, expected a bucket's name`);
  const pathStyle = endpoint.includes('://');
  const address = pathStyle ? endpoint.replace(/\/*$/, '') : `https://${endpoint}`;
  const host = pathStyle ? `${address}/${bucket}/` : `https://${bucket}.${endpoint}/`;
  if (!isHttpUrl(host))
    env.violation(`${P}IMAGE_STORE is ${quoteText(endpoint)}, expected a host such as metal-stack.io, or a URL`);
  return { kind: 's3', endpoint: address, bucket, pathStyle, baseUrl: baseUrl ?? host };
}

function schedule(env: Environment): string {
  const text = env.text(`${P}SCHEDULE`, '*/10 * * * *');
  try {
    new Cron(text, { paused: true, mode: '5-part' });
  } catch {
    env.violation(`${P}SCHEDULE is ${quoteText(text)}, expected cron with five fields such as */10 * * * *`);
  }
  return text;
}

function maxPerName(env: Environment): number {
  const value = env.integer(`${P}MAX_IMAGES_PER_NAME`, -1, { min: -1_000_000, max: 1_000_000 });
  if (value === 0) env.violation(`${P}MAX_IMAGES_PER_NAME is 0, expected a number above 0, or -1 for no maximum`);
  return value;
}

function size(env: Environment, name: string, otherwise: string, min: number): number {
  const text = env.text(`${P}${name}`, otherwise);
  const value = parseByteSize(text);
  if (value !== undefined && value >= min) return value;
  env.violation(`${P}${name} is ${quoteText(text)}, expected a size such as 100G${min > 0 ? ', not 0' : ''}`);
  return min;
}

/** Separated by commas or blanks. */
function texts(env: Environment, name: string, otherwise: readonly string[]): readonly string[] {
  const text = env.text(`${P}${name}`);
  return text === undefined ? otherwise : text.split(/[\s,]+/).filter((entry) => entry !== '');
}

function url(env: Environment, name: string): string | undefined {
  const text = env.text(`${P}${name}`);
  if (text === undefined) return undefined;
  if (isHttpUrl(text)) return text.replace(/\/*$/, '/');
  env.violation(`${P}${name} is ${quoteText(text)}, expected a URL with http:// or https://`);
  return undefined;
}

function peerUrl(env: Environment, name: string, text: string): string[] {
  const address = text.includes('://') ? text : `http://${text}`;
  if (isHttpUrl(address) && (text.includes('://') || /:\d+$/.test(text))) return [address.replace(/\/*$/, '/')];
  env.violation(`${P}${name} has ${quoteText(text)}, expected host:port such as 10.0.0.2:3000`);
  return [];
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === '';
}

function listenAddress(env: Environment, name: string, port: number): ListenAddress {
  const text = env.text(`${P}${name}`, `0.0.0.0:${port}`);
  const [, host = '', number = ''] = /^(.*):(\d{1,5})$/.exec(text) ?? [];
  if (number !== '' && Number(number) <= 65_535)
    return { host: host.replace(/^\[(.*)\]$/, '$1') || '0.0.0.0', port: Number(number) };
  env.violation(`${P}${name} is ${quoteText(text)}, expected host:port or :port`);
  return { host: '127.0.0.1', port: 0 };
}
