import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from './config.js';

let folder: string;
let pem: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'metal-pem-'));
  pem = join(folder, 'some.pem');
  writeFileSync(pem, 'PEM');
});
afterAll(() => rmSync(folder, { recursive: true }));

const load = (variables: Record<string, string>) =>
  loadConfig({ METAL_API_DEV: 'true', ...variables }).store.rethinkdb.tls;

describe('TLS to RethinkDB', () => {
  it('is off unless a setting enables it', () => {
    expect(load({})).toBeUndefined();
    expect(load({ METAL_API_DB_TLS: 'true' })).toEqual({ ca: undefined, client: undefined, serverName: undefined });
    expect(load({ METAL_API_DB_SERVER_NAME: 'db' })).toMatchObject({ serverName: 'db' });
    expect(load({ METAL_API_DB_CA_FILE: pem })).toMatchObject({ ca: Buffer.from('PEM') });
    expect(load({ METAL_API_DB_CLIENT_CERT_FILE: pem, METAL_API_DB_CLIENT_KEY_FILE: pem })?.client).toBeDefined();
  });

  it.each([
    [{ METAL_API_DB_CA_FILE: '/none.pem' }, 'METAL_API_DB_CA_FILE is "/none.pem", which cannot be read: ENOENT'],
    [{ METAL_API_DB_CLIENT_CERT_FILE: '/none.pem' }, 'METAL_API_DB_CLIENT_KEY_FILE is not set'],
    [{ METAL_API_DB_CLIENT_KEY_FILE: '/none.pem' }, 'METAL_API_DB_CLIENT_CERT_FILE is not set'],
    [{ METAL_API_DB_TLS: 'maybe' }, 'METAL_API_DB_TLS is "maybe"'],
    [{ METAL_API_DB_TLS: 'false', METAL_API_DB_SERVER_NAME: 'db' }, 'METAL_API_DB_TLS is "false" although'],
  ])('rejects %j', (variables, message) => expect(() => load(variables as never)).toThrow(message));
});
