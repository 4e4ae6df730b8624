import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadAgentConfig } from './agent-config.js';
import { loadConfig } from './config.js';

type Variables = Readonly<Record<string, string | undefined>>;

/** Settings without which others are not looked at. */
const SWITCHES: Variables = {
  METAL_API_GRPC_TLS_ENABLED: 'true',
  METAL_API_HEADSCALE_ADDR: 'vpn:80',
  METAL_API_NATS_URL: 'nats://x',
  METAL_API_S3_ADDRESS: 'http://s3',
};

/** Names of the variables that something reads, sorted. */
function readBy(read: (variables: Variables) => unknown): string[] {
  const names = new Set<string>();
  const spy = (_: Variables, name: string): string | undefined => (names.add(name), SWITCHES[name]);
  const keys = (): string[] => {
    throw new Error('variables are asked for by name');
  };
  try {
    read(new Proxy<Variables>({}, { get: spy, ownKeys: keys }));
  } catch (error) {
    expect(error).toHaveProperty('name', 'ConfigError');
  }
  return [...names].filter((name) => name.startsWith('METAL_API_')).sort();
}

/** Names in the first column of the tables of a page; `_X` is short for `METAL_API_X`. */
function tableOf(page: string): string[] {
  const cells = readFileSync(page, 'utf8').match(/^\| `[^|]+(?=\|)/gm) ?? [];
  const names = cells.flatMap((cell) => [...cell.matchAll(/`(?:METAL_API)?(_[A-Z0-9_]+)`/g)]);
  return names.map(([, name]) => `METAL_API${name}`).sort();
}

describe('the table of settings', () => {
  it('of the server has all that are read, and no other', () => {
    expect(tableOf('README.md')).toEqual(readBy(loadConfig));
  });

  it("of a partition's agent has all that are read, and no other", () => {
    expect(tableOf('docs/partition-agent.md')).toEqual(readBy((variables) => loadAgentConfig(undefined, variables)));
  });
});
