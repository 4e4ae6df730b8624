import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { RunningPartition } from '../../src/agent/simulator/running-partition.js';
import { eventTable } from '../../src/modules/machine/event/event.table.js';
import { Bus } from '../../src/platform/bus/bus.js';
import { GrpcServer } from '../../src/platform/grpc/grpc-server.js';
import { MemoryLogger } from '../../src/shared/app-logger.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { DEV_KEYS } from '../support/hmac.js';
import { tableOf } from '../support/machines.js';

let server: TestApp;
let lab: Lab;
let grpc: string;

beforeAll(async () => {
  server = await startTestApp();
  grpc = `127.0.0.1:${await server.app.get(GrpcServer).start()}`;
  lab = await installLab(new RestClient({ url: `${server.url}/`, key: DEV_KEYS.admin, role: 'admin' }));
});
afterAll(() => server.close());

/** The same machines every time. */
const site = () =>
  new RunningPartition({
    ...{ partition: lab.partition, machines: 3, seed: 1, stepTime: 5, url: `${server.url}/`, grpc },
    ...{ editorKey: DEV_KEYS.editor, bus: server.app.get(Bus), log: new MemoryLogger() },
  });

const phasesOf = ({ partition }: RunningPartition) => partition.machines.map(({ phase }) => phase).sort();

const isSame = (some: readonly string[], others: readonly string[]) => some.join() === others.join();

describe('a simulated partition that is stopped and restarted', () => {
  it('leaves no machine with an error, and boots installed systems from disk', async () => {
    const first = site();
    await first.start();
    await eventually('phases', () => isSame(phasesOf(first), ['waiting', 'waiting', 'waiting']));
    const network = await server
      .as('editor')
      .post('/v1/network/allocate')
      .send({ partitionid: lab.partition, projectid: lab.projects.a });
    const request = {
      ...{ projectid: lab.projects.a, partitionid: lab.partition, sizeid: lab.size, imageid: lab.machineImage },
      networks: [{ networkid: network.body.id }],
    };
    const { body } = await server.as('editor').post('/v1/machine/allocate').send(request).expect(200);
    await eventually('phases', () => isSame(phasesOf(first), ['running', 'waiting', 'waiting']));
    await first.stop();

    const second = site();
    await second.start();
    await eventually('phases', () => isSame(phasesOf(second), ['running', 'waiting', 'waiting']));
    expect(second.partition.machineById(body.id)?.phase).toBe('running');
    await second.stop();
    for (const { id, crashLoop, lastErrorEvent, events } of tableOf(server, eventTable).list()) {
      expect({ id, crashLoop, lastErrorEvent }).toEqual({ id, crashLoop: false, lastErrorEvent: undefined });
      expect(events[0]?.event).toBe('Planned Reboot');
    }
  });
});
