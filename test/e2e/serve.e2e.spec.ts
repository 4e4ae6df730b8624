import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/port.js';

const MAIN = 'dist/main.js';
const folder = mkdtempSync(join(tmpdir(), 'serve-'));
const settings = { PATH: process.env['PATH'], METAL_API_DEV: 'true', METAL_API_GRPC_PORT: '0' };
const children: ChildProcess[] = [];

beforeAll(() => {
  expect(spawnSync(process.execPath, ['scripts/build-when-needed.mjs'], { stdio: 'inherit' }).status).toBe(0);
}, 240_000);
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const environment = (name: string, more: Record<string, string>) => ({
  ...settings,
  METAL_API_DATA_DIR: join(folder, name),
  METAL_API_PORT: '0',
  METAL_API_METRICS_SERVER_BIND_ADDR: ':0',
  ...more,
});

/** A server process that has logged `serving`; `output` grows with its output. */
async function serve(name: string) {
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    env: environment(name, {}),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const server = { child, url: '', output: '' };
  await new Promise<void>((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`ended with ${code}: ${server.output}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      server.output += chunk.toString();
      const url = /"url":"([^"]+)".*"msg":"serving"/.exec(server.output)?.[1];
      if (url !== undefined) resolve(void (server.url = url));
    });
  });
  return server;
}

const failing = (name: string, more: Record<string, string>) =>
  spawnSync(process.execPath, [MAIN, 'serve'], { env: environment(name, more), encoding: 'utf8', timeout: 100_000 });

/** Every file and folder below `path` that users other than the owner can access. */
function openToOthers(path: string): string[] {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name));
  return [path, ...names].filter((name) => (statSync(name).mode & 0o077) !== 0);
}

describe('serve', () => {
  it('creates files readable by their owner only, and restricts existing ones', async () => {
    const data = join(folder, 'private');
    mkdirSync(join(data, 'store'), { recursive: true });
    writeFileSync(join(data, 'api-token.key'), 'a-token-key-of-an-earlier-version');
    for (const [name, mode] of [
      ['', 0o755],
      ['store', 0o755],
      ['api-token.key', 0o644],
    ] as const) {
      chmodSync(join(data, name), mode);
    }
    const { child, output } = await serve('private');
    expect(output).toContain(`data folder \\"${data}\\" was accessible to other users (mode 0755), made it private`);
    expect(readdirSync(data).sort()).toEqual(['api-token.key', 'encryption.key', 'store']);
    expect(openToOthers(data)).toEqual([]);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(openToOthers(data)).toEqual([]);
  });

  it('rejects a folder of another user, and another key than the data is encrypted with', async () => {
    const shared = join(folder, 'shared');
    mkdirSync(shared);
    chmodSync(shared, 0o755);
    writeFileSync(join(shared, 'other.txt'), '');
    const refused = failing('shared', {});
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('is also used for other purposes')]);

    const { child } = await serve('key');
    child.kill('SIGTERM');
    await once(child, 'exit');
    const file = join(folder, 'key', 'encryption.key');
    rmSync(file);
    const lost = failing('key', {});
    expect([lost.status, lost.stderr]).toEqual([
      2,
      expect.stringMatching(/^metal-api serve: the database is encrypted with key \w{16}, which key file .* does not/),
    ]);
    expect(readdirSync(join(folder, 'key')).sort()).toEqual(['api-token.key', 'store']);
    writeFileSync(file, `${Buffer.alloc(32, 'another').toString('base64')}\n`);
    expect(failing('key', {}).stderr).toMatch(/is encrypted with key \w{16}.*\(it has \w{16}\)/);
  });

  it('listens on loopback only in dev mode, and shuts down cleanly on SIGTERM', async () => {
    const { child, url, output } = await serve('term');
    expect(url).toContain('127.0.0.1');
    expect((await fetch(`${url}/v1/health`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(output).toContain('serving');
    await expect(fetch(`${url}/v1/health`)).rejects.toThrow();
  });

  it.each(['SIGINT', 'SIGHUP'] as const)('can be restarted on the folder of a server stopped by %s', async (signal) => {
    const { child } = await serve('term');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it.each(['serve', 'migrate'])('%s ends at SIGTERM while it waits for a database', async (command) => {
    const database = await freePort();
    const child = spawn(process.execPath, [MAIN, command], {
      env: environment(`waiting-${command}`, {
        METAL_API_DB: 'rethinkdb',
        METAL_API_DB_ADDR: `127.0.0.1:${database}`,
        METAL_API_ENCRYPTION: 'off',
      }),
    });
    children.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await eventually('it says what it waits for', () =>
      output.includes(`waiting for the database at 127.0.0.1:${database}`),
    );
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(command === 'serve' ? 0 : 1);
    expect(output).not.toMatch(/\n +at /);
  });

  it('waits for a database that is not up yet', async () => {
    let attempts = 0;
    const database = createServer((socket) => void ((attempts += 1), socket.destroy())).listen(0, '127.0.0.1');
    await once(database, 'listening');
    const { port } = database.address() as AddressInfo;
    const env = environment('waiting', { METAL_API_DB: 'rethinkdb', METAL_API_DB_ADDR: `127.0.0.1:${port}` });
    const child = spawn(process.execPath, [MAIN, 'serve'], { env, stdio: 'ignore' });
    children.push(child);
    await eventually('it tries again and again', () => child.exitCode !== null || attempts >= 4, 60_000);
    expect(child.exitCode).toBe(null);
    database.close();
  });

  it('reports all violations of the configuration at once', () => {
    const { status, stderr } = failing('config', {
      METAL_API_PORT: 'x',
      METAL_API_DB: 'mysql',
      METAL_API_BASE_PATH: 'me tal',
    });
    expect(status).not.toBe(0);
    for (const name of ['METAL_API_PORT', 'METAL_API_DB', 'METAL_API_BASE_PATH']) expect(stderr).toContain(name);
    expect(stderr).not.toContain('    at ');
  });

  it('names the port that is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const busy = failing('busy', { METAL_API_PORT: String(port) });
    expect(busy.status).not.toBe(0);
    expect(busy.stderr).toContain(`cannot listen on 127.0.0.1:${port}: the address is in use`);
    const scrape = failing('busy', { METAL_API_METRICS_SERVER_BIND_ADDR: `:${port}` });
    expect(scrape.stderr).toContain('METAL_API_METRICS_SERVER_BIND_ADDR');
    taken.close();
  });

  it('rejects well-known keys outside of dev mode', () => {
    const { status, stderr } = failing('keys', { METAL_API_DEV: 'false', METAL_API_HMAC_ADMIN_KEY: 'metal-admin' });
    expect(status).not.toBe(0);
    expect(stderr).toContain('METAL_API_HMAC_ADMIN_KEY');
  });
});

describe('the program', () => {
  const run = (...args: string[]) => spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', env: settings });

  it('lists its commands for an unknown one', () => {
    const { status, stderr } = run('nonsense');
    expect(status).toBe(2);
    expect(stderr).toMatch(/unknown command "nonsense"[^]*serve/);
  });

  it('prints help for a command instead of running it', () => {
    for (const args of [
      ['token', '--help'],
      ['token', '-h'],
      ['help', 'token'],
    ]) {
      expect(run(...args)).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/^usage: .* token/) });
    }
    expect(run('--help')).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/ {2}serve /) });
  });

  it('prints usage below option errors, and no stack trace for operational errors', () => {
    const { status, stderr } = run('serve', '--port', '80');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^metal-api serve: .*--port[^]*usage: metal-api serve/);
    const refused = run('dump-spec', '--output', '/no/such/folder');
    expect(refused).toMatchObject({ status: 2, stderr: expect.not.stringContaining('    at ') });
  });

  it('prints its version', () => expect(run('version').stdout).toMatch(/^v\d+\.\d+\.\d+/));
  it('dumps its API without settings', () => {
    expect(JSON.parse(run('dump-spec').stdout)).toMatchObject({ swagger: '2.0' });
  });
});
