import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import type { IpBody, MachineBody, NetworkBody } from './bodies.js';
import { BASE_PATHS, CLUSTER_TAG, Scene } from './scene.js';
import type { Cluster } from './scene.js';

const service = (cluster: string): string => `${CLUSTER_TAG}/namespace/service=${cluster}/default/web`;
const egress = (cluster: string): string => `${CLUSTER_TAG}/egress=${cluster}`;

interface PartitionCapacity {
  readonly id: string;
  readonly servers: readonly { readonly total: number; readonly faulty: number }[];
}

describe.each(BASE_PATHS)('acceptance of networks and addresses below %s', (basePath) => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.start(basePath, 4);
  });
  afterAll(() => scene.stop());

  const findNetworks = (filter: object) => scene.editor.post<NetworkBody[]>('/v1/network/find', filter);
  const findIps = (filter: object) => scene.editor.post<IpBody[]>('/v1/ip/find', filter);
  const update = (ipaddress: string, change: object) =>
    scene.editor.post<IpBody>('/v1/ip', { ipaddress, type: null, ...change });
  const allocate = ({ project }: Cluster, extra: object = {}): Promise<IpBody> => {
    const request = { name: 'metallb-x', projectid: project, networkid: scene.lab.internet, type: 'ephemeral' };
    return scene.editor.post<IpBody>('/v1/ip/allocate', { ...request, ...extra }, 201);
  };

  it('A07 node network allocation', async () => {
    const { id, project, network } = await scene.newCluster();
    expect(network).toMatchObject({
      parentnetworkid: 'fra-super',
      prefixes: [expect.stringMatching(/\/22$/)],
      labels: { [CLUSTER_TAG]: id },
    });
    const labels = { [CLUSTER_TAG]: id };
    const found = await findNetworks({ projectid: project, partitionid: scene.lab.partition, labels });
    expect(found.map((each) => each.id)).toEqual([network.id]);
  });

  it('A08 network by prefix', async () => {
    const { project, network } = await scene.newCluster();
    const found = await findNetworks({ projectid: project, prefixes: network.prefixes });
    expect(found.map(({ id }) => id)).toEqual([network.id]);
    expect(await findNetworks({ projectid: project, prefixes: ['10.0.0.0/14'] })).toEqual([]);
    expect((await findNetworks({ prefixes: ['10.0.0.0/14'] })).map(({ id }) => id)).toEqual(['fra-super']);
  });

  it('A09 discovery of the default network', async () => {
    const found = await findNetworks({ labels: { 'network.metal-stack.io/default': '' } });
    expect(found.map(({ id }) => id)).toEqual([scene.lab.internet]);
    for (const { privatesuper, nat, underlay } of await scene.editor.get<NetworkBody[]>('/v1/network'))
      expect([privatesuper, nat, underlay].map((flag) => typeof flag)).toEqual(['boolean', 'boolean', 'boolean']);
  });

  it('A26 address of a load balancer', async () => {
    const cluster = await scene.newCluster();
    const tags = [service(cluster.id)];
    const { ipaddress } = await allocate(cluster, { tags });
    expect(ipaddress).toMatch(/^\d+(\.\d+){3}$/);
    const found = await findIps({ projectid: cluster.project, tags });
    expect(found.map((each) => each.ipaddress)).toEqual([ipaddress]);
  });

  it('A27 rollback of a load balancer address', async () => {
    const cluster = await scene.newCluster();
    const tags = [service(cluster.id)];
    const { ipaddress } = await allocate(cluster, { tags });
    const cleared = await update(ipaddress, { tags: [] });
    expect(cleared).toMatchObject({ type: 'ephemeral' });
    expect(cleared.tags ?? []).toEqual([]);
    await scene.editor.delete(`/v1/ip/free/${ipaddress}`);
    expect(await findIps({ projectid: cluster.project, tags })).toEqual([]);
  });

  it('A28 a fixed address moves to another service', async () => {
    const cluster = await scene.newCluster();
    const { ipaddress } = await allocate(cluster, { type: 'static', tags: ['svc1'] });
    expect((await update(ipaddress, { tags: ['svc2'] })).tags).toEqual(['svc2']);
    expect(await findIps({ projectid: cluster.project, tags: ['svc1'] })).toEqual([]);
  });

  it('A29 the address of a machine is not freed', async () => {
    const cluster = await scene.newCluster();
    const machine = await scene.createWorker(cluster);
    const [address] = machine.allocation!.networks[0]!.ips;
    const before = await scene.editor.get<IpBody>(`/v1/ip/${address}`);
    expect(before.tags).toContain(`machine.metal-stack.io/id=${machine.id}`);
    await scene.editor.refused(400, 'DELETE', `/v1/ip/free/${address}`);
    expect(await scene.editor.get(`/v1/ip/${address}`)).toEqual(before);
    await scene.free(machine.id);
  });

  it('A30 concurrent taggers', async () => {
    const { ipaddress } = await allocate(await scene.newCluster());
    const tag = (name: string) =>
      scene.editor.send('POST', '/v1/ip', JSON.stringify({ ipaddress, type: null, tags: [name] }));
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all([tag(`a${round}`), tag(`b${round}`)]);
      for (const { status } of answers) expect([200, 409]).toContain(status);
      expect(answers.some(({ status }) => status === 200)).toBe(true);
      const { tags } = await scene.editor.get<IpBody>(`/v1/ip/${ipaddress}`);
      expect([[`a${round}`], [`b${round}`]]).toContainEqual(tags);
    }
  });

  it('A31 egress address', async () => {
    const cluster = await scene.newCluster();
    const { ipaddress } = await allocate(cluster, { type: 'static' });
    await update(ipaddress, { tags: [egress(cluster.id)] });
    const filter = { projectid: cluster.project, tags: [egress(cluster.id)], type: 'static' };
    expect(await findIps(filter)).toHaveLength(1);
    await update(ipaddress, { tags: [] });
    expect(await findIps(filter)).toEqual([]);
    expect((await scene.editor.get<IpBody>(`/v1/ip/${ipaddress}`)).type).toBe('static');
  });

  it('A36 deletion order of a cluster', async () => {
    const cluster = await scene.newCluster();
    const free = `/v1/network/free/${cluster.network.id}`;
    const machine = await scene.createWorker(cluster);
    const { ipaddress } = await allocate(cluster, { networkid: cluster.network.id });
    const refusal = await scene.editor.send('DELETE', free);
    expect(refusal.status).toBeGreaterThanOrEqual(400);
    await scene.free(machine.id);
    expect((await scene.editor.send('DELETE', free)).status).toBeGreaterThanOrEqual(400);
    expect((await scene.editor.get<NetworkBody>(`/v1/network/${cluster.network.id}`)).prefixes).toHaveLength(1);
    await scene.editor.delete(`/v1/ip/free/${ipaddress}`);
    await scene.editor.delete(free);
    expect((await scene.editor.send('DELETE', free)).status).toBe(404);
    await scene.editor.refused(404, 'DELETE', '/v1/network/free/unknown');
  });

  it('A37 a shared address survives the deletion of one cluster', async () => {
    const cluster = await scene.newCluster();
    const other = service('other-cluster');
    const { ipaddress } = await allocate(cluster, { tags: [service(cluster.id), other] });
    const found = await findIps({ projectid: cluster.project, type: 'ephemeral' });
    expect(found.map((each) => each.ipaddress)).toEqual([ipaddress]);
    await update(ipaddress, { tags: [other] });
    expect((await scene.editor.get<IpBody>(`/v1/ip/${ipaddress}`)).tags).toEqual([other]);
  });

  it('A38 null tags leave the tags unchanged', async () => {
    const { ipaddress } = await allocate(await scene.newCluster(), { tags: ['kept'] });
    expect((await update(ipaddress, { tags: null })).tags).toEqual(['kept']);
  });

  it('A40 legacy requests for networks and addresses', async () => {
    const { id, project, network } = await scene.newCluster();
    const labels = { [CLUSTER_TAG]: id };
    const found = await findNetworks({ projectid: project, partitionid: scene.lab.partition, labels });
    expect(found.map((each) => each.id)).toEqual([network.id]);
    const request = { networkid: scene.lab.internet, projectid: project, type: 'ephemeral', tags: ['svc'] };
    const { ipaddress } = await scene.editor.post<IpBody>('/v1/ip/allocate', request, 201);
    const cleared = await scene.editor.post<IpBody>('/v1/ip', { ipaddress, type: '', tags: [] });
    expect(cleared).toMatchObject({ type: 'ephemeral' });
    expect((await scene.editor.send<IpBody>('POST', `/v1/ip/free/${ipaddress}`, '')).body).toMatchObject({ ipaddress });
    await scene.editor.refused(404, 'GET', `/v1/ip/${ipaddress}`);
    expect((await scene.editor.send('POST', `/v1/network/free/${network.id}`, '')).status).toBe(200);
    const [capacity] = await eventually('no machine that another scenario freed is at fault any more', async () => {
      const all = await scene.editor.get<PartitionCapacity[]>('/v1/partition/capacity');
      return all[0]?.servers[0]?.faulty === 0 && all;
    });
    expect(capacity).toMatchObject({ id: scene.lab.partition, servers: [{ total: 4 }] });
    const hardware = { cpu_cores: 8, memory: 64 * 1024 ** 3, disks: [{ name: '/dev/trydisk', size: 500 * 1024 ** 3 }] };
    const log = await scene.admin.post('/v1/size/from-hardware', hardware);
    expect(log).toMatchObject({ name: scene.lab.size, match: true });
  });

  it('A40 legacy requests for machines and firewalls', async () => {
    const cluster = await scene.newCluster();
    const old = { ips: [], uuid: '', placement_tags: undefined, dns_servers: undefined };
    const machine = await scene.createWorker(cluster, old);
    expect(machine.allocation).toMatchObject({ role: 'machine', networks: [{ ips: [expect.any(String)] }] });
    const networks = [scene.lab.internet, cluster.network.id];
    const firewall = await scene.createFirewall(cluster, networks, { ...old, ha: false });
    const kinds = firewall.allocation!.networks.map(({ networktype }) => networktype).sort();
    expect(kinds).toEqual(['external', 'privateprimaryunshared', 'underlay']);
    const filter = { allocation_project: cluster.project, tags: [cluster.tag], network_nat: null };
    const found = await scene.editor.post<MachineBody[]>('/v1/machine/find', { ...filter, id: machine.id });
    expect(found.map(({ id }) => id)).toEqual([machine.id]);
    for (const { id } of [machine, firewall]) expect((await scene.free(id)).id).toBe(id);
    expect((await scene.editor.send('POST', `/v1/network/free/${cluster.network.id}`, '')).status).toBe(200);
  });
});
