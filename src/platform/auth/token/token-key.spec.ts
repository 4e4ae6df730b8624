import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../config/config.js';
import { tokenKeyOf } from './token-key.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'token-key-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const key = (variables: Record<string, string> = {}) =>
  tokenKeyOf(loadConfig({ METAL_API_DEV: 'true', METAL_API_DATA_DIR: join(folder, 'data'), ...variables }));

describe('tokenKeyOf', () => {
  it('creates the key once in the data folder, readable by its owner only', () => {
    const first = key();
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(key()).toBe(first);
    expect(readdirSync(join(folder, 'data'))).toEqual(['api-token.key']);
    expect(statSync(join(folder, 'data', 'api-token.key')).mode & 0o777).toBe(0o600);
  });

  it('returns the configured key and writes nothing', () => {
    expect(key({ METAL_API_TOKEN_KEY: 'configured' })).toBe('configured');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('throws if the data folder is not a folder', () => {
    writeFileSync(join(folder, 'data'), '');
    expect(() => key()).toThrow(
      expect.objectContaining({ kind: 'unavailable', message: expect.stringContaining('ENOTDIR') }),
    );
  });

  it('generates a new key each time for a server without storage', () => {
    expect(key({ METAL_API_DB: 'memory' })).not.toBe(key({ METAL_API_DB: 'memory' }));
    expect(readdirSync(folder)).toEqual([]);
  });
});
