import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventTable } from '../../src/modules/machine/event/event.table.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { ReleaseService } from '../../src/modules/machine/release/release.service.js';
import { switchTable } from '../../src/modules/switch/switch.table.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { plantedAllocation, plantLeaf, plantMachine, tableOf } from '../support/machines.js';

let server: TestApp;
beforeAll(async () => {
  server = await startTestApp();
});
afterAll(() => server.close());

const eventsOf = (id: string) =>
  tableOf(server, eventTable)
    .get(id)
    ?.events.map(({ event }) => event);
const vrfOf = (leaf: string) => tableOf(server, switchTable).get(leaf)!.nics[0]!.vrf;

describe('a release', () => {
  it('removes the machine from its VRF, reclaims it once, and leaves nothing of the allocation', async () => {
    const allocation = plantedAllocation({ userTags: ['a=1'] });
    await plantMachine(server, 'm1', { machine: { allocation, tags: ['a=1'], waiting: true }, events: {} });
    await plantLeaf(server, 'leaf-1', 'm1');
    const free = () => server.as('editor').delete('/v1/machine/m1/free').expect(200);
    const answers = await Promise.all([free(), free()]);
    for (const { body } of answers) expect(body).toMatchObject({ id: 'm1', allocation: null, tags: [] });
    expect(vrfOf('leaf-1')).toBe(undefined);
    expect(new Set(eventsOf('m1'))).toEqual(new Set(['Machine Reclaim']));
    expect(tableOf(server, machineTable).get('m1')).toMatchObject({ waiting: false });
  });

  it('that is already finished does not affect the next owner of the machine', async () => {
    const release = { id: 'reclaim-old', allocation: 'old', deadline: new Date().toISOString() };
    const late = await plantMachine(server, 'm2', {
      machine: { release, allocation: plantedAllocation({ uuid: 'old' }) },
      events: {},
    });
    await plantLeaf(server, 'leaf-2', 'm2');
    const releases = server.app.get(ReleaseService);
    await releases.finish(late, 'x');
    expect([vrfOf('leaf-2'), eventsOf('m2')]).toEqual([undefined, ['Machine Reclaim']]);

    const allocation = plantedAllocation({ uuid: 'new' });
    await tableOf(server, machineTable).update('m2', (machine) => ({ ...machine, allocation }));
    await tableOf(server, switchTable).update('leaf-2', (leaf) => ({
      ...leaf,
      nics: leaf.nics.map((nic) => ({ ...nic, vrf: 'vrf7' })),
    }));
    expect((await releases.finish(late, 'sweeper')).allocation?.uuid).toBe('new');
    expect([vrfOf('leaf-2'), eventsOf('m2')]).toEqual(['vrf7', ['Machine Reclaim']]);
  });
});
