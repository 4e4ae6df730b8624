import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import { bmcTable, machineTable } from '../../src/modules/machine/machine.table.js';
import { newBmcRecord } from '../../src/modules/machine/bmc-record.js';
import { switchTable } from '../../src/modules/switch/switch.table.js';
import { startTestApp } from '../support/app.js';
import type { TestApp, TestRole } from '../support/app.js';
import { DEV_KEYS } from '../support/hmac.js';
import { TestIssuer } from '../support/issuer.js';
import { plantedAllocation, tableOf } from '../support/machines.js';
import { rawHttp, signed } from '../support/raw-http.js';
import { machineId, seedWaitingMachines } from '../support/seed.js';
import { leaf } from '../support/switches.js';

interface Spec {
  readonly paths: Record<string, Partial<Record<'get' | 'post', object>>>;
}

const ROLES: readonly TestRole[] = ['viewer', 'editor', 'admin'];
const ID = machineId(0);

let server: TestApp;
let issuer: TestIssuer;
let stranger: string;
/** All GET routes of v1, with ids that exist. */
let paths: string[];

beforeAll(async () => {
  issuer = await TestIssuer.start();
  const trusted = { url: issuer.url, clientId: 'metal', tenant: 'metal-stack', directoryType: 'ldap' };
  server = await startTestApp({ METAL_API_OIDC_ISSUERS: JSON.stringify([trusted]) });
  stranger = await issuer.sign({ name: 'kim', groups: ['metal-stack_other-all-all-view'] });
  await plant();
});
afterAll(async () => {
  await server.close();
  await issuer.stop();
});

async function plant(): Promise<void> {
  const lab = await installLab(new RestClient({ url: `${server.url}/`, role: 'admin', key: DEV_KEYS.admin }));
  await seedWaitingMachines((definition) => tableOf(server, definition), 2, lab);
  const allocation = plantedAllocation({ project: lab.projects.a, userData: 'a secret', consolePassword: 'another' });
  await tableOf(server, machineTable).update(ID, (machine) => ({ ...machine, allocation }));
  await tableOf(server, bmcTable).upsert(ID, (bmc) => ({ ...(bmc ?? newBmcRecord(ID)), password: 'a third' }));
  await tableOf(server, switchTable).insert(leaf('leaf1', ['swp1']));
  const ids: Record<string, string> = {
    machine: ID,
    firewall: ID,
    partition: lab.partition,
    image: lab.machineImage,
    project: lab.projects.a,
    network: lab.internet,
    switch: 'leaf1',
  };
  const { body } = await server.as('viewer').get('/apidocs.json').expect(200);
  paths = Object.entries((body as Spec).paths)
    .filter(([path, methods]) => methods.get && path.startsWith('/v1/'))
    .map(([path]) => path.replace(/\{[^}]*\}/g, ids[path.split('/')[2]!] ?? 'none'));
}

interface Answer {
  readonly status: number;
  readonly tag: string | null;
  readonly text: string;
  readonly headers: Headers;
}

/** Sends a GET as a role, or as the user without a role. */
async function get(caller: TestRole | 'stranger', path: string, headers: Record<string, string> = {}): Promise<Answer> {
  if (caller === 'stranger') {
    const answer = await fetch(server.url + path, { headers: { authorization: `Bearer ${stranger}`, ...headers } });
    return {
      status: answer.status,
      tag: answer.headers.get('etag'),
      text: await answer.text(),
      headers: answer.headers,
    };
  }
  const answer = await server.as(caller).get(path).set(headers).buffer(true);
  const fields = new Headers(answer.headers);
  return { status: answer.status, tag: fields.get('etag'), text: answer.text, headers: fields };
}

const CALLERS = [...ROLES, 'stranger'] as const;

describe('every GET of v1', () => {
  it('has a tag, which brings 304 without a body', async () => {
    let answered = 0;
    for (const path of paths) {
      for (const caller of CALLERS) {
        const first = await get(caller, path);
        if (first.status !== 200) {
          expect(first.tag, `${caller} ${path}`).toBeNull();
          continue;
        }
        answered++;
        expect(first.tag, `${caller} ${path}`).toMatch(/^W\/"[\w-]{22}"$/);
        const second = await get(caller, path, { 'if-none-match': first.tag! });
        if (second.status === 200) expect(second.text, `${caller} ${path}`).not.toBe(first.text);
        else expect(second, `${caller} ${path}`).toMatchObject({ status: 304, text: '', tag: first.tag });
      }
    }
    expect(answered).toBeGreaterThan(2 * paths.length);
  });

  it('never has the same tag for other bytes, whoever asks', async () => {
    const seen = new Map<string, string>();
    for (const path of paths) {
      for (const caller of CALLERS) {
        const { status, tag, text } = await get(caller, path);
        if (status !== 200) continue;
        expect(seen.get(tag!) ?? text, `${caller} ${path}`).toBe(text);
        seen.set(tag!, text);
      }
    }
    expect(seen.size).toBeGreaterThan(30);
  });

  it('shows callers with other rights their own response, not 304', async () => {
    for (const path of ['/v1/machine', `/v1/machine/${ID}`, `/v1/machine/${ID}/ipmi`]) {
      const editor = await get('editor', path);
      const viewer = await get('viewer', path, { 'if-none-match': editor.tag! });
      expect(viewer.status, path).toBe(200);
      expect(viewer.text, path).not.toContain('a secret');
      expect((await get('editor', path, { 'if-none-match': viewer.tag! })).text, path).toContain('a secret');
    }
    for (const path of ['/v1/partition', '/v1/image', '/v1/switch']) {
      const viewer = await get('viewer', path);
      const outlined = await get('stranger', path, { 'if-none-match': viewer.tag! });
      expect(outlined.status, path).toBe(200);
      expect(outlined.tag, path).not.toBe(viewer.tag);
      expect((await get('stranger', path, { 'if-none-match': outlined.tag! })).status, path).toBe(304);
    }
  });

  it('does not reveal the digest of a secret', async () => {
    const { tag, text } = await get('editor', `/v1/machine/${ID}`);
    expect(text).toContain('a secret');
    expect(tag).not.toContain(createHash('sha256').update(text).digest('base64url').slice(0, 22));
  });

  it('keeps the rules for caches, and the headers for security', async () => {
    const { tag, headers } = await get('viewer', '/v1/machine');
    const again = await get('viewer', '/v1/machine', { 'if-none-match': tag! });
    for (const name of ['cache-control', 'content-security-policy', 'x-content-type-options', 'vary', 'etag']) {
      expect(again.headers.get(name), name).toBe(headers.get(name));
    }
    expect(again.headers.get('cache-control')).toBe('no-store');
    expect(again.headers.get('content-type')).toBeNull();
  });
});

describe('If-None-Match', () => {
  it('brings the new response after a change, at once', async () => {
    for (const path of ['/v1/machine', `/v1/machine/${ID}`]) {
      for (let n = 0; n < 3; n++) {
        const { tag } = await get('viewer', path);
        await server
          .as('editor')
          .post(`/v1/machine/${ID}/state`)
          .send({ value: 'RESERVED', description: `${path} ${n}` })
          .expect(200);
        const after = await get('viewer', path, { 'if-none-match': tag! });
        expect(after.status).toBe(200);
        expect(after.text).toContain(`${path} ${n}`);
      }
    }
  });

  it('needs the same permission as the response', async () => {
    const { tag } = await get('viewer', `/v1/machine/${ID}`);
    expect((await get('nobody', `/v1/machine/${ID}`, { 'if-none-match': tag! })).status).toBe(403);
    expect((await get('stranger', `/v1/machine/${ID}`, { 'if-none-match': '*' })).status).toBe(403);
    expect((await get('viewer', '/v1/machine/none', { 'if-none-match': '*' })).status).toBe(404);
  });

  it.each([
    ['*', 304],
    ['"x", W/"y"', 200],
    ['no tag', 200],
    [`${'"x", '.repeat(5000)}"y"`, 200],
    [','.repeat(20_000), 200],
  ])('is bounded and never an error: %#', async (header, status) => {
    expect((await get('viewer', '/v1/machine', { 'if-none-match': header })).status).toBe(status);
  });

  it('finds the tag among many', async () => {
    const { tag } = await get('viewer', '/v1/network');
    const header = `${'"x", '.repeat(5000)}${tag!.slice(2)}, "y"`;
    expect((await get('viewer', '/v1/network', { 'if-none-match': header })).status).toBe(304);
  });

  it('sends a complete 304 on a connection that goes on', async () => {
    const { tag } = await get('viewer', `/v1/machine/${ID}`);
    const ask = (more: string) =>
      `GET /v1/machine/${ID} HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: ${tag}\r\n${signed('viewer', 'GET')}${more}\r\n`;
    const answers = await rawHttp(server.url, ask('') + ask('Connection: close\r\n'));
    expect(answers.match(/HTTP\/1\.1 304 Not Modified\r\n/g)).toHaveLength(2);
    expect(answers).not.toContain('{');
  });

  it('does not concern other methods and errors', async () => {
    const found = await server.as('viewer').post('/v1/machine/find').set('If-None-Match', '*').send({}).expect(200);
    expect(found.headers).not.toHaveProperty('etag');
    expect((await get('viewer', '/v1/machine/none')).tag).toBeNull();
  });
});
