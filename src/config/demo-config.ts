import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './config.js';
import type { Config } from './config.js';

export interface DemoConfig {
  readonly config: Config;
  /** PATH to search for the programs of real BMCs. */
  readonly path: string;
  /** Data folder created for this demo, to be removed afterwards; undefined if the environment names one. */
  readonly temporaryFolder: string | undefined;
}

/**
 * Builds the configuration of a demo server: dev mode, no check of image URLs, and an audit trail, a new data folder and
 * a new database name unless the environment sets them. A smoke test uses free ports, so that it does not conflict with other processes.
 */
export function loadDemoConfig(
  smoke: boolean,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): DemoConfig {
  const ownFolder = variables['METAL_API_DATA_DIR'];
  const temporaryFolder = ownFolder ? undefined : mkdtempSync(join(tmpdir(), 'metal-demo-'));
  const config = loadConfig({
    METAL_API_LOG_LEVEL: 'error',
    METAL_API_AUDITING_ENABLED: 'true',
    METAL_API_DATA_DIR: temporaryFolder,
    METAL_API_DB_NAME: `metal_demo_${randomBytes(4).toString('hex')}`,
    ...(smoke && { METAL_API_PORT: '0', METAL_API_GRPC_PORT: '0', METAL_API_METRICS_SERVER_BIND_ADDR: ':0' }),
    ...Object.fromEntries(Object.entries(variables).filter(([, value]) => value)),
    METAL_API_DEV: 'true',
    METAL_API_GRPC_TLS_ENABLED: 'false',
    METAL_API_CHECK_URLS: 'false',
  });
  return { config, path: variables['PATH'] ?? '', temporaryFolder };
}
