import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadAgentConfig } from './agent-config.js';
import { loadConfig } from './config.js';
import { loadConsoleConfig } from './console-config.js';
import { loadImageCacheConfig } from './image-cache-config.js';
import { IMAGE_CACHE_FLAGS } from './image-cache-sources.js';

type Variables = Readonly<Record<string, string | undefined>>;

/** Settings that must be set so that dependent settings are read. */
const SWITCHES: Variables = {
  METAL_API_GRPC_TLS_ENABLED: 'true',
  METAL_API_HEADSCALE_ADDR: 'vpn:80',
  METAL_API_NATS_URL: 'nats://x',
  METAL_API_S3_ADDRESS: 'http://s3',
};

/** Names of the variables that a function reads, sorted. */
function readBy(read: (variables: Variables) => unknown): string[] {
  const names = new Set<string>();
  const spy = (_: Variables, name: string): string | undefined => (names.add(name), SWITCHES[name]);
  const keys = (): string[] => {
    throw new Error('variables must be read by name');
  };
  try {
    read(new Proxy<Variables>({}, { get: spy, ownKeys: keys }));
  } catch (error) {
    expect(error).toHaveProperty('name', 'ConfigError');
  }
  return [...names].filter((name) => name.startsWith('METAL_API_')).sort();
}

/** Names in the first column of a page's tables; `_X` is short for `METAL_API_X`. */
function tableOf(page: string): string[] {
  const cells = readFileSync(page, 'utf8').match(/^\| `[^|]+(?=\|)/gm) ?? [];
  const names = cells.flatMap((cell) => [...cell.matchAll(/`(?:METAL_API)?(_[A-Z0-9_]+)`/g)]);
  return names.map(([, name]) => `METAL_API${name}`).sort();
}

describe('the table of settings', () => {
  it('of the server lists exactly the settings that are read', () => {
    expect(tableOf('docs/settings.md')).toEqual(readBy(loadConfig));
  });

  it('of the partition agent lists exactly the settings that are read', () => {
    expect(tableOf('docs/guide/partition-agent.md')).toEqual(
      readBy((variables) => loadAgentConfig(undefined, variables)),
    );
  });

  it('of the console server lists exactly the settings that are read', () => {
    expect(tableOf('docs/guide/serial-console.md')).toEqual(readBy(loadConsoleConfig));
  });

  it('of the image cache has all that are read, and no other', () => {
    const names = readBy((variables) => loadImageCacheConfig({}, variables)).filter(
      (name) => name !== 'METAL_API_LOG_LEVEL',
    );
    const flags = IMAGE_CACHE_FLAGS.map((flag) => `METAL_API_IMAGE_CACHE_${flag.toUpperCase().replaceAll('-', '_')}`);
    const documented = tableOf('docs/guide/image-cache.md').filter((name) => name !== 'METAL_API_LOG_LEVEL');
    expect(documented).toEqual(names);
    expect(documented.filter((name) => !/_(CONFIG|HMAC)$/.test(name))).toEqual(flags.toSorted());
  });
});
