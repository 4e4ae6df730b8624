import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

type Variables = Readonly<Record<string, string | undefined>>;

const PREFIX = 'METAL_API_IMAGE_CACHE_';
const FORMER_PREFIX = 'METAL_IMAGE_CACHE_SYNC_';

/** Settings that may stand on the command line; the key of the API may not, where every user of the host sees it. */
export const IMAGE_CACHE_FLAGS = [
  'log-level',
  'image-store',
  'image-store-bucket',
  'image-store-url',
  'metal-api-endpoint',
  'metal-api-hmac-file',
  'schedule',
  'dry-run',
  'max-cache-size',
  'min-images-per-name',
  'max-images-per-name',
  'expiration-grace-period',
  'max-shrink-percent',
  'cache-root-path',
  'min-free-disk',
  'verify-interval',
  'check-sha256',
  'retry-pause',
  'stall-timeout',
  'max-connections',
  'fallback-url',
  'excludes',
  'image-cache-bind-address',
  'image-cache-peers',
  'enable-kernel-cache',
  'kernel-cache-bind-address',
  'kernel-cache-peers',
  'enable-boot-image-cache',
  'boot-image-cache-bind-address',
  'boot-image-cache-peers',
] as const;

/** Settings of the first release of metal-image-cache-sync, and what they are called now. */
const FIRST_RELEASE: Readonly<Record<string, { name: string; convert?: (text: string) => string }>> = {
  'image-cache-bind-address': { name: 'bind-address' },
  'cache-root-path': { name: 'root-path', convert: (text) => text.replace(/\/images\/*$/, '') },
};

/**
 * What each setting is, by the name of its variable: as a flag, as `METAL_API_IMAGE_CACHE_X`, as
 * `METAL_IMAGE_CACHE_SYNC_X`, or as `x` in the YAML file, the first that is set. Other variables are looked up as they are.
 */
export function layeredVariables(flags: Variables, variables: Variables, violation: (text: string) => void): Variables {
  const get = (name: string): string | undefined => variables[name]?.trim() || undefined;
  const file = yamlFile(
    flags['config'] ?? get(`${PREFIX}CONFIG`) ?? get(`${FORMER_PREFIX}CONFIG`),
    get('HOME'),
    violation,
  );
  const former = (flag: string): string | undefined => get(FORMER_PREFIX + suffixOf(flag)) ?? file[flag];
  const setting = (flag: string): string | undefined => flags[flag] ?? get(PREFIX + suffixOf(flag)) ?? former(flag);
  const lookUp = (name: string): string | undefined => {
    if (name === 'METAL_API_LOG_LEVEL') return flags['log-level'] ?? get(name) ?? setting('log-level');
    if (!name.startsWith(PREFIX)) return get(name);
    const flag = name.slice(PREFIX.length).toLowerCase().replaceAll('_', '-');
    const first = FIRST_RELEASE[flag];
    const text = first && former(first.name);
    return setting(flag) ?? (text && (first?.convert?.(text) ?? text));
  };
  return new Proxy<Variables>({}, { get: (_, name) => lookUp(String(name)) });
}

const suffixOf = (flag: string): string => flag.toUpperCase().replaceAll('-', '_');

/** The settings of the YAML file as texts; the first of the known places has it unless one is given. */
function yamlFile(
  given: string | undefined,
  home: string | undefined,
  violation: (text: string) => void,
): Record<string, string> {
  const folders = ['/etc/metal-image-cache-sync', ...(home ? [join(home, '.metal-image-cache-sync')] : []), '.'];
  for (const path of given === undefined ? folders.map((folder) => join(folder, 'config.yaml')) : [given]) {
    try {
      return textsOf(parse(readFileSync(path, 'utf8')), path, violation);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (given === undefined && code === 'ENOENT') continue;
      violation(`the configuration file ${path} cannot be read: ${message}`);
      return {};
    }
  }
  return {};
}

function textsOf(document: unknown, path: string, violation: (text: string) => void): Record<string, string> {
  if (document === null) return {};
  if (typeof document !== 'object' || Array.isArray(document)) {
    violation(`the configuration file ${path} is not a mapping, expected lines such as "max-cache-size: 100G"`);
    return {};
  }
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(document as Record<string, unknown>)) {
    const text = textOf(value);
    if (text === undefined)
      violation(`${name} in ${path} is neither a text, a number, true, false nor a list of texts`);
    else texts[name.toLowerCase()] = text;
  }
  return texts;
}

function textOf(value: unknown): string | undefined {
  if (value === null) return '';
  if (Array.isArray(value)) return value.every((entry) => typeof entry === 'string') ? value.join(',') : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? `${value}` : undefined;
}
