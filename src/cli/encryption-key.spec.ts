import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bmcTable } from '../modules/machine/machine.table.js';
import { newBmcRecord } from '../modules/machine/bmc-record.js';
import { createApp } from '../app.js';
import { createEngine } from '../platform/store/create-engine.js';
import { Store } from '../platform/store/store.js';
import { keyIdOf, parseKeys } from '../shared/encryption-keys.js';
import { loadConfig } from '../config/config.js';
import { testConfig } from '../../test/support/app.js';
import { encryptionKey } from './encryption-key.js';
import { rotateEncryptionKey, SECRET_TABLES } from './rotate-encryption-key.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'metal-keys-'));
  file = join(folder, 'sub', 'encryption.key');
});
afterEach(() => rmSync(folder, { recursive: true }));

const ids = (path = file): string[] => parseKeys(readFileSync(path, 'utf8')).map(keyIdOf);
const production = {
  METAL_API_HMAC_VIEW_KEY: 'view-key-for-these-tests',
  METAL_API_HMAC_EDIT_KEY: 'edit-key-for-these-tests',
  METAL_API_HMAC_ADMIN_KEY: 'admin-key-for-these-tests',
};

describe('the encryption-key command', () => {
  it('creates a file that only its owner can read, and does not overwrite an existing one', () => {
    expect(encryptionKey(['--generate', file])).toBe(`${file}: key ${ids()[0]} encrypts and decrypts`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file);
    expect(() => encryptionKey(['--generate', file])).toThrow('already exists and was not changed');
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(join(folder, 'sub'))).toEqual(['encryption.key']);
  });

  it('adds a key that only decrypts, then makes it the current one', () => {
    encryptionKey(['--generate', file]);
    const [first] = ids();
    encryptionKey(['--add', file]);
    const [, second] = ids();
    expect(ids()).toEqual([first, second]);
    expect(encryptionKey(['--promote', file])).toBe(`key ${second} encrypts and decrypts\nkey ${first} decrypts`);
    expect(encryptionKey(['--list', file])).toBe(`key ${second} encrypts and decrypts\nkey ${first} decrypts`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('never prints a key', () => {
    encryptionKey(['--generate', file]);
    const text = ['--add', '--promote', '--list'].map((option) => encryptionKey([option, file])).join();
    for (const line of readFileSync(file, 'utf8').trim().split('\n')) expect(text).not.toContain(line);
  });

  it.each([[[]], [['--list', '']], [['--add', 'a', '--promote', 'b']], [['--generate']], [['file']]])(
    'rejects the arguments %j',
    (args) => expect(() => encryptionKey(args)).toThrow(),
  );

  it('reports why it cannot use a file', () => {
    expect(() => encryptionKey(['--add', file])).toThrow('does not exist; --generate creates it');
    writeFileSync(join(folder, 'bad'), 'my secret\n');
    expect(() => encryptionKey(['--list', join(folder, 'bad')])).toThrow('line 1 is not a key of 32 bytes');
    expect(() => encryptionKey(['--list', join(folder, 'bad')])).not.toThrow('my secret');
    expect(() => encryptionKey(['--list', folder])).toThrow('EISDIR');
  });
});

describe('a key file', () => {
  const key = Buffer.from(Array.from({ length: 32 }, (_, n) => n));
  it.each([
    ['hex', key.toString('hex')],
    ['upper case hex', key.toString('hex').toUpperCase()],
    ['base64', key.toString('base64')],
    ['base64url', key.toString('base64url')],
    ['base64 between comments and empty lines', `# of 2026\n\n  ${key.toString('base64')}  \r\n\n`],
  ])('may contain a key as %s', (_, text) => expect(parseKeys(text)).toEqual([key]));

  it.each([
    ['nothing', ''],
    ['only a comment', '# none\n'],
    ['a short key', key.subarray(1).toString('hex')],
    ['a long key', Buffer.concat([key, key]).toString('base64')],
    ['a pass phrase', 'correct horse battery staple'],
    ['zeros', '0'.repeat(64)],
    ['the same key twice', `${key.toString('hex')}\n${key.toString('base64')}`],
    ['a PEM', '-----BEGIN PRIVATE KEY-----'],
  ])('is rejected if it contains %s', (_, text) => {
    expect(() => parseKeys(text)).toThrow(/key/);
    if (text.length > 2) expect(() => parseKeys(text)).not.toThrow(text.trim());
  });
});

describe('METAL_API_ENCRYPTION_KEY_FILE', () => {
  const load = (variables: Record<string, string>) => loadConfig({ ...production, ...variables }).store.encryption;

  it('is required for a shared database outside dev mode', () => {
    const rethinkdb = { METAL_API_DB: 'rethinkdb' };
    expect(() => load(rethinkdb)).toThrow(/KEY_FILE is not set.*encryption-key --generate FILE/);
    expect(load({}).keys).toBeUndefined();
    expect(load({ ...rethinkdb, METAL_API_DEV: 'true' }).keys).toHaveLength(1);
    expect(load({ ...rethinkdb, METAL_API_ENCRYPTION: 'off' })).toMatchObject({ enabled: false, keys: [] });
  });

  it('is read at start-up', () => {
    expect(() => load({ METAL_API_ENCRYPTION_KEY_FILE: file })).toThrow(/ENOENT.*encryption-key --generate/);
    encryptionKey(['--generate', file]);
    encryptionKey(['--add', file]);
    expect(load({ METAL_API_ENCRYPTION_KEY_FILE: file }).keys!.map(keyIdOf)).toEqual(ids());
    writeFileSync(file, 'secret text');
    expect(() => load({ METAL_API_ENCRYPTION_KEY_FILE: file })).toThrow(/cannot be used: line 1 is not a key/);
    expect(() => load({ METAL_API_ENCRYPTION_KEY_FILE: file })).not.toThrow('secret text');
  });
});

describe('the rotate-encryption-key command', () => {
  const data = () => join(folder, 'data');
  const config = (variables: Record<string, string> = {}) =>
    testConfig({ METAL_API_DB: 'embedded', METAL_API_DATA_DIR: data(), ...variables });
  const withBmcs = async <T>(
    settings: ReturnType<typeof config>,
    task: (table: ReturnType<Store['table']>) => Promise<T>,
  ): Promise<T> => {
    const store = new Store(createEngine(settings.store));
    const table = store.table(bmcTable as never);
    await store.start();
    try {
      return await task(table);
    } finally {
      await store.stop();
    }
  };
  const populate = (settings = config()) =>
    withBmcs(settings, (table) => table.insert({ ...newBmcRecord('m1'), password: 'secret-of-bmc' } as never));
  const password = (settings = config()) =>
    withBmcs(settings, async (table) => (table.get('m1') as unknown as { password: string }).password);
  const rotated = async (settings = config(), discard = false): Promise<[number, string]> => {
    const lines: string[] = [];
    return [await rotateEncryptionKey(settings, discard, { write: (text) => lines.push(text) }), lines.join('')];
  };
  const stored = (): string =>
    readdirSync(join(data(), 'store'))
      .map((name) => readFileSync(join(data(), 'store', name), 'latin1'))
      .join();

  it('knows every table that declares secrets', async () => {
    const app = await createApp(testConfig());
    const declared = app.get(Store).names.secrets;
    expect(Object.keys(declared).sort()).toEqual(SECRET_TABLES.map(({ name }) => name).sort());
  });

  it('replaces the generated key, and leaves no previous contents in the files', async () => {
    await populate(config({ METAL_API_ENCRYPTION: 'off' }));
    expect(stored()).toContain('secret-of-bmc');
    await password(); // makes the key
    const generated = join(data(), 'encryption.key');
    const [first] = ids(generated);
    const [code, text] = await rotated();
    expect(code).toBe(0);
    const [second, ...others] = ids(generated);
    expect(others).toEqual([]);
    expect(second).not.toBe(first);
    expect(text).toContain(`the current key is ${second}`);
    expect(text).toContain(`key ${first} is no longer in use`);
    expect(text).toContain('bmc: 1 of 1 in');
    expect(stored()).not.toContain('secret-of-bmc');
    expect(await password()).toBe('secret-of-bmc');
    expect(statSync(generated).mode & 0o777).toBe(0o600);
  });

  it('continues an interrupted rotation', async () => {
    await populate();
    const generated = join(data(), 'encryption.key');
    encryptionKey(['--add', generated]);
    encryptionKey(['--promote', generated]);
    const [current] = ids(generated);
    const [code, text] = await rotated();
    expect([code, ids(generated)]).toEqual([0, [current]]);
    expect(text).toContain(`continuing the rotation to key ${current}`);
    expect(await password()).toBe('secret-of-bmc');
  });

  it('fails without the key, unless unreadable secrets are to be discarded', async () => {
    await populate();
    rmSync(join(data(), 'encryption.key'));
    await expect(rotated()).rejects.toThrow('the database is encrypted with key');
    await expect(password()).rejects.toThrow('the database is encrypted with key');
    expect(readdirSync(data())).toEqual(['store']);
    const [code, text] = await rotated(config(), true);
    expect(code).toBe(0);
    expect(text).toContain('discarded: password of bmc "m1" cannot be decrypted');
    expect(await password()).toBe('');
  });

  it('decrypts all secrets if encryption is off', async () => {
    await populate();
    const [code, text] = await rotated(config({ METAL_API_ENCRYPTION: 'off' }));
    expect(code).toBe(0);
    expect(text).toContain('stored as plain texts');
    expect(stored()).toContain('secret-of-bmc');
    rmSync(join(data(), 'encryption.key'));
    expect(await password(config({ METAL_API_ENCRYPTION: 'off' }))).toBe('secret-of-bmc');
  });

  it('rejects a folder without a database, a database in use, and the memory engine', async () => {
    await expect(rotated()).rejects.toThrow('there is no database');
    await expect(rotated(testConfig())).rejects.toThrow('nothing is stored');
    await populate();
    await withBmcs(config(), async () => {
      await expect(rotated()).rejects.toThrow('in use by another process');
    });
  });
});
