import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import { RunningPartition } from '../../src/agent/simulator/running-partition.js';
import { startDemoServer } from '../../src/cli/demo/demo-server.js';
import type { DemoServer } from '../../src/cli/demo/demo-server.js';
import { loadDemoConfig } from '../../src/config/demo-config.js';
import { createApiToken } from '../../src/platform/auth/token/api-token.js';
import { tokenKeyOf } from '../../src/platform/auth/token/token-key.js';
import { eventually } from '../support/eventually.js';

const FOLDER = 'examples';
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.http'));
const PARTITION = 'lab';
const MACHINES = 3;

/** Variables of a file, and named responses. */
type Values = Record<string, unknown>;

interface Example {
  readonly title: string;
  /** Name by which later requests refer to the response. */
  readonly name: string | undefined;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** The variables of an .http file, and its requests with placeholders. */
function parse(text: string): { variables: Values; examples: Example[] } {
  const [head = '', ...sections] = text.split(/^###/m);
  const variables = Object.fromEntries([...head.matchAll(/^@(\w+) = (.+)$/gm)].map(([, name, value]) => [name, value]));
  return { variables, examples: sections.map(parseRequest) };
}

function parseRequest(section: string): Example {
  const [title = '', ...lines] = section.split('\n');
  const name = lines.map((line) => /^# @name (\w+)$/.exec(line)?.[1]).find((found) => found !== undefined);
  const request = lines.filter((line) => !line.startsWith('#'));
  const end = request.indexOf('');
  const [first = '', ...headers] = request.slice(0, end);
  const [method = '', url = ''] = first.split(' ');
  const body = request.slice(end).join('\n').trim();
  return {
    ...{ title: title.trim(), name, method, url },
    headers: Object.fromEntries(headers.map((line) => line.split(': ', 2) as [string, string])),
    body: body === '' ? undefined : body,
  };
}

/** `text` with each `{{path.of.value}}` replaced. */
function filled(text: string, values: Values): string {
  return text.replace(/\{\{([^}]+)\}\}/g, (_, path: string) => {
    const value = path.split('.').reduce<unknown>((found, key) => (found as Values | undefined)?.[key], values);
    if (typeof value !== 'string' && typeof value !== 'number') throw new Error(`there is no value for ${path}`);
    return filled(String(value), values);
  });
}

describe('the examples', () => {
  let server: DemoServer;
  let running: RunningPartition;
  let folder: string | undefined;
  let token: string;

  beforeAll(async () => {
    const { config, temporaryFolder } = loadDemoConfig(true);
    folder = temporaryFolder;
    const log = { info: () => undefined, warn: () => undefined };
    server = await startDemoServer(config, PARTITION, log);
    const { edit, admin } = config.auth.hmac;
    await installLab(new RestClient({ url: server.url, role: 'admin', key: admin.key }), PARTITION);
    const { url, grpc, bus } = server;
    const settings = { partition: PARTITION, machines: MACHINES, seed: 1, stepTime: 40, editorKey: edit.key, log };
    running = new RunningPartition({ ...settings, url, grpc, bus });
    await running.start();
    await running.partition.reportBmcs();
    const allWait = () => running.partition.machines.every(({ phase }) => phase === 'waiting');
    await eventually('all machines wait', allWait, 60_000);
    [token] = createApiToken(
      tokenKeyOf(config),
      { subject: 'examples', role: 'admin', lifetime: 3_600_000 },
      Date.now(),
    );
  });
  afterAll(async () => {
    await running.stop();
    await server.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  it('are all listed in their README', () => {
    const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8');
    expect(FILES.length).toBeGreaterThan(0);
    for (const file of FILES) expect(readme).toContain(`(${file})`);
  });

  it.each(FILES)('of %s are answered', async (file) => {
    const { variables, examples } = parse(readFileSync(join(FOLDER, file), 'utf8'));
    const values: Values = { ...variables, url: server.url.replace(/\/$/, ''), process: { env: { TOKEN: token } } };
    expect(examples.length).toBeGreaterThan(10);
    for (const { title, name, method, url, headers, body } of examples) {
      const answer = await fetch(filled(url, values), {
        method,
        headers: Object.entries(headers).map(([header, value]) => [header, filled(value, values)] as [string, string]),
        body: body === undefined ? null : filled(body, values),
      });
      const text = await answer.text();
      expect({ title, method, url, ok: answer.ok, text: answer.ok ? '' : text }).toMatchObject({ ok: true });
      if (name !== undefined) values[name] = JSON.parse(text);
    }
  });
});
