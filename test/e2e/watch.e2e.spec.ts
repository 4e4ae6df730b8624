import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { commandTable } from '../../src/modules/command/command.table.js';
import { imageTable } from '../../src/modules/image/image.table.js';
import { eventTable } from '../../src/modules/machine/event/event.table.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { networkTable } from '../../src/modules/network/network.table.js';
import { partitionTable } from '../../src/modules/partition/partition.table.js';
import { sizeTable } from '../../src/modules/size/size.table.js';
import { switchStatusTable, switchTable } from '../../src/modules/switch/switch.table.js';
import { WatchHub } from '../../src/modules/watch/watch-hub.service.js';
import { ApiTokens } from '../../src/platform/auth/token/api-tokens.js';
import { createApiToken } from '../../src/platform/auth/token/api-token.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import type { Document, Table } from '../../src/platform/store/table.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { HeldFeed } from '../support/held-feed.js';
import { DEV_KEYS } from '../support/hmac.js';
import { plantedAllocation, plantLeaf, plantMachine, tableOf } from '../support/machines.js';
import { SEED } from '../support/property-seed.js';
import { head, RawClient, signature, within } from '../support/raw-client.js';
import { machineId, seedWaitingMachines } from '../support/seed.js';
import { WatchReader } from '../support/watch-reader.js';

const TOKEN_KEY = 'the key that signs tokens of this suite';

/** The kinds, and the lists that show the same. */
const LISTS: Readonly<Record<string, { readonly path: string; readonly idOf: (object: never) => string }>> = {
  machine: { path: '/v1/machine', idOf: ({ id }: { id: string }) => id },
  network: { path: '/v1/network', idOf: ({ id }: { id: string }) => id },
  switch: { path: '/v1/switch', idOf: ({ id }: { id: string }) => id },
  image: { path: '/v1/image', idOf: ({ id }: { id: string }) => id },
  project: { path: '/v1/project', idOf: ({ meta }: { meta: { id: string } }) => meta.id },
  ip: { path: '/v1/ip', idOf: ({ ipaddress }: { ipaddress: string }) => ipaddress },
  command: { path: '/commands', idOf: ({ id }: { id: string }) => id },
  size: { path: '/v1/size', idOf: ({ id }: { id: string }) => id },
  partition: { path: '/v1/partition', idOf: ({ id }: { id: string }) => id },
  tenant: { path: '/v1/tenant', idOf: ({ meta }: { meta: { id: string } }) => meta.id },
  filesystemlayout: { path: '/v1/filesystemlayout', idOf: ({ id }: { id: string }) => id },
  'size-image-constraint': { path: '/v1/size-image-constraint', idOf: ({ id }: { id: string }) => id },
  'allocation-wait': { path: '/allocation/wait', idOf: ({ id }: { id: string }) => id },
};
const ALL_KINDS = Object.keys(LISTS).join(',');

const readers: WatchReader[] = [];
let server: TestApp;
let lab: Lab;
let network: string;

async function open(
  path: string,
  credential?: Parameters<typeof WatchReader.open>[2],
  at = server,
): Promise<WatchReader> {
  const reader = await WatchReader.open(at.url, path, credential);
  readers.push(reader);
  return reader;
}

const complete = (reader: WatchReader) => eventually('the reader is complete', () => reader.isComplete);

/** Everything that the lists show, under the names that readers have. */
async function lists(at: TestApp, kinds: readonly string[], role: 'viewer' | 'editor'): Promise<Map<string, unknown>> {
  const all = new Map<string, unknown>();
  for (const kind of kinds) {
    const { path, idOf } = LISTS[kind]!;
    for (const object of (await at.as(role).get(path).expect(200)).body as never[])
      all.set(`${kind}/${idOf(object)}`, object);
  }
  return all;
}

const sorted = (map: ReadonlyMap<string, unknown>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

/** Waits until a watch of everything agrees exactly with the lists. */
async function expectLists(reader: WatchReader, at = server, role: 'viewer' | 'editor' = 'viewer'): Promise<void> {
  await within(async () => expect(sorted(reader.objects)).toEqual(sorted(await lists(at, Object.keys(LISTS), role))));
}

beforeAll(async () => {
  server = await startTestApp({ METAL_API_TOKEN_KEY: TOKEN_KEY, METAL_API_STALL_TIMEOUT: '400ms' });
  lab = await installLab(new RestClient({ url: `${server.url}/`, role: 'admin', key: DEV_KEYS.admin }));
  const request = { partitionid: lab.partition, projectid: lab.projects.a };
  network = (await server.as('editor').post('/v1/network/allocate').send(request).expect(201)).body.id as string;
  await seedWaitingMachines((definition) => tableOf(server, definition), 3, lab);
});
afterAll(() => server.close());
afterEach(() => {
  for (const reader of readers.splice(0)) reader.close();
});

/** Whether a machine or an address belongs to the project of these tests. */
function isOfProject(object: unknown): boolean {
  const { allocation, projectid } = object as { allocation?: { project: string } | null; projectid?: string };
  return (allocation?.project ?? projectid) === lab.projects.a;
}

const allocate = (index: number, userData = 'secret-user-data') =>
  server
    .as('editor')
    .post('/v1/machine/allocate')
    .send({
      uuid: machineId(index),
      projectid: lab.projects.a,
      imageid: lab.machineImage,
      networks: [{ networkid: network }],
      user_data: userData,
    })
    .expect(200);

describe('a watch', () => {
  it('sends what the lists show, then says that this is all', async () => {
    const reader = await open(`/watch?kinds=${ALL_KINDS}`);
    expect(reader.headers.get('content-type')).toBe('text/event-stream');
    expect(reader.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(reader.headers.get('x-accel-buffering')).toBe('no');
    await complete(reader);
    expect(reader.story[0]).toBe('reset');
    expect(reader.story.at(-1)).toBe('bookmark');
    await expectLists(reader);
    expect(reader.objects.size).toBeGreaterThan(15);
  });

  it('follows everything that an allocation and a release change, with secrets blanked by role', async () => {
    const [viewer, editor] = [
      await open(`/watch?kinds=${ALL_KINDS}`),
      await open(`/watch?kinds=${ALL_KINDS}`, 'editor'),
    ];
    await Promise.all([complete(viewer), complete(editor)]);
    await allocate(0);
    await expectLists(viewer);
    await expectLists(editor, server, 'editor');
    const userData = (reader: WatchReader) =>
      (reader.objects.get(`machine/${machineId(0)}`) as { allocation: { user_data: string } }).allocation.user_data;
    expect(userData(editor)).toBe('secret-user-data');
    expect(userData(viewer)).toBe('');
    expect(JSON.stringify(viewer.events)).not.toContain('secret-user-data');
    await server
      .as('editor')
      .delete(`/v1/machine/${machineId(0)}/free`)
      .expect(200);
    await expectLists(viewer);
  });

  it('sends only objects of the project and the partition that were asked for, and says when one leaves', async () => {
    const ofProject = await open(`/watch?kinds=machine,ip,size&project=${lab.projects.a}`);
    const elsewhere = await open('/watch?kinds=machine,partition,size&partition=elsewhere');
    await Promise.all([complete(ofProject), complete(elsewhere)]);
    const ofOthers = [...ofProject.objects].filter(
      ([name, object]) => !name.startsWith('size/') && !isOfProject(object),
    );
    expect(ofOthers).toEqual([]);
    expect(ofProject.objects.has(`machine/${machineId(1)}`), 'it is not allocated yet').toBe(false);
    expect(ofProject.objects.has(`size/${lab.size}`), 'sizes belong to no project').toBe(true);
    await allocate(1);
    const name = `machine/${machineId(1)}`;
    await within(() => expect(ofProject.objects.has(name)).toBe(true));
    expect([...ofProject.objects.keys()].some((one) => one.startsWith('ip/'))).toBe(true);
    await server
      .as('editor')
      .delete(`/v1/machine/${machineId(1)}/free`)
      .expect(200);
    await within(() => expect(ofProject.objects.has(name)).toBe(false));
    expect(ofProject.story).toContain(`removed ${name}`);
    expect(elsewhere.story.some((one) => one.includes('machine/'))).toBe(false);
  });

  it('is read by clients that take JSON too, but not by those that want neither', async () => {
    expect((await open('/watch?kinds=size', { ...hmac(), accept: '*/*' })).status).toBe(200);
    expect((await open('/watch?kinds=size', { ...hmac(), accept: 'text/html' })).status).toBe(406);
  });

  it.each([
    ['/watch', 400, 'kinds must not be empty'],
    ['/watch?kinds=machine,nothing', 400, 'kind "nothing" is unknown'],
    ['/watch?kinds=ip&cursor=x', 400, 'cursor "x" is not valid'],
    ['/watch?kinds=ip&cursor=0123456789abcdef.aaaaaaaaaaaa.1.1', 410, 'another process: list again'],
  ])('refuses %s', async (path, status, message) => {
    const response = await server.as('viewer').get(path).expect(status);
    expect(errorOf(response).message).toContain(message);
  });

  it('is not for callers without the role of a viewer', async () => {
    expect((await open('/watch?kinds=size', {})).status).toBe(403);
  });
});

const hmac = (): Record<string, string> => {
  const lines = signature('viewer', 'GET').split('\r\n');
  return Object.fromEntries(lines.map((line) => line.split(/: (.*)/s, 2) as [string, string]));
};

describe('what objects are made of', () => {
  let reader: WatchReader;
  const id = '11111111-0000-4000-8000-000000000001';

  beforeAll(async () => {
    await plantMachine(server, id, {
      machine: {
        partitionId: lab.partition,
        sizeId: lab.size,
        allocation: plantedAllocation({ project: lab.projects.a, imageId: lab.machineImage }),
      },
      events: {},
    });
    await plantLeaf(server, 'leaf-w', id);
  });
  beforeEach(async () => {
    reader = await open(`/watch?kinds=${ALL_KINDS}`);
    await complete(reader);
  });

  const update = <T extends Document>(table: Table<T>, key: string, change: Partial<T>) =>
    table.update(key, (current) => ({ ...current, ...change }));

  it.each([
    ['its events', 'machine', () => update(tableOf(server, eventTable), id, { liveliness: 'Dead' })],
    ['its partition', 'machine', () => update(tableOf(server, partitionTable), lab.partition, { name: 'renamed' })],
    ['its size', 'machine', () => update(tableOf(server, sizeTable), lab.size, { name: 'renamed' })],
    ['its image', 'machine', () => update(tableOf(server, imageTable), lab.machineImage, { name: 'renamed' })],
    ['the room of its leaf', 'machine', () => update(tableOf(server, switchTable), 'leaf-w', { roomId: 'room-7' })],
  ] as const)('a machine changes with %s', async (_what, kind, change) => {
    const before = reader.events.length;
    await change();
    await within(() => expect(reader.story.slice(before)).toContain(`put ${kind}/${id}`));
    await expectLists(reader);
  });

  it('a switch changes with its status, its partition, its machines and what they may announce', async () => {
    await tableOf(server, switchStatusTable).upsert('leaf-w', () => ({
      id: 'leaf-w',
      lastSync: { time: '2026-01-01T00:00:00.000Z', duration: 1 },
      lastSyncError: undefined,
    }));
    await expectLists(reader);
    await update(tableOf(server, switchTable), 'leaf-w', { partitionId: lab.partition });
    await expectLists(reader);
    const address = { networkid: network, projectid: lab.projects.a };
    const taken = await server.as('editor').post('/v1/ip/allocate').send(address).expect(201);
    const ip = (taken.body as { ipaddress: string }).ipaddress;
    await expectLists(reader);
    const { parentNetworkId } = tableOf(server, networkTable).get(network)!;
    await update(tableOf(server, machineTable), id, {
      allocation: plantedAllocation({
        project: lab.projects.a,
        imageId: lab.machineImage,
        networks: [
          {
            networkId: network,
            type: 'privateprimaryunshared',
            prefixes: [],
            ips: [],
            destinationPrefixes: [],
            vrf: 42,
            asn: 1,
            nat: false,
            projectId: lab.projects.a,
          } as never,
        ],
      }),
    });
    await expectLists(reader);
    const before = JSON.stringify(reader.objects.get('switch/leaf-w'));
    await update(tableOf(server, networkTable), parentNetworkId!, { additionalAnnouncableCidrs: ['10.240.0.0/12'] });
    await within(() => expect(JSON.stringify(reader.objects.get('switch/leaf-w'))).not.toBe(before));
    await expectLists(reader);
    await server.as('editor').delete(`/v1/ip/free/${ip}`).expect(200);
    await expectLists(reader);
  });

  it('a network changes with its addresses and its children, a command with its state', async () => {
    const child = { partitionid: lab.partition, projectid: lab.projects.b };
    const { body } = await server.as('editor').post('/v1/network/allocate').send(child).expect(201);
    await expectLists(reader);
    const { id: childId } = body as { id: string };
    await server.as('editor').delete(`/v1/network/free/${childId}`).expect(200);
    await expectLists(reader);
    await server
      .as('admin')
      .post(`/v1/machine/${machineId(2)}/power/reset`)
      .send([])
      .expect(200);
    await within(() => expect([...reader.objects.keys()].some((name) => name.startsWith('command/'))).toBe(true));
    const [command] = [...tableOf(server, commandTable).list()];
    await update(tableOf(server, commandTable), command!.id, { state: 'failed', error: 'no' });
    await expectLists(reader);
  });

  it('a request on the waiting list changes with those ahead of it', async () => {
    for (const { id: each } of [...tableOf(server, machineTable).list()])
      await update(tableOf(server, machineTable), each, { waiting: false });
    const member = { projectid: lab.projects.a, partitionid: lab.partition, sizeid: lab.size };
    const machine = { ...member, imageid: lab.machineImage, networks: [{ networkid: network }] };
    const join = async (): Promise<string> => {
      const body = { wait: '10m', machines: [machine] };
      return ((await server.as('editor').post('/allocation/many').send(body).expect(202)).body as { id: string }).id;
    };
    const [first, second] = [await join(), await join()];
    const shown = () => reader.objects.get(`allocation-wait/${second}`) as { position: number } | undefined;
    await within(() => expect(shown()?.position).toBe(2));
    await server.as('editor').delete(`/allocation/wait/${first}`).expect(200);
    await within(() => expect(shown()?.position).toBe(1));
    await expectLists(reader);
    await server.as('editor').delete(`/allocation/wait/${second}`).expect(200);
  });

  it(`whatever changes, a reader has what the lists show (seed ${SEED})`, async () => {
    const texts = fc.constantFrom('x', 'y', 'z');
    const change = fc.oneof(
      fc.tuple(fc.constant(partitionTable), fc.constant(lab.partition), texts),
      fc.tuple(fc.constant(sizeTable), fc.constant(lab.size), texts),
      fc.tuple(fc.constant(imageTable), fc.constant(lab.machineImage), texts),
      fc.tuple(fc.constant(networkTable), fc.constant(network), texts),
      fc.tuple(fc.constant(machineTable), fc.constantFrom(id, machineId(0), machineId(1)), texts),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 30 }), async (changes) => {
        await Promise.all(
          changes.map(([definition, key, name]) =>
            tableOf(server, definition as typeof sizeTable).update(key, (document) => ({ ...document, name })),
          ),
        );
        await expectLists(reader);
      }),
      { numRuns: 10 },
    );
  });
});

describe('a reader that reconnects', () => {
  it('receives what changed in the meantime, once, and nothing else', async () => {
    const first = await open('/watch?kinds=size,partition');
    await complete(first);
    const { cursor } = first;
    first.close();
    for (const name of ['a', 'b', 'c']) {
      await tableOf(server, sizeTable).update(lab.size, (size) => ({ ...size, name }));
    }
    for (const by of ['query', 'header']) {
      const path = `/watch?kinds=size,partition${by === 'query' ? `&cursor=${cursor}` : '&cursor=ignored'}`;
      const again = await open(path, { ...hmac(), ...(by === 'header' && { 'last-event-id': cursor! }) });
      await complete(again);
      expect(again.story).toEqual([`put size/${lab.size}`, 'bookmark']);
      expect(again.events[0]!.data.object).toMatchObject({ name: 'c' });
    }
  });

  it('must list again if its cursor belongs to another watch', async () => {
    const reader = await open('/watch?kinds=size');
    await complete(reader);
    for (const path of ['/watch?kinds=size,ip', '/watch?kinds=size&project=x']) {
      const response = await server.as('viewer').get(`${path}&cursor=${reader.cursor}`).expect(410);
      expect(errorOf(response).message).toContain('list again');
    }
    await server.as('editor').get(`/watch?kinds=size&cursor=${reader.cursor}`).expect(410);
  });

  it('receives removals', async () => {
    await server.as('admin').put('/v1/partition').send({ id: 'short-lived' }).expect(201);
    const reader = await open('/watch?kinds=partition');
    await complete(reader);
    reader.close();
    await server.as('admin').delete('/v1/partition/short-lived').expect(200);
    const again = await open(`/watch?kinds=partition&cursor=${reader.cursor}`);
    await complete(again);
    expect(again.story).toEqual(['removed partition/short-lived', 'bookmark']);
  });
});

describe('an open watch', () => {
  const token = (lifetime: number) => createApiToken(TOKEN_KEY, { subject: 'w', role: 'viewer', lifetime }, Date.now());

  it('ends when the token expires', async () => {
    const [text] = token(3_000);
    const reader = await open('/watch?kinds=size', { authorization: `Bearer ${text}` });
    await complete(reader);
    await eventually('the watch ends', () => reader.ended);
    expect(reader.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'credential', message: /expired/ } });
  });

  it('ends when the token is revoked', async () => {
    const [text, { id }] = token(60_000);
    const reader = await open('/watch?kinds=size', { authorization: `Bearer ${text}` });
    await complete(reader);
    await server.app.get(ApiTokens).revoke(id);
    await eventually('the watch ends', () => reader.ended);
    expect(reader.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'credential', message: /revoked/ } });
  });

  it('ends with a last event when the server shuts down, and does not delay the shutdown', async () => {
    const other = await startTestApp();
    const reader = await open('/watch?kinds=tenant', 'viewer', other);
    await complete(reader);
    await other.close();
    await eventually('the watch ends', () => reader.ended);
    expect(reader.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'shutdown' } });
  });

  it('ends for a client that does not read, and memory does not grow until then', async () => {
    for (let n = 0; n < 1000; n++) {
      const big = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`label-${index}`, 'x'.repeat(400)]));
      await tableOf(server, sizeTable).upsert(`big-${n}`, () => ({
        ...tableOf(server, sizeTable).get(lab.size)!,
        id: `big-${n}`,
        labels: big,
      }));
    }
    const hub = () => server.app.get<{ watchers: Set<{ readableLength: number }> }>(WatchHub).watchers;
    await eventually('other watches have ended', () => hub().size === 0);
    const client = await RawClient.open(server.url);
    client.socket.pause();
    client.send(head('GET /watch?kinds=size', signature('viewer', 'GET')));
    await eventually('the watch has begun', () => hub().size === 1);
    const held = [...hub()].map(({ readableLength }) => readableLength);
    expect(Math.max(...held)).toBeLessThan(256 * 1024);
    await eventually('the client is cut off', () => hub().size === 0);
    client.close();
    for (let n = 0; n < 1000; n++) await tableOf(server, sizeTable).remove(`big-${n}`);
  });
});

describe('limits', () => {
  it('refuse watches beyond the share of a caller, and beyond the limit of all, and leave requests alone', async () => {
    const small = await startTestApp({ METAL_API_MAX_WATCHES: '4' });
    try {
      for (let n = 0; n < 2; n++) expect((await open('/watch?kinds=size', 'viewer', small)).status).toBe(200);
      const third = await open('/watch?kinds=size', 'viewer', small);
      expect(third.status).toBe(429);
      expect(third.headers.get('retry-after')).toBe('1');
      expect(third.body).toContain('too many watches');
      for (let n = 0; n < 2; n++) expect((await open('/watch?kinds=size', 'editor', small)).status).toBe(200);
      expect((await open('/watch?kinds=size', 'admin', small)).status).toBe(503);
      await small.as('viewer').get('/v1/size').expect(200);
      for (const reader of readers) reader.close();
      await within(async () => expect((await open('/watch?kinds=size', 'admin', small)).status).toBe(200));
    } finally {
      for (const reader of readers.splice(0)) reader.close();
      await small.close();
    }
  });
});

describe('a broken feed of the database', () => {
  it('is reported as a reset immediately, and as the whole state after recovery', async () => {
    const database = new MemoryEngine();
    const feed = new HeldFeed(database);
    const [writer, watched] = [
      await startTestApp({}, { engine: database }),
      await startTestApp({}, { engine: feed.engine }),
    ];
    try {
      const reader = await open('/watch?kinds=partition,size', 'viewer', watched);
      const other = await open('/watch?kinds=tenant', 'viewer', watched);
      await Promise.all([complete(reader), complete(other)]);
      feed.hold(partitionTable);
      feed.lose(partitionTable);
      await eventually('the reader knows', () => reader.story.filter((event) => event === 'reset').length === 2);
      expect(reader.events.at(-1)!.data.reason).toContain('interrupted');
      await writer.as('admin').put('/v1/partition').send({ id: 'in-the-gap' }).expect(201);
      expect(reader.isComplete).toBe(false);
      expect(reader.objects.size).toBe(0);
      feed.release();
      feed.recover(partitionTable);
      await complete(reader);
      expect([...reader.objects.keys()]).toEqual(['partition/in-the-gap']);
      expect(reader.story.filter((event) => event === 'reset')).toHaveLength(2);
      expect(
        other.story.filter((event) => event === 'reset'),
        'its tables are whole',
      ).toHaveLength(1);
    } finally {
      for (const reader of readers.splice(0)) reader.close();
      await watched.close();
      await writer.close();
    }
  });
});
