import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ConsoleProcess } from '../support/console-process.js';
import { ConsoleSite, MACHINE } from '../support/console-site.js';
import { eventually } from '../support/eventually.js';
import { DEV_KEYS } from '../support/hmac.js';
import { installed } from '../support/installed.js';
import { tableOf } from '../support/machines.js';
import { freePort } from '../support/port.js';
import { bmcTable } from '../../src/modules/machine/machine.table.js';

const isInstalled = installed('serial consoles by SSH', 'ssh', 'ssh-keygen', 'ipmitool', 'ipmi_sim');

const REFUSAL =
  /^login to (?:machine [0-9a-f-]{36}|a name that is not the ID of a machine) was refused \((?:publickey|password|keyboard-interactive|, )+\) from 127\.0\.0\.1$/;

describe.skipIf(!isInstalled)('serial consoles by OpenSSH, on the serial over LAN of ipmi_sim', () => {
  let site: ConsoleSite;
  beforeAll(async () => void (site = await ConsoleSite.start()));
  afterEach(async () => {
    await site.clear();
    await site.allocate(site.allocation());
    site.host.forget();
  });
  afterAll(() => site.stop());

  it('connects the owner of a key of the allocation, byte by byte in both directions', async () => {
    const ssh = await site.tenant();
    await site.prime(ssh);
    const odd = Buffer.from([
      0x0d, 0x1f, 0x1b, 0x5b, 0x41, 0x03, 0x04, 0x1a, 0x00, 0xff, 0x1f, 0x0d, 0x1f, 0x1f, 0x0d, 0x41,
    ]);
    ssh.type(odd);
    await eventually('all bytes at the machine', () => site.host.typed.includes('\x0dA'));
    expect(Buffer.from(site.host.typed, 'latin1')).toEqual(odd);
    const colours = Buffer.from('\x1b[31mlogin:\x1b[0m \x00\xff\x07\r\n', 'latin1');
    site.host.send(colours);
    await ssh.sees(colours.toString('latin1'));
    expect(ssh.output).not.toContain('SOL Session');
    expect(site.log.lines.join('\n')).not.toContain('login:');
    ssh.type('\r~.');
    expect(await ssh.exit).toBe(0);
    await eventually('the BMC is free', () => site.host.readers <= 1);
  });

  it('records who used the console, in the audit trail, before and after', async () => {
    const before = (await site.records()).length;
    const ssh = await site.tenant();
    expect((await site.records())[before]).toMatchObject({
      event: 'opened',
      caller: expect.stringMatching(/^key SHA256:/),
      address: '127.0.0.1',
    });
    ssh.type('\r~.');
    await ssh.exit;
    const records = await eventually('the end', async () => {
      const all = await site.records();
      return all.length === before + 2 && all;
    });
    expect(records[before + 1]).toMatchObject({
      event: 'closed',
      reason: 'left',
      session: records[before]!['session'],
    });
  });

  it.each([
    ['another key', () => ({ key: site.home.key(`other-${Date.now()}`) })],
    ['a wrong password', () => ({ secret: 'console-secret-2', reason: 'broken network' })],
    ['the password without a reason', () => ({ secret: 'console-secret-1', reason: '' })],
    ['the token of a user who is no operator', () => ({ secret: site.operatorToken('viewer'), reason: 'curious' })],
    ['an invalid token', () => ({ secret: `${site.operatorToken().slice(0, -4)}AAAA`, reason: 'curious' })],
    ['an unknown machine', () => ({ user: MACHINE.replace('c0de', 'dead'), key: site.tenantKey })],
    ['a name that is not that of a machine', () => ({ user: '../../v1/user/me', key: site.tenantKey })],
  ])('refuses %s', async (_, login) => {
    const refusals = () => site.log.lines.filter((line) => REFUSAL.test(line)).length;
    const before = refusals();
    const ssh = site.ssh(login());
    expect(await ssh.exit).toBe(255);
    expect(ssh.output).toMatch(/Permission denied|Connection closed/);
    expect(ssh.output).not.toContain('console of machine');
    await eventually('a line in the log', () => refusals() > before);
    expect(refusals()).toBe(before + 1);
    expect(site.log.lines.join('\n')).not.toMatch(/console-secret|v1\/user\/me/);
  });

  it('takes the console password with a reason, which is recorded, and never the password', async () => {
    const ssh = site.ssh({ secret: 'console-secret-1', reason: 'network is broken' });
    await ssh.sees('connected;');
    const records = await site.records();
    expect(records.at(-1)).toMatchObject({ caller: 'console password', reason: 'network is broken' });
    const { body } = await site.api
      .as('viewer')
      .post('/v1/audit/find')
      .send({ path: `/v1/machine/${MACHINE}/console-login` });
    expect(JSON.stringify(body)).toContain('network is broken');
    expect(JSON.stringify(body)).not.toContain('console-secret');
    expect(site.log.lines.join('\n')).not.toContain('console-secret');
  });

  it('lets operators use the console of a machine that is not allocated, by their token as metalctl sends it', async () => {
    await site.allocate(undefined);
    const options = ['-o', 'SendEnv=LC_METAL_STACK_OIDC_TOKEN', '-o', 'PreferredAuthentications=password'];
    const ssh = site.ssh({ secret: site.operatorToken(), options });
    await ssh.sees('connected;');
    await site.prime(ssh);
    ssh.type('reboot\r');
    await eventually('the command', () => site.host.typed === 'reboot\r');
    expect((await site.records()).at(-1)).toMatchObject({ caller: expect.stringMatching(/^operator .*olga/) });
    expect(await refusedTenant()).toBe(255);
  });

  const refusedTenant = () => site.ssh({ key: site.tenantKey }).exit;

  it('ends the sessions of a tenant, not of operators, as soon as the machine is freed or allocated again', async () => {
    for (const next of [undefined, site.allocation({ uuid: 'allocation-2', created: '2026-02-02T00:00:00.000Z' })]) {
      await site.allocate(site.allocation());
      const tenant = await site.tenant();
      const operator = site.ssh({ secret: site.operatorToken() });
      await operator.sees('connected;');
      await site.allocate(next);
      await tenant.sees('no longer allocated to you');
      expect(await tenant.exit).toBe(1);
      await operator.sees('you write now');
      await site.prime(operator);
      operator.type('x');
      await eventually('the operator goes on', () => site.host.typed.endsWith('x'));
      await site.clear();
    }
  });

  it('ends the session of a key that is taken out of the allocation', async () => {
    const tenant = await site.tenant();
    await site.allocate(site.allocation({ sshPubKeys: [] }));
    await tenant.sees('no longer allocated to you');
  });

  it('has one writer at a time; others read along, and operators may take over', async () => {
    const first = await site.tenant();
    const second = site.ssh({ secret: site.operatorToken() });
    await second.sees('writes, you read along');
    await site.prime(first);
    second.type('ignored');
    first.type('a');
    await eventually('the writer', () => site.host.typed.includes('a'));
    site.host.send('shown to both');
    await Promise.all([first.sees('shown to both'), second.sees('shown to both')]);
    expect(site.host.typed).toBe('a');
    second.type('\r~w');
    await first.sees('an operator has taken over');
    await second.sees('you write now');
    first.type('b\r~w');
    await first.sees('an operator writes, who keeps the console');
    second.type('c');
    await eventually('the new writer', () => site.host.typed.includes('c'));
    expect(site.host.typed).toBe('ac');
    second.type('\r~.');
    await first.sees('you write now');
    first.type('d');
    await eventually('the first one writes again', () => site.host.typed.endsWith('d'));
  });

  it('serves a bounded number of sessions on a machine', async () => {
    await site.serve({ limits: { connections: 64, perAddress: 32, perMachine: 1 } });
    await site.tenant();
    const second = site.ssh({ key: site.tenantKey });
    await second.sees('the console has 1 sessions already');
    expect(await second.exit).toBe(1);
    await site.clear();
    await site.serve();
  });

  it('refuses everything but a shell', async () => {
    const refused = async (login: Parameters<typeof site.ssh>[0]) => {
      const ssh = site.ssh({ key: site.tenantKey, ...login });
      const code = await ssh.exit;
      return { code, output: ssh.output };
    };
    expect(await refused({ command: ['id'] })).toMatchObject({ output: expect.stringMatching(/exec request failed/) });
    expect(await refused({ options: ['-s'], command: ['sftp'] })).toMatchObject({
      output: expect.stringMatching(/subsystem request failed/),
    });
    const forward = await refused({ options: ['-o', 'ExitOnForwardFailure=yes', '-R', '0:127.0.0.1:1'] });
    expect(forward.output).toMatch(/remote port forwarding failed/);
    const stdio = await refused({ options: ['-W', '127.0.0.1:1', '-o', 'RequestTTY=no'] });
    expect(stdio.output).toMatch(/administratively prohibited/);
    expect(site.host.typed).toBe('');
  });

  it('ends idle sessions, and connections that do not log in', async () => {
    await site.serve({ idleTimeout: 2000, loginTime: 2000 });
    const idle = await site.tenant();
    await idle.sees('nothing was typed for too long');
    expect(await idle.exit).toBe(1);
    const silent = site.ssh({ key: site.tenantKey, options: ['-N'] });
    expect(await silent.exit).toBe(255);
    await site.serve();
  });

  it('says why a console cannot be used: taken by another program, wrong credentials, no BMC', async () => {
    const other = await site.tenant();
    const mine = site.port;
    const taken = site.server;
    // A second console server knows nothing of the first one's sessions.
    site.server = undefined as never;
    await site.serve();
    const second = site.ssh({ key: site.tenantKey });
    await second.sees('another program has it open');
    other.type('\r~.');
    await other.exit;
    await taken.close();
    expect(mine).not.toBe(site.port);
    const bmcs = tableOf(site.api, bmcTable);
    const failure = async (fields: object, text: string) => {
      await bmcs.update(MACHINE, (bmc) => ({ ...bmc, ...fields }));
      const ssh = site.ssh({ key: site.tenantKey });
      await ssh.sees(text);
      expect(ssh.output).not.toContain('bmc-secret');
      await bmcs.update(MACHINE, (bmc) => ({ ...bmc, ...site.bmcRecord }));
    };
    await failure({ password: 'wrong' }, 'refuses user "metal" or its password');
    await failure({ address: '127.0.0.1:9' }, 'which Redfish does not replace');
    await failure({ address: '8.8.8.8:623' }, 'METAL_API_CONSOLE_BMC_NETWORKS');
    await failure({ interface: 'lan', address: '' }, 'is not valid');
  });

  it('keeps the password of the BMC out of the process list', async () => {
    const ssh = await site.tenant();
    const lines = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        } catch {
          return '';
        }
      });
    expect(lines.some((line) => line.includes('ipmitool') && line.includes('activate'))).toBe(true);
    expect(lines.filter((line) => line.includes('bmc-secret'))).toEqual([]);
    ssh.type('\r~.');
    await ssh.exit;
  });

  it('ends all sessions with the reason when it stops, and frees the BMC', async () => {
    const ssh = await site.tenant();
    await site.server.close();
    await ssh.sees('the console server stops');
    expect(await ssh.exit).toBe(1);
    expect((await site.records()).at(-1)).toMatchObject({ event: 'closed', reason: 'shutdown' });
    await site.serve();
    await site.tenant();
  });

  it('survives clients that speak no SSH, and refuses connections beyond the limit', async () => {
    await site.serve({ limits: { connections: 10, perAddress: 4, perMachine: 4 }, loginTime: 1500 });
    const noise = (lines: readonly (string | Buffer)[]) =>
      new Promise<void>((resolve) => {
        const socket = connect(site.port, '127.0.0.1', () => lines.forEach((line) => socket.write(line)));
        socket.on('error', () => undefined).on('close', () => resolve());
        socket.resume();
      });
    const hello = 'SSH-2.0-noise\r\n';
    for (let round = 0; round < 20; round++) {
      const size = 1 + (round % 10) * 37;
      await Promise.all([
        noise([randomBytes(size), randomBytes(size * 100)]),
        noise([hello, randomBytes(size * 10), '\n']),
        noise(['GET / HTTP/1.1\r\n\r\n', Buffer.alloc(100_000, 'x')]),
        ...Array.from({ length: 4 }, () => noise([hello, Buffer.from([0, 0, 0, 12, 4, 20]), randomBytes(10)])),
      ]);
    }
    await eventually('no connection of noise', () => site.server.state.connections === 0);
    const silent = Array.from({ length: 4 }, () => noise([]));
    await eventually('the silent ones', () => site.server.state.connections === 4);
    await noise([hello]);
    expect((await site.metrics.render()).text).toMatch(/metal_console_refused_connections_total [1-9]/);
    expect(site.server.state.connections).toBe(4);
    await Promise.all(silent);
    await eventually('no connection', () => site.server.state.connections === 0);
    await site.tenant();
    await site.clear();
    await site.serve();
  });

  it('runs as a program, and ends sessions with the reason on SIGTERM', async () => {
    const program = await ConsoleProcess.start({
      METAL_API_CONSOLE_API_URL: site.api.url,
      METAL_API_CONSOLE_API_HMAC: DEV_KEYS.editor,
      METAL_API_CONSOLE_BIND_ADDR: '127.0.0.1:0',
      METAL_API_CONSOLE_STATUS_BIND_ADDR: `127.0.0.1:${await freePort()}`,
      METAL_API_CONSOLE_CIPHER_SUITES: '3',
      METAL_API_DATA_DIR: `${site.home.folder}/data`,
    });
    const ssh = await site.tenant({ port: program.port });
    expect(statSync(`${site.home.folder}/data/console-host.key`).mode & 0o777).toBe(0o600);
    const status = program.variables['METAL_API_CONSOLE_STATUS_BIND_ADDR'];
    await eventually('health', async () => (await fetch(`http://${status}/health`)).ok);
    expect(await (await fetch(`http://${status}/metrics`)).text()).toContain('metal_console_sessions{user="tenant"} 1');
    expect(await program.stop()).toBe(0);
    await ssh.sees('the console server stops');
    expect(await ssh.exit).toBe(1);
    expect(program.log).not.toContain('bmc-secret');
    expect((await site.records()).at(-1)).toMatchObject({ event: 'closed', reason: 'shutdown' });
  });
});
