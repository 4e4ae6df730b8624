import { expect, it } from 'vitest';
import type { NetworkAnswer } from '../../support/mep5/answers.js';
import { onEngines } from '../../support/mep5/on-engines.js';
import { refused } from '../../support/mep5/scene.js';

const STORAGE_LABEL = 'network.metal-stack.io/partition-storage';

onEngines('MEP-5, network lifecycle', (stage) => {
  const update = (body: object): Promise<NetworkAnswer> => stage().scene.admin.post('v1/network', body);

  it('scenario 1: an editor allocates a shared network', async () => {
    const { scene } = stage();
    const before = await scene.network('S1');
    const st = await scene.child('STOR', { shared: true });
    expect(st).toMatchObject({
      shared: true,
      parentnetworkid: 'S1',
      projectid: scene.project.STOR,
      partitionid: 'P1',
      privatesuper: false,
      nat: false,
      networktype: 'child-shared',
      nattype: 'none',
      usage: { used_ips: 2 },
    });
    const all = await scene.viewer.get<NetworkAnswer[]>('v1/network');
    expect(st.vrf).toBeGreaterThan(0);
    expect(all.filter(({ vrf }) => vrf === st.vrf).map(({ id }) => id)).toEqual([st.id]);
    expect((await scene.network('S1')).usage.used_prefixes).toBe(before.usage.used_prefixes + 1);
  });

  it('scenario 2: a network is private by default', async () => {
    expect(await stage().scene.child('A')).toMatchObject({ shared: false, networktype: 'child' });
  });

  it('scenario 3: an admin makes it shared', async () => {
    const { scene } = stage();
    const { id } = await scene.child('A');
    const shared = await update({ id, shared: true });
    expect(shared).toMatchObject({ shared: true, networktype: 'child-shared' });
    expect(await scene.network(id)).toEqual(shared);
  });

  it('scenario 4: it is never made private again', async () => {
    const { scene } = stage();
    await refused(400, update({ id: scene.net.ST, shared: false }));
    expect((await scene.network(scene.net.ST)).shared).toBe(true);
  });

  it('scenario 5: renaming it leaves it shared', async () => {
    const { scene } = stage();
    expect(await update({ id: scene.net.ST, name: 'storage' })).toMatchObject({ name: 'storage', shared: true });
  });

  it('scenario 6: editors cannot update, viewers cannot allocate', async () => {
    const { scene } = stage();
    await refused(403, scene.editor.post('v1/network', { id: scene.net.ST, name: 'x' }));
    const body = { partitionid: 'P1', projectid: scene.project.A };
    await refused(403, scene.viewer.post('v1/network/allocate', body));
  });

  it('scenario 7: shared with NAT', async () => {
    const network = await stage().scene.child('STOR', { shared: true, nat: true });
    expect(network).toMatchObject({ nat: true, nattype: 'ipv4-masq' });
  });

  it('scenario 8: an admin cannot create a shared network', async () => {
    const body = { prefixes: ['192.0.2.0/24'], shared: true };
    expect(await stage().scene.admin.put<NetworkAnswer>('v1/network', body)).toMatchObject({ shared: false });
  });

  it('scenario 9: the storage networks of a partition are found by their label', async () => {
    const { scene } = stage();
    const labels = { [STORAGE_LABEL]: '' };
    const here = [await scene.child('STOR', { shared: true, labels }), await scene.child('B', { labels })];
    await scene.child('STOR', { shared: true, labels, partitionid: 'P2' });
    await scene.child('STOR', { shared: true, labels: { [STORAGE_LABEL]: 'no' } });
    const found = await scene.viewer.post<NetworkAnswer[]>('v1/network/find', { partitionid: 'P1', labels });
    expect(found.map(({ id }) => id)).toEqual(here.map(({ id }) => id).sort());
  });

  it('scenario 49: a legacy client allocates, shares and frees', async () => {
    const { scene } = stage();
    const made = await scene.child('STOR', { shared: true });
    const { id } = await scene.child('STOR');
    const fields = [
      ...['id', 'name', 'description', 'partitionid', 'projectid', 'labels', 'shared', 'prefixes'],
      ...['destinationprefixes', 'nat', 'privatesuper', 'underlay', 'vrf', 'parentnetworkid', 'usage', 'created'],
    ];
    const answers = [made, await update({ id, shared: true })];
    const ip = await scene.staticIp('A', made.id);
    const freedIp = await scene.editor.post<Record<string, unknown>>(`v1/ip/free/${ip.ipaddress}`);
    for (const field of ['ipaddress', 'networkid', 'projectid', 'name', 'description', 'type', 'tags', 'created'])
      expect(freedIp).toHaveProperty([field]);
    for (const network of [made.id, id]) answers.push(await scene.editor.post(`v1/network/free/${network}`));
    for (const answer of answers) for (const field of fields) expect(answer).toHaveProperty([field]);
    for (const network of [made.id, id]) await refused(404, scene.network(network));
  });
});
