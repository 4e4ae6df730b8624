import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadAgentConfig } from '../config/agent-config.js';
import { loadConfig } from '../config/config.js';
import { loadImageCacheConfig } from '../config/image-cache-config.js';
import { restrictSecretFiles, restrictSecrets } from './restrict-secrets.js';

let folder: string;
let said: string[];
let umask: number;
const say = (line: string): void => void said.push(line);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'metal-secrets-'));
  said = [];
  umask = process.umask();
});
afterEach(() => {
  process.umask(umask);
  rmSync(folder, { recursive: true });
});

const DEV = { METAL_API_DEV: 'true', METAL_API_DB: 'memory', METAL_API_NATS_URL: 'nats://broker' };

function secret(mode: number, text = 'secret'): string {
  const path = join(folder, 'secret');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('files with secrets', () => {
  it.each([
    ['METAL_API_ENCRYPTION_KEY_FILE', 0o644, randomBytes(32).toString('base64')],
    ['METAL_API_NATS_CREDS_FILE', 0o640, undefined],
    ['METAL_API_BMC_SUPERUSER_PWD_FILE', 0o604, undefined],
    ['METAL_API_BMC_SUPERUSER_PWD_FILE', 0o666, undefined],
  ])('of a server are made private: %s with mode %o', (name, mode, text) => {
    const path = secret(mode, text);
    restrictSecrets(loadConfig({ ...DEV, [name]: path }), say);
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(said).toEqual([expect.stringContaining(`${name} "${path}" was accessible to other users`)]);
    restrictSecrets(loadConfig({ ...DEV, [name]: path }), say);
    expect(said).toHaveLength(1);
  });

  it('of TLS are made private: keys, not certificates', () => {
    const [cert, key] = [join(folder, 'cert'), secret(0o644)];
    writeFileSync(cert, '');
    chmodSync(cert, 0o644);
    const files = { METAL_API_NATS_CERT_FILE: cert, METAL_API_NATS_KEY_FILE: key };
    restrictSecrets(loadConfig({ ...DEV, ...files }), say);
    expect([statSync(cert).mode & 0o777, statSync(key).mode & 0o777]).toEqual([0o644, 0o600]);
  });

  it('of a partition agent and of an image cache are made private', () => {
    const [agent, cache] = [secret(0o644), join(folder, 'hmac')];
    restrictSecretFiles(loadAgentConfig('fra', { ...DEV, METAL_API_NATS_CREDS_FILE: agent }).secretFiles, say);
    writeFileSync(cache, 'key');
    chmodSync(cache, 0o644);
    const variables = { METAL_API_IMAGE_CACHE_METAL_API_HMAC_FILE: cache };
    restrictSecretFiles(loadImageCacheConfig({}, variables, false).secretFiles, say);
    expect([statSync(agent).mode & 0o777, statSync(cache).mode & 0o777]).toEqual([0o600, 0o600]);
  });

  it('that are missing are left to their readers', () => {
    restrictSecrets(loadConfig({ ...DEV, METAL_API_NATS_CREDS_FILE: join(folder, 'missing') }), say);
    expect(said).toEqual([]);
  });
});
