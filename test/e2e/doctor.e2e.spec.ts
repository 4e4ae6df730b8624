import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DoctorFinding } from '../../src/cli/doctor/finding.js';
import { newKeyLine } from '../../src/shared/encryption-keys.js';
import { Certificates } from '../support/certificates.js';
import { installed } from '../support/installed.js';
import { NatsServer } from '../support/nats.js';
import { RethinkServer, rethinkdbAvailable } from '../support/rethinkdb.js';
import { freePort } from '../support/port.js';
import { ServerProcess } from '../support/server-process.js';

interface Report {
  readonly code: number | null;
  readonly out: string;
  readonly findings: readonly DoctorFinding[];
}

/** Runs `metal-api doctor` of the built program. */
async function doctor(variables: Readonly<Record<string, string>>, ...args: string[]): Promise<Report> {
  const env = { PATH: process.env['PATH'], ...variables };
  const child = spawn(process.execPath, ['dist/main.js', 'doctor', '--json', ...args], { env });
  let [out, error] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return {
    code,
    out: out + error,
    findings: code === 2 ? [] : (JSON.parse(out) as { findings: DoctorFinding[] }).findings,
  };
}

const of = ({ findings }: Report, check: string): readonly DoctorFinding[] =>
  findings.filter((one) => one.check === check);

const KEYS = { METAL_API_HMAC_VIEW_KEY: 'metal-view' };

/** A server that returns these bodies by path and sends the time of this clock. */
async function fakeApi(bodies: Readonly<Record<string, unknown>>, date = new Date()): Promise<Server> {
  const server = createServer((request, response) => {
    const body = bodies[request.url!];
    response.sendDate = false;
    response.writeHead(body === undefined ? 404 : 200, { date: date.toUTCString() }).end(JSON.stringify(body ?? ''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

const folder = mkdtempSync(join(tmpdir(), 'metal-doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('metal-api doctor, outside', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start({ METAL_API_DB: 'memory', METAL_API_BASE_PATH: '/' });
  });
  afterAll(() => server?.kill());

  it('finds no problem with a healthy server', async () => {
    const report = await doctor(KEYS, '--url', server.url);
    expect(report.findings.filter(({ status }) => status === 'problem')).toEqual([]);
    expect(report.code).toBe(0);
    for (const check of ['reachability', 'clock', 'health', 'readiness', 'replicas', 'agents'])
      expect(of(report, check)[0]).toMatchObject({ status: 'ok', from: 'outside' });
    expect(of(report, 'replicas')[0]!.message).toMatch(/^this replica .* agrees$/);
  });

  it('accepts an API token, and says what needs a credential', async () => {
    const file = join(folder, 'token');
    writeFileSync(file, 'not.a.token\n');
    const [refused] = of(await doctor({}, '--url', server.url, '--token-file', file), 'replicas');
    expect(refused).toMatchObject({ status: 'problem', message: expect.stringContaining('403') });
    const report = await doctor({}, '--url', server.url);
    expect(report.code).toBe(0);
    expect(of(report, 'replicas')[0]).toMatchObject({ status: 'skipped' });
  });

  it('names the next step for a wrong key', async () => {
    const report = await doctor({ METAL_API_HMAC_VIEW_KEY: 'another-secret-key' }, '--url', server.url);
    expect(report.code).toBe(1);
    const [finding] = of(report, 'replicas');
    expect(finding).toMatchObject({ status: 'problem', message: expect.stringContaining('403') });
    expect(finding!.next).toContain('metal-api token --subject');
    expect(report.out).not.toContain('another-secret-key');
  });

  it('recognizes a wrong base path, and a port where nothing listens', async () => {
    const [wrong] = of(await doctor({}, '--url', `${server.url}metal/`), 'reachability');
    expect(wrong).toMatchObject({ status: 'problem', message: expect.stringContaining('not the base path') });
    const report = await doctor({}, '--url', `http://127.0.0.1:${await freePort()}/`);
    expect(report.code).toBe(1);
    expect(of(report, 'reachability')[0]).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') });
    // One cause is one problem.
    expect(report.findings.filter(({ status }) => status === 'problem')).toHaveLength(1);
  });

  it('ends when a server accepts connections and never answers', async () => {
    const silent = createTcpServer((socket) => void socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const report = await doctor(KEYS, '--url', `http://127.0.0.1:${port}/`);
    silent.close();
    expect(report.code).toBe(1);
    expect(of(report, 'reachability')[0]).toMatchObject({ status: 'problem', message: 'no answer within 10 s' });
  });

  it('reports clocks that differ, outages, replicas that disagree and commands that no agent takes', async () => {
    const created = new Date(Date.now() - 600_000).toISOString();
    const difference = { what: 'keys', message: 'METAL_API_TOKEN_KEY must be the same on all replicas' };
    const replica = { id: 'r2', self: false, alive: true, started: created, seen: created, version: 'v9.9.9' };
    const api = await fakeApi(
      {
        '/v1/version': { name: 'metal-api', version: 'v9.9.9', min_client_version: 'v0.0.1' },
        '/v1/health': { services: { rethinkdb: { status: 'unhealthy', message: 'tables out of sync: machine' } } },
        '/ready': { ready: false, obstacles: ['commands wait: connection lost'] },
        '/replicas': [
          { ...replica, differences: [difference] },
          { ...replica, alive: false, differences: [] },
        ],
        '/commands?state=published': [
          { partition: 'fra-equ01', created },
          { partition: 'fra-equ01', created },
        ],
      },
      new Date(Date.now() - 3_600_000),
    );
    const report = await doctor(KEYS, '--url', urlOf(api));
    api.close();
    expect(report.code).toBe(1);
    expect(of(report, 'clock')[0]).toMatchObject({ status: 'problem', next: expect.stringContaining('chronyc') });
    expect(of(report, 'reachability').map(({ status }) => status)).toEqual(['ok', 'warning']);
    expect(of(report, 'health')[0]).toMatchObject({
      status: 'problem',
      message: 'rethinkdb: tables out of sync: machine',
    });
    expect(of(report, 'readiness')[0]).toMatchObject({ message: 'not ready: commands wait: connection lost' });
    expect(of(report, 'replicas').map(({ status }) => status)).toEqual(['problem', 'warning']);
    expect(of(report, 'agents')[0]).toMatchObject({
      message: 'no agent takes the commands of partition fra-equ01: 2 wait for more than a minute',
      next: expect.stringContaining('metal-api agent --partition fra-equ01'),
    });
    for (const { status, next } of report.findings) expect(next !== undefined).toBe(/problem|warning/.test(status));
  });

  it('refuses credentials in the URL and other schemes', async () => {
    expect(await doctor({}, '--url', 'http://u:p@host/')).toMatchObject({ code: 2 });
    expect(await doctor({}, '--url', 'ftp://host/')).toMatchObject({ code: 2 });
  });
});

describe('metal-api doctor, inside', () => {
  /** A complete environment whose server does not run. */
  const environment = async (): Promise<Record<string, string>> => ({
    METAL_API_DATA_DIR: join(folder, 'data'),
    METAL_API_PORT: String(await freePort()),
    METAL_API_METRICS_SERVER_BIND_ADDR: `:${await freePort()}`,
    METAL_API_HMAC_VIEW_KEY: 'view-0123456789abcdef',
    METAL_API_HMAC_EDIT_KEY: 'edit-0123456789abcdef',
    METAL_API_HMAC_ADMIN_KEY: 'admin-0123456789abcdef',
  });

  it('reports each invalid setting, and still checks the files', async () => {
    const report = await doctor({ METAL_API_HMAC_VIEW_KEY: 'short', METAL_API_DB_CA_FILE: join(folder, 'no.crt') });
    const texts = of(report, 'settings').map(({ message }) => message);
    expect(report.code).toBe(1);
    expect(texts.filter((text) => /METAL_API_HMAC_\w+_KEY is (too short|not set)/.test(text))).toHaveLength(3);
    expect(of(report, 'certificates')[0]).toMatchObject({
      status: 'problem',
      message: expect.stringContaining('ENOENT'),
    });
  });

  it('reports a key file that other users can read, with the command that repairs it', async () => {
    const file = join(folder, 'encryption.key');
    writeFileSync(file, newKeyLine());
    chmodSync(file, 0o644);
    const variables = { ...(await environment()), METAL_API_ENCRYPTION_KEY_FILE: file };
    expect(of(await doctor(variables), 'secret files')[0]).toMatchObject({
      status: 'problem',
      next: `Run "chmod go= ${file}" as its owner.`,
    });
    chmodSync(file, 0o600);
    expect(of(await doctor(variables), 'secret files')[0]).toMatchObject({ status: 'ok' });
  });

  describe.skipIf(!installed('doctor: certificates', 'openssl'))('certificates', () => {
    it('reports a certificate that expires soon', async () => {
      const certificates = new Certificates();
      certificates.make('-t', '5', 'fra-equ01');
      const variables = { ...(await environment()), ...certificates.serverVariables() };
      const found = of(await doctor(variables), 'certificates');
      rmSync(certificates.folder, { recursive: true });
      expect(found.map(({ status }) => status)).toEqual(['ok', 'warning']);
      expect(found[1]!.message).toMatch(/METAL_API_GRPC_SERVER_CERT_FILE .* expires on .*, in [45] days/);
      expect(found[1]!.next).toContain('docs/guide/certificates.md');
    });
  });

  describe.skipIf(!installed('doctor: broker', 'nats-server'))('the broker', () => {
    it('is tried with the credentials of the server', async () => {
      const nats = await NatsServer.start();
      try {
        const variables = { ...(await environment()), METAL_API_NATS_URL: nats.url };
        expect(of(await doctor(variables), 'broker')[0]).toMatchObject({ status: 'ok' });
        await nats.kill();
        const [gone] = of(await doctor(variables), 'broker');
        expect(gone).toMatchObject({ status: 'problem', next: expect.stringContaining('deploy/nats.conf') });
      } finally {
        await nats.stop();
      }
    });
  });

  describe.skipIf(!rethinkdbAvailable('doctor: database'))('the database', () => {
    it('is tried with the credentials of the server', async () => {
      const rethinkdb = await RethinkServer.start();
      try {
        const key = join(folder, 'shared.key');
        writeFileSync(key, newKeyLine(), { mode: 0o600 });
        const variables = {
          ...(await environment()),
          METAL_API_DB: 'rethinkdb',
          METAL_API_DB_ADDR: `${rethinkdb.host}:${rethinkdb.port}`,
          METAL_API_ENCRYPTION_KEY_FILE: key,
        };
        expect(of(await doctor(variables), 'database')[0]).toMatchObject({
          status: 'problem',
          message: expect.stringContaining('Unknown user') as string,
          next: expect.stringContaining('metal-api migrate') as string,
        });
        const env = { PATH: process.env['PATH'], ...variables };
        execFileSync(process.execPath, ['dist/main.js', 'migrate'], { env, stdio: 'pipe' });
        expect(of(await doctor(variables), 'database')[0]).toMatchObject({
          status: 'ok',
          message: expect.stringMatching(/^RethinkDB .*2\.4/) as string,
        });
        const wrong = { ...variables, METAL_API_DB_PASSWORD: 'wrong' };
        expect(of(await doctor(wrong), 'database')[0]).toMatchObject({ status: 'problem' });
      } finally {
        await rethinkdb.stop();
      }
    });
  });
});
