import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MachineBody, NetworkBody } from './bodies.js';
import { BASE_PATHS, Scene } from './scene.js';
import type { Cluster } from './scene.js';

describe.each(BASE_PATHS)('acceptance of firewalls below %s', (basePath) => {
  let scene: Scene;
  let storage: NetworkBody;

  beforeAll(async () => {
    scene = await Scene.start(basePath, 8);
    storage = await scene.editor.post<NetworkBody>(
      '/v1/network/allocate',
      {
        ...{ projectid: scene.lab.projects.storage, partitionid: scene.lab.partition, name: 'storage', shared: true },
        labels: { 'network.metal-stack.io/partition-storage': '' },
      },
      201,
    );
  });
  afterAll(() => scene.stop());

  const findByName = ({ project, tag }: Cluster, name: string) =>
    scene.editor.post<MachineBody[]>('/v1/firewall/find', {
      ...{ allocation_name: name, allocation_project: project },
      tags: [tag],
    });

  it('A32 firewall with internet, storage and node network, in any order', async () => {
    const cluster = await scene.newCluster();
    const [internet, node] = [scene.lab.internet, cluster.network.id];
    const orders = [
      [internet, storage.id, node],
      [node, internet, storage.id],
      [storage.id, node, internet],
    ];
    for (const order of orders) {
      const { id, allocation } = await scene.createFirewall(cluster, order);
      expect(allocation?.role).toBe('firewall');
      const types = Object.fromEntries(allocation!.networks.map((each) => [each.networkid, each.networktype]));
      expect(types).toEqual({
        [node]: 'privateprimaryunshared',
        [storage.id]: 'privatesecondaryshared',
        [internet]: 'external',
        'fra-underlay': 'underlay',
      });
      for (const { ips, asn, vrf, underlay } of allocation!.networks) {
        expect(ips).toHaveLength(1);
        expect(asn).toBeGreaterThan(0);
        expect(underlay || vrf > 0).toBe(true);
      }
      await scene.free(id);
    }
  });

  it('A33 firewall id after free', async () => {
    const cluster = await scene.newCluster();
    const { id, allocation } = await scene.createFirewall(cluster, [cluster.network.id, scene.lab.internet]);
    expect(await findByName(cluster, allocation!.name)).toHaveLength(1);
    await scene.free(id);
    await scene.editor.refused(404, 'GET', `/v1/firewall/${id}`);
    expect(await findByName(cluster, allocation!.name)).toEqual([]);
  });

  it('A34 firewall readiness', async () => {
    const cluster = await scene.newCluster();
    const { id } = await scene.createFirewall(cluster, [cluster.network.id, scene.lab.internet]);
    await scene.untilPhonedHome(id);
    const firewall = await scene.editor.get<MachineBody>(`/v1/firewall/${id}`);
    expect(firewall.liveliness).toBe('Alive');
    expect(firewall.events.crash_loop).toBe(false);
    expect(firewall.events.log[0]?.event).toBe('Phoned Home');
    await scene.free(id);
  });
});
