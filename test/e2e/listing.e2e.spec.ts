import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { ipTable } from '../../src/modules/ip/ip.table.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { switchTable } from '../../src/modules/switch/switch.table.js';
import type { Role } from '../../src/platform/auth/role.js';
import { Metrics } from '../../src/platform/telemetry/metrics.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { DEV_KEYS, hmacHeaders } from '../support/hmac.js';
import { installed } from '../support/installed.js';
import { TestIssuer } from '../support/issuer.js';
import { plantedAllocation, plantMachine, tableOf } from '../support/machines.js';
import { head, RawClient, signature, within } from '../support/raw-client.js';
import { leaf } from '../support/switches.js';

const IPS = 2500;
const NOW = '2026-01-01T00:00:00.000Z';

/** Kinds and the v1 routes of their lists; the journal has its own route. */
const KINDS = [
  ...['machine', 'network', 'ip', 'switch', 'image', 'size', 'partition', 'project', 'tenant', 'filesystemlayout'],
  ...['size-image-constraint', 'command'],
];
const LISTS = KINDS.filter((kind) => kind !== 'command');

const metrics = new Metrics();
let server: TestApp;
let issuer: TestIssuer;
let lab: Lab;

const idOf = (number: number): string => `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`;

async function plantIp(number: number, projectId: string): Promise<void> {
  await tableOf(server, ipTable).upsert(`10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`, () => ({
    ...{
      id: `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`,
      name: '',
      description: '',
      created: NOW,
      changed: NOW,
    },
    ...{
      allocationUuid: '',
      prefix: '10.0.0.0/8',
      networkId: 'n',
      projectId,
      type: 'static' as const,
      tags: [],
      attachments: [],
    },
  }));
}

beforeAll(async () => {
  issuer = await TestIssuer.start();
  const trusted = { url: issuer.url, clientId: 'metal', tenant: 'metal-stack', directoryType: 'ldap' };
  server = await startTestApp(
    { METAL_API_OIDC_ISSUERS: JSON.stringify([trusted]), METAL_API_STALL_TIMEOUT: '2s' },
    { metrics },
  );
  lab = await installLab(new RestClient({ url: `${server.url}/`, role: 'admin', key: DEV_KEYS.admin }));
  const allocation = plantedAllocation({ project: lab.projects.a, userData: 'a secret' });
  for (let n = 0; n < 20; n++) {
    await plantMachine(server, idOf(n), { machine: { partitionId: lab.partition, ...(n < 5 && { allocation }) } });
  }
  await tableOf(server, switchTable).insert(leaf('leaf1', ['swp1']));
  for (let n = 0; n < IPS; n++) await plantIp(n, n % 100 === 0 ? 'few' : 'many');
});
afterAll(async () => {
  await server.close();
  await issuer.stop();
});

interface Answer {
  readonly status: number;
  readonly lines: readonly unknown[];
  readonly next: string | undefined;
  readonly text: string;
}

async function list(path: string, role: Role = 'viewer'): Promise<Answer> {
  const answer = await fetch(`${server.url}/objects/${path}`, { headers: hmacHeaders(role, 'GET') });
  const text = await answer.text();
  const lines = answer.ok
    ? text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as unknown)
    : [];
  if (answer.ok) expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
  return { status: answer.status, lines, next: answer.headers.get('next-cursor') ?? undefined, text };
}

/** Follows the cursors; `between` is called after each page. */
async function pages(
  query: string,
  between: (page: number) => Promise<unknown> = () => Promise.resolve(),
): Promise<unknown[]> {
  const found: unknown[] = [];
  let cursor = '';
  for (let page = 0; ; page++) {
    const answer = await list(query + cursor);
    expect(answer.status, answer.text).toBe(200);
    found.push(...answer.lines);
    if (answer.next === undefined) return found;
    cursor = `&cursor=${encodeURIComponent(answer.next)}`;
    await between(page);
  }
}

const named = (objects: readonly unknown[], field = 'id'): string[] =>
  objects.map((object) => (object as Record<string, string>)[field]!);

async function errorOfList(path: string): Promise<{ status: number; message: string }> {
  const { status, text } = await list(path);
  return { status, message: errorOf({ body: JSON.parse(text) }).message };
}

describe('a listing', () => {
  it.each(LISTS)('has the objects of GET /v1/%s, for each role', async (kind) => {
    for (const role of ['viewer', 'editor', 'admin'] as const) {
      const { body } = await server.as(role).get(`/v1/${kind}`).expect(200);
      expect((await list(kind, role)).lines, role).toEqual(body);
      expect((await list(`${kind}?limit=1000`, role)).lines, role).toEqual((body as unknown[]).slice(0, 1000));
    }
  });

  it('blanks secrets as the v1 lists do', async () => {
    expect((await list('machine', 'editor')).text).toContain('a secret');
    for (const query of [
      'machine',
      'machine?limit=10',
      'machine?fields=allocation',
      'machine?fields=allocation.user_data',
    ]) {
      expect((await list(query)).text, query).not.toContain('a secret');
    }
  });

  it('has the journal of commands', async () => {
    await server
      .as('editor')
      .post(`/v1/machine/${idOf(0)}/power/on`)
      .send([])
      .expect(200);
    expect((await list('command')).lines).toMatchObject([{ machine: idOf(0) }]);
  });

  it('is not for callers without a role', async () => {
    const token = await issuer.sign({ name: 'kim', groups: ['metal-stack_other-all-all-view'] });
    for (const headers of [{}, { authorization: `Bearer ${token}` }]) {
      expect((await fetch(`${server.url}/objects/image`, { headers })).status).toBe(403);
    }
  });

  it('filters by project and partition', async () => {
    const few = await list('ip?project=few');
    const stored = [...tableOf(server, ipTable).list()].filter(({ projectId }) => projectId === 'few');
    expect(few.lines.length).toBeGreaterThan(7);
    expect(few.lines).toHaveLength(stored.length);
    expect(await pages('ip?project=few&limit=7')).toEqual(few.lines);
    expect((await list('ip?project=none&limit=10')).lines).toEqual([]);
    expect((await list(`machine?partition=${lab.partition}&project=${lab.projects.a}`)).lines).toHaveLength(5);
    expect((await list('machine?partition=none')).text).toBe('');
  });

  it('accepts application/x-ndjson, and nothing else', async () => {
    const ask = (accept: string) =>
      fetch(`${server.url}/objects/size`, { headers: { ...hmacHeaders('viewer', 'GET'), accept } });
    for (const accept of ['application/x-ndjson', '*/*', 'application/json, */*;q=0.1']) {
      expect((await ask(accept)).status, accept).toBe(200);
    }
    expect((await ask('application/json')).status).toBe(406);
  });
});

describe('pages', () => {
  it.each([1, 7, 1000])('of %d objects together are the whole list', async (limit) => {
    const kind = limit === 1 ? 'machine' : 'ip';
    const { lines } = await list(kind);
    expect(await pages(`${kind}?limit=${limit}`)).toEqual(lines);
  });

  it('have everything that is there all the time exactly once, whatever is written meanwhile', async () => {
    const before = named((await list('ip')).lines, 'ipaddress');
    const removed = new Set<string>();
    const found = await pages('ip?limit=100', async (page) => {
      for (let n = 0; n < 5; n++) {
        const gone = before[(page * 487 + n * 811) % before.length]!;
        removed.add(gone);
        await tableOf(server, ipTable).remove(gone);
        await plantIp(70_000 + page * 10 + n, 'many');
        const other = before[(page * 331 + n * 97) % before.length]!;
        if (!removed.has(other))
          await tableOf(server, ipTable).update(other, (ip) => ({ ...ip, name: `page ${page}` }));
      }
    });
    const ids = named(found, 'ipaddress');
    expect(new Set(ids).size).toBe(ids.length);
    const always = before.filter((id) => !removed.has(id));
    expect(always.length).toBeGreaterThan(IPS / 2);
    expect(always.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('have tags, and are compressed when they are long', async () => {
    const headers = { ...hmacHeaders('viewer', 'GET'), 'accept-encoding': 'gzip' };
    const first = await fetch(`${server.url}/objects/network?limit=1000`, { headers });
    expect(first.headers.get('etag')).toMatch(/^W\//);
    const again = await fetch(`${server.url}/objects/network?limit=1000`, {
      headers: { ...hmacHeaders('viewer', 'GET'), 'if-none-match': first.headers.get('etag')! },
    });
    expect(again.status).toBe(304);
    const long = await fetch(`${server.url}/objects/ip?limit=1000`, { headers });
    expect(long.headers.get('content-encoding')).toBe('gzip');
    expect((await long.text()).split('\n')).toHaveLength(1001);
  });
});

describe('fields', () => {
  it('leave out everything else, in lists and objects too', async () => {
    const { lines } = await list('machine?fields=id,allocation.project,events.log.event&limit=6', 'editor');
    expect(lines[0]).toEqual({ id: idOf(0), allocation: { project: lab.projects.a }, events: { log: [] } });
    expect(lines[5]).toEqual({ id: idOf(5), allocation: null, events: { log: [] } });
  });

  it.each(KINDS)('of %s are known, all that objects have', async (kind) => {
    const [object] = (await list(`${kind}?limit=1`)).lines as object[];
    const { message } = await errorOfList(`${kind}?fields=no-such-field`);
    const known = message.split('expected one of ')[1]!.split(', ');
    expect(Object.keys(object ?? {}).filter((name) => !known.includes(name))).toEqual([]);
    const all = await list(`${kind}?limit=1&fields=${known.join(',')}`);
    expect(all.lines).toEqual(object === undefined ? [] : [object]);
  });
});

describe('refusals', () => {
  it.each([
    ['none', 404, 'kind "none" is unknown, expected one of machine, network,'],
    ['machine,ip', 404, 'kind "machine,ip" is unknown'],
    ['__proto__', 404, 'is unknown'],
    ['machine?limit=0', 400, 'limit "0" is not valid, expected a number from 1 to 1000'],
    ['machine?limit=1001', 400, 'limit'],
    ['machine?cursor=x', 400, 'cursor "x" is not valid, expected the header Next-Cursor of a page'],
    [`machine?cursor=${'x'.repeat(20_000)}`, 400, 'is not valid'],
    ['machine?fields=id,nam', 400, 'field "nam" is unknown, expected one of allocation, bios,'],
    ['machine?fields=allocation.x', 400, 'expected in allocation one of'],
    [`machine?fields=${'id,'.repeat(100)}id`, 400, 'too many fields, expected at most 64'],
    [`machine?project=${'x'.repeat(300)}`, 400, 'project is too long'],
  ])('%.40s is %d', async (path, status, message) => {
    const error = await errorOfList(path);
    expect(error.status).toBe(status);
    expect(error.message).toContain(message);
  });

  it('a cursor serves its kind, filters and role only', async () => {
    const { next } = await list('machine?limit=1');
    for (const query of ['ip?', 'machine?project=x&', 'machine?partition=x&']) {
      const { status, message } = await errorOfList(`${query}cursor=${next}`);
      expect(status, query).toBe(400);
      expect(message).toContain('another kind, filter or role');
    }
    expect((await list(`machine?cursor=${next}`, 'editor')).status).toBe(400);
    expect((await list(`machine?cursor=${next}&fields=id`)).lines).toHaveLength(19);
  });
});

describe('clients', () => {
  it('that do not read are cut off', { timeout: 60_000 }, async () => {
    const description = 'x'.repeat(60_000);
    for (let n = 100; n < 400; n++) await plantMachine(server, idOf(n), { machine: { description } });
    const client = await RawClient.open(server.url);
    client.socket.pause();
    client.send(head('GET /objects/machine', signature('viewer', 'GET')));
    await within(async () => expect((await metrics.render()).text).toContain('reason="unread-answer"'), 30_000);
    client.read().socket.resume();
    await within(() => expect(client.isClosed).toBe(true));
    expect(client.text.length).toBeLessThan(300 * 60_000);
    for (let n = 100; n < 400; n++) await tableOf(server, machineTable).remove(idOf(n));
  });

  it.skipIf(!installed('curl for listings', 'curl'))('curl reads lines', async () => {
    const headers = Object.entries(hmacHeaders('viewer', 'GET')).flatMap(([name, value]) => [
      '-H',
      `${name}: ${value}`,
    ]);
    const args = ['-sfN', ...headers, '-H', 'Accept: application/x-ndjson', `${server.url}/objects/machine?fields=id`];
    const { stdout } = await promisify(execFile)('curl', args);
    expect(stdout.trimEnd().split('\n')).toHaveLength(20);
  });
});
