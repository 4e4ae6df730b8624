import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installLab } from '../../src/agent/simulator/lab.js';
import { RunningPartition } from '../../src/agent/simulator/running-partition.js';
import { startTestApp } from '../support/app.js';
import { DEV_KEYS } from '../support/hmac.js';
import { eventually } from '../support/eventually.js';
import { tableOf } from '../support/machines.js';
import { seedWaitingMachines } from '../support/seed.js';
import { ServerProcess } from '../support/server-process.js';
import { RestClient } from '../../src/agent/rest-client.js';
import type { MachineBody, NetworkBody } from '../e2e/acceptance/bodies.js';
import { PUBLIC_KEY } from '../e2e/acceptance/scene.js';

describe('acceptance of a fleet', () => {
  it('A43 the metrics exporter collects 10000 machines', async () => {
    const server = await startTestApp();
    try {
      const viewer = new RestClient({ url: `${server.url}/`, role: 'viewer', key: DEV_KEYS.viewer });
      const admin = new RestClient({ url: `${server.url}/`, role: 'admin', key: DEV_KEYS.admin });
      const lab = await installLab(admin, 'fra');
      await seedWaitingMachines((definition) => tableOf(server, definition), 10_000, lab);
      const networks = await viewer.get<NetworkBody[]>('v1/network');
      await viewer.post('v1/partition/capacity', { projectid: null });
      await viewer.get('v1/image?show-usage=true');
      await viewer.get('v1/project');
      await viewer.get('v1/switch');
      const machines = await viewer.post<unknown[]>('v1/machine/ipmi/find', {});
      await viewer.get('v1/machine/issues');
      await viewer.post('v1/machine/issues/evaluate', { last_error_threshold: 3600e9, omit: null, only: null });
      expect(machines).toHaveLength(10_000);
      for (const { usage } of networks)
        for (const name of ['available_ips', 'available_prefixes', 'used_ips', 'used_prefixes'])
          expect(Number.isInteger(usage[name])).toBe(true);
    } finally {
      await server.close();
    }
  });

  it('A44 created is stable, even after a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'metal-a44-'));
    const variables = { METAL_API_DB: 'embedded', METAL_API_DATA_DIR: folder };
    const server = await ServerProcess.start(variables);
    const lab = await installLab(server.rest('admin'), 'fra');
    const site = new RunningPartition({
      ...{ partition: 'fra', machines: 1, stepTime: 5, url: server.url, grpc: server.grpcAddress },
      ...{ editorKey: DEV_KEYS.editor, bus: undefined, log: { info: () => undefined, warn: () => undefined } },
    });
    const read = (from: ServerProcess, id: string) => from.rest('viewer').get<MachineBody>(`v1/machine/${id}`);
    try {
      await site.start();
      const { id } = await allocate(server.rest('editor'), lab);
      const before = [(await read(server, id)).allocation!.created, (await read(server, id)).allocation!.created];
      await site.stop();
      await server.stop();
      const again = await ServerProcess.start(variables);
      const after = (await read(again, id)).allocation!.created;
      await again.stop();
      expect(before).toEqual([after, after]);
    } finally {
      await site.stop();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** Requests a machine until the only one of the site is waiting. */
async function allocate(editor: RestClient, lab: Awaited<ReturnType<typeof installLab>>): Promise<MachineBody> {
  const owner = { projectid: lab.projects.a, partitionid: lab.partition };
  const network = await editor.post<NetworkBody>('v1/network/allocate', { ...owner, name: 'a44' });
  const networks = [{ networkid: network.id, autoacquire: true }];
  const what = { sizeid: lab.size, imageid: lab.machineImage, name: 'a44', hostname: 'a44' };
  const body = { ...owner, ...what, networks, ssh_pub_keys: [PUBLIC_KEY] };
  return eventually('the machine is allocated', () =>
    editor.post<MachineBody>('v1/machine/allocate', body).catch(() => undefined),
  );
}
