import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentCredentials } from '../../src/cli/agent-credentials.js';
import { NatsBus } from '../../src/platform/bus/nats/nats-bus.js';
import { MemoryLogger } from '../../src/shared/app-logger.js';
import { Certificates } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';
import { NatsServer } from '../support/nats.js';
import { command } from './bus.suite.js';

const PARTITION = 'ber/equ.01';
const PASSWORD = 'agent-secret-9';
const here = installed('credentials of a new agent', 'nats-server', 'openssl');

/** The part of a text between two lines, without them. */
const between = (text: string, from: RegExp, to: RegExp): string => {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => from.test(line));
  return lines.slice(start, lines.findIndex((line, at) => at > start && to.test(line)) + 1).join('\n');
};

describe('metal-api agent-credentials', () => {
  const text = agentCredentials('fra-equ01', 'metal', PASSWORD);

  it('prints the same permissions as deploy/nats.conf', () => {
    const squeezed = (block: string) => block.replace(/\s+/g, ' ').trim();
    const block = between(text, /^\{$/, /^\}$/).replace(/METAL_NATS_\w+/, 'METAL_NATS_FRA_EQU01_PASSWORD');
    expect(squeezed(readFileSync('deploy/nats.conf', 'utf8'))).toContain(squeezed(block));
  });

  it('prints only settings that the agent has', () => {
    const guide = readFileSync('docs/guide/partition-agent.md', 'utf8');
    const names = [...text.matchAll(/^(METAL_API_\w+)=/gm)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(6);
    for (const name of names) expect(guide).toContain(`\`${name}\``);
  });
});

describe.skipIf(!here)('a broker with the printed user and TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'metal-credentials-'));
  let certificates: Certificates;
  let broker: NatsServer;
  const buses: NatsBus[] = [];
  const bus = (name: string, password: string, role: 'server' | 'agent', withCertificate: boolean): NatsBus => {
    const created = new NatsBus({
      ...{ url: broker.url, name, user: name, password, role, log: new MemoryLogger() },
      caFile: certificates.path('ca.crt'),
      ...(withCertificate && { certFile: certificates.path('ber.crt'), keyFile: certificates.path('ber.key') }),
    });
    buses.push(created);
    return created;
  };

  beforeAll(async () => {
    certificates = new Certificates();
    certificates.make('-s', 'localhost', 'ber');
    const text = agentCredentials(PARTITION, 'metal', PASSWORD);
    const example = readFileSync('deploy/nats.conf', 'utf8');
    const tls = between(text, /^tls \{$/, /^\}$/)
      .replace('/etc/nats/ca.crt', certificates.path('ca.crt'))
      .replace('/etc/nats/server.crt', certificates.path('server.crt'))
      .replace('/etc/nats/server.key', certificates.path('server.key'));
    const file = join(folder, 'nats.conf');
    writeFileSync(file, `${tls}\n${example.replace('users: [', `users: [\n${between(text, /^\{$/, /^\}$/)}\n`)}`);
    const [, name, value] = /^(METAL_NATS_\w+)='(.*)'$/m.exec(text) ?? [];
    broker = await NatsServer.start(file, {
      METAL_NATS_API_PASSWORD: 'api-secret-1',
      METAL_NATS_FRA_EQU01_PASSWORD: 'x',
      METAL_NATS_FRA_EQU02_PASSWORD: 'x',
      [name!]: value!,
    });
  });
  afterAll(async () => {
    await Promise.all(buses.map((each) => each.close()));
    await broker.stop();
    rmSync(folder, { recursive: true });
    rmSync(certificates.folder, { recursive: true });
  });

  it('serves the agent of the partition, with a client certificate only', async () => {
    const api = bus('metal-api', 'api-secret-1', 'server', true);
    await eventually('the server is connected', () => api.state().connected);
    const message = command('c1', { partition: PARTITION });
    await api.publishCommand(message);
    const agent = bus('agent-ber=2Fequ=2E01', PASSWORD, 'agent', true);
    const got: string[] = [];
    agent.consumeCommands(PARTITION, async ({ message: { id } }) => (got.push(id), 'done'));
    await eventually('the agent has its command', () => got.includes('c1'));
    const stranger = bus('agent-ber=2Fequ=2E01', PASSWORD, 'agent', false);
    const hint = 'it may require a client certificate (METAL_API_NATS_CERT_FILE)';
    await eventually('the reason', () => stranger.state().message.includes(hint), 40_000);
  });
});
