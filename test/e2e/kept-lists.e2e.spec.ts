import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { imageTable } from '../../src/modules/image/image.table.js';
import { ipTable } from '../../src/modules/ip/ip.table.js';
import { childLedgerTable } from '../../src/modules/ipam/ipam.table.js';
import { eventTable } from '../../src/modules/machine/event/event.table.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { networkTable } from '../../src/modules/network/network.table.js';
import { partitionTable } from '../../src/modules/partition/partition.table.js';
import { projectTable } from '../../src/modules/project/project.table.js';
import { sizeTable } from '../../src/modules/size/size.table.js';
import { switchStatusTable, switchTable } from '../../src/modules/switch/switch.table.js';
import type { Document, TableDefinition } from '../../src/platform/store/table.js';
import { startTestApp } from '../support/app.js';
import type { TestApp, TestRole } from '../support/app.js';
import { DEV_KEYS } from '../support/hmac.js';
import { tableOf } from '../support/machines.js';
import { machineId, seedWaitingMachines } from '../support/seed.js';
import { leaf } from '../support/switches.js';

const NOW = '2026-01-01T00:00:00.000Z';
const KINDS = ['machine', 'firewall', 'network', 'ip', 'switch', 'image', 'project'];

let server: TestApp;
let lab: Lab;

beforeAll(async () => {
  server = await startTestApp();
  lab = await installLab(new RestClient({ url: `${server.url}/`, role: 'admin', key: DEV_KEYS.admin }));
  await seedWaitingMachines((definition) => tableOf(server, definition), 2, lab);
  const nics = ['swp1', 'swp2'];
  const connections = nics.map((port, at) => ({ machineId: machineId(at), port }));
  await tableOf(server, switchTable).insert(leaf('leaf1', nics, { connections, partitionId: lab.partition }));
  await tableOf(server, switchStatusTable).insert({
    id: 'leaf1',
    lastSync: { time: NOW, duration: 1 },
    lastSyncError: undefined,
  });
  await allocate();
});
afterAll(() => server.close());

async function allocate(): Promise<void> {
  const editor = server.as('editor');
  const request = { partitionid: lab.partition, projectid: lab.projects.a };
  const { body } = await editor.post('/v1/network/allocate').send(request).expect(201);
  const network = { networkid: (body as { id: string }).id };
  const common = { projectid: lab.projects.a, user_data: 'a secret' };
  await editor
    .post('/v1/machine/allocate')
    .send({ ...common, uuid: machineId(0), imageid: lab.machineImage, networks: [network] })
    .expect(200);
  await editor
    .post('/v1/firewall/allocate')
    .send({
      ...common,
      uuid: machineId(1),
      imageid: lab.firewallImage,
      networks: [network, { networkid: lab.internet }],
    })
    .expect(200);
}

interface List {
  readonly text: string;
  readonly tag: string;
}

async function list(kind: string, role: TestRole = 'viewer'): Promise<List> {
  const { text, headers } = await server.as(role).get(`/v1/${kind}`).expect(200);
  return { text, tag: (headers as Record<string, string>)['etag']! };
}

/** Compares the kept lists with searches for everything, which are made anew. */
async function expectCurrent(): Promise<void> {
  for (const kind of KINDS) {
    for (const role of ['viewer', 'editor'] as const) {
      const { text } = await server.as(role).post(`/v1/${kind}/find`).send({}).expect(200);
      expect((await list(kind, role)).text, `${role} ${kind}`).toBe(text);
    }
  }
}

type Fields = Record<string, unknown>;

/** Changes all documents of a table. */
const each =
  <T extends Document, I extends string>(definition: TableDefinition<T, I>, change: (document: T) => Fields) =>
  async (): Promise<void> => {
    const table = tableOf(server, definition);
    for (const { id } of [...table.list()])
      await table.update(id, (document) => ({ ...document, ...change(document) }));
  };

const named = () => ({ name: 'another name' });

const CHANGES: Readonly<Record<string, () => Promise<unknown>>> = {
  machines: each(machineTable, named),
  'the secrets of machines': each(machineTable, ({ allocation }) => ({
    allocation: { ...allocation, userData: 'another secret' },
  })),
  'events of machines': each(eventTable, () => ({ liveliness: 'Dead' })),
  partitions: each(partitionTable, named),
  sizes: each(sizeTable, named),
  images: each(imageTable, named),
  projects: each(projectTable, named),
  networks: each(networkTable, () => ({ additionalAnnouncableCidrs: ['10.240.0.0/12'] })),
  'IP addresses': each(ipTable, named),
  'more IP addresses': () =>
    server
      .as('editor')
      .post('/v1/ip/allocate')
      .send({ networkid: lab.internet, projectid: lab.projects.a })
      .expect(201),
  'child networks': each(childLedgerTable, ({ spaces }) => ({
    spaces: spaces.map((space) => ({ ...space, children: space.children + 1 })),
  })),
  switches: each(switchTable, () => ({ roomId: 'another room' })),
  'the state of switches': each(switchStatusTable, () => ({ lastSync: { time: NOW, duration: 2 } })),
  'the use of an image, a project and ports': () =>
    server
      .as('editor')
      .delete(`/v1/machine/${machineId(0)}/free`)
      .expect(200),
};

describe('a kept list', { shuffle: false }, () => {
  it.each(Object.keys(CHANGES))('is current after a change of %s', async (name) => {
    await expectCurrent();
    const before = await Promise.all(KINDS.map((kind) => list(kind, 'editor')));
    await CHANGES[name]!();
    await expectCurrent();
    const after = await Promise.all(KINDS.map((kind) => list(kind, 'editor')));
    expect(after, 'the change shows').not.toEqual(before);
    after.forEach(({ text, tag }, at) => expect(tag === before[at]!.tag).toBe(text === before[at]!.text));
  });

  it('is the same for all who ask at a time', async () => {
    const lists = await Promise.all(Array.from({ length: 10 }, () => list('machine')));
    expect(new Set(lists.map(({ text }) => text)).size).toBe(1);
  });
});
