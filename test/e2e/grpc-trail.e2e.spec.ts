import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { GrpcClient } from '../../src/platform/grpc/grpc-client.js';
import { GrpcServer } from '../../src/platform/grpc/grpc-server.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { createLogger } from '../../src/platform/telemetry/logger.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { Certificates } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { grpcCall } from '../support/grpc-call.js';
import { installed } from '../support/installed.js';
import { plantMachine, tableOf } from '../support/machines.js';

type Line = Record<string, unknown>;

const secretFile = join(mkdtempSync(join(tmpdir(), 'metal-password-')), 'password');
writeFileSync(secretFile, 'super-secret\n');

let server: TestApp;
let address: string;
let logged: string;
const running: TestApp[] = [];

async function start(variables: Record<string, string>, engine = new MemoryEngine()): Promise<void> {
  logged = '';
  const logger = createLogger('info', { write: (line) => void (logged += line) });
  server = await startTestApp({ METAL_API_BMC_SUPERUSER_PWD_FILE: secretFile, ...variables }, { logger, engine });
  running.push(server);
  address = `127.0.0.1:${await server.app.get(GrpcServer).start()}`;
}
afterEach(async () => {
  for (const each of running.splice(0)) await each.close();
});

const call = (method: string, request: object) => grpcCall(address, method, request);
const boot = (method: string, request: object) => call(`api.v1.BootService/${method}`, request);
const send = (events: object) => call('api.v1.EventService/Send', { events });
const find = async (query: object = {}): Promise<Line[]> =>
  (
    await server
      .as('viewer')
      .post('/v1/audit/find')
      .send({ type: 'grpc', ...query })
      .expect(200)
  ).body as Line[];
const lines = (count: number, query: object = {}): Promise<Line[]> =>
  eventually(`${count} lines`, async () => {
    const found = await find(query);
    return found.length >= count && found;
  });
const pathsOf = (found: Line[]) => found.filter(({ phase }) => phase === 'request').map(({ path }) => path);

describe('the audit trail of gRPC', () => {
  const auditing = { METAL_API_AUDITING_ENABLED: 'true' };

  it('records modifying calls with their machine and result, without their contents', async () => {
    await start(auditing);
    const ipmi = { user: 'metal', password: 'bmc-secret' };
    await expect(boot('Register', { uuid: 'g1', ipmi })).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await boot('Dhcp', { uuid: 'g0' });
    const report = { uuid: 'unknown', console_password: 'console-secret', boot_info: { kernel: 'k' } };
    await expect(boot('Report', report)).rejects.toMatchObject({ code: status.NOT_FOUND });
    await boot('AbortReinstall', { uuid: 'g0' });
    await send({ g0: { event: 'Preparing' }, g1: { event: 'Alive' } });
    const found = await lines(10);
    const requests = found.filter(({ phase }) => phase === 'request');
    expect(requests.map(({ path, body }) => `${String(path).split('/')[2]} ${String(body)}`)).toEqual([
      'Register {"machine":"g1"}',
      'Dhcp {"machine":"g0"}',
      'Report {"machine":"unknown"}',
      'AbortReinstall {"machine":"g0"}',
      'Send {"machine":"g0, g1"}',
    ]);
    const ends = requests.map(({ rqid }) =>
      found.find((line) => line['rqid'] === rqid && line['phase'] === 'response'),
    );
    expect(ends.map((line) => line?.['status_code'])).toEqual([3, 0, 5, 0, 0]);
    expect(ends[0]).toMatchObject({ detail: 'unary', error: expect.stringContaining('hardware') as string, user: '' });
    expect(ends[0]!['remote_addr']).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(JSON.stringify(found)).not.toContain('secret');
  });

  it('records waiting machines, from the start to the end of their call', async () => {
    await start(auditing);
    await plantMachine(server, 'w1');
    const client = new GrpcClient({ address }, 'v1/wait.proto', 'v1.Wait');
    const abort = new AbortController();
    const ended = client.stream('Wait', { machineID: 'w1' }, undefined, abort.signal).catch(() => undefined);
    const [opened] = await lines(1);
    expect(opened).toMatchObject({
      path: '/v1.Wait/Wait',
      detail: 'stream',
      phase: 'request',
      body: '{"machine":"w1"}',
    });
    abort.abort();
    await ended;
    client.close();
    expect((await lines(2))[1]).toMatchObject({ phase: 'response', status_code: status.UNAVAILABLE });
  });

  it('omits heartbeats of known machines, which would drown the rest', async () => {
    await start(auditing);
    await send({ h1: { event: 'Phoned Home' } });
    await send({ h1: { event: 'Phoned Home' } });
    await send({ h1: { event: 'Alive' }, h2: { event: 'Preparing' } });
    await send({ h1: { event: 'Alive' }, h2: { event: 'Phoned Home' } });
    await send({});
    await boot('Boot', { partition_id: 'nowhere' }).catch(() => undefined);
    await boot('Dhcp', { uuid: 'h3' });
    const found = await lines(6);
    expect(pathsOf(found).map((path) => String(path).split('/')[2])).toEqual(['Send', 'Send', 'Dhcp']);
  });

  it('names some of the machines of a large batch', async () => {
    await start(auditing);
    await send(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`m${i + 10}`, { event: 'Preparing' }])));
    expect((await lines(1))[0]!['body']).toMatch(/^\{"machine":"m10, m11, .*m29 and 10 more"\}$/);
  });

  it('must be writable before a call is executed', async () => {
    const engine = new MemoryEngine();
    const append = engine.append.bind(engine);
    engine.append = (log, entries) => (log === 'audit' ? Promise.reject(new Error('gone')) : append(log, entries));
    await start({ ...auditing, METAL_API_GRPC_SUPERUSER_PASSWORD: 'true' }, engine);
    const refused = { code: status.UNAVAILABLE, details: expect.stringContaining('audit trail') as string };
    await expect(boot('SuperUserPassword', {})).rejects.toMatchObject(refused);
    await expect(boot('Dhcp', { uuid: 'x1' })).rejects.toMatchObject(refused);
    expect(tableOf(server, machineTable).get('x1')).toBeUndefined();
  });
});

describe("the super user's password", () => {
  const ways: [string, string][] = [
    ['api.v1.BootService/SuperUserPassword', 'feature_disabled'],
    ['v1.SuperUserPassword/FetchSuperUserPassword', 'featureDisabled'],
  ];

  it.each(ways)('is not handed out by %s unless a setting says so', async (method, flag) => {
    await start({});
    expect(await call(method, {})).toMatchObject({ [flag]: true });
    expect(JSON.stringify(await call(method, {}))).not.toContain('super-secret');
    await server.close();
    expect(logged).not.toContain('super user');
  });

  it.each(ways)('is handed out by %s with a line in the log, also without an audit trail', async (method, flag) => {
    await start({ METAL_API_GRPC_SUPERUSER_PASSWORD: 'true' });
    expect(await call(method, {})).toMatchObject({ [flag]: false });
    const told = logged.split('\n').filter((line) => line.includes('super user'));
    expect(told).toEqual([expect.stringMatching(/127\.0\.0\.1:\d+ read the password of the BMCs' super user/)]);
    expect(logged).not.toContain('super-secret');
  });

  it('is absent if none is configured, whatever the setting says', async () => {
    await start({ METAL_API_GRPC_SUPERUSER_PASSWORD: 'true', METAL_API_BMC_SUPERUSER_PWD_FILE: '' });
    expect(await boot('SuperUserPassword', {})).toEqual({ feature_disabled: true, super_user_password: '' });
  });

  it('is recorded as having been read', async () => {
    await start({ METAL_API_GRPC_SUPERUSER_PASSWORD: 'true', METAL_API_AUDITING_ENABLED: 'true' });
    for (const [method] of ways) await call(method, {});
    const found = await lines(4);
    expect(pathsOf(found)).toEqual(ways.map(([method]) => `/${method}`));
    expect(JSON.stringify(found)).not.toContain('super-secret');
  });
});

describe.skipIf(!installed('gRPC callers with certificates on record', 'openssl'))(
  'a caller with a certificate',
  () => {
    const certificates = new Certificates();
    beforeAll(() => void certificates.make('fra-equ01'));

    it('is recorded, and logged, by its name', async () => {
      const variables = { METAL_API_AUDITING_ENABLED: 'true', METAL_API_GRPC_SUPERUSER_PASSWORD: 'true' };
      await start({ ...variables, ...certificates.serverVariables() });
      const tls = certificates.files('fra-equ01');
      const client = new GrpcClient({ address, tls }, 'api/v1/boot.proto', 'api.v1.BootService');
      await client.call('SuperUserPassword', {});
      client.close();
      expect((await lines(2)).map(({ user }) => user)).toEqual(['fra-equ01', 'fra-equ01']);
      expect(logged).toContain('\\"fra-equ01\\" at 127.0.0.1:');
    });
  },
);
