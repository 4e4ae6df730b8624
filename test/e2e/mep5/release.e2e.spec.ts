import { expect, it } from 'vitest';
import { asnTable } from '../../../src/modules/pool/pool.table.js';
import { leaks } from '../../support/invariants.js';
import { membership } from '../../support/mep5/answers.js';
import { internet, newProject } from '../../support/mep5/catalog.js';
import { lastAddress, twentyFirewalls } from '../../support/mep5/concurrency.js';
import { onEngines } from '../../support/mep5/on-engines.js';
import { refused } from '../../support/mep5/scene.js';

onEngines('MEP-5, release', (stage) => {
  it('scenario 41: a freed firewall leaves the shared network', async () => {
    const { scene } = stage();
    const { NA, ST } = scene.net;
    const st = await scene.network(ST);
    const firewall = await scene.firewall('A', [NA, 'INET', ST]);
    const { ips, asn } = membership(firewall, ST);
    await scene.free(firewall);
    await refused(404, scene.ip(ips[0]!));
    expect(await scene.network(ST)).toEqual(st);
    const next = await scene.firewall('A', [NA, 'INET', ST]);
    expect([membership(next, ST).ips, membership(next, ST).asn]).toEqual([ips, asn]);
    await scene.free(next);
  });

  it('scenario 42: its static address stays with the project', async () => {
    const { scene } = stage();
    const { NA, ST } = scene.net;
    const { ipaddress } = await scene.staticIp('A', ST);
    const join = () => scene.firewall('A', [NA, 'INET', ST], { ips: [ipaddress] });
    for (const firewall of [await join()]) await scene.free(firewall);
    expect(await scene.ip(ipaddress)).toMatchObject({ type: 'static', projectid: scene.project.A, tags: [] });
    expect(membership(await join(), ST).ips).toEqual([ipaddress]);
  });

  it('scenario 43: a shared network is freed once its last address is freed', async () => {
    const { scene } = stage();
    const before = (await scene.network('S1')).usage.used_prefixes;
    const network = await scene.child('STOR', { shared: true });
    const storage = await scene.machine('STOR', [network.id]);
    const consumer = await scene.firewall('A', [scene.net.NA, 'INET', network.id]);
    const shown = await scene.network(network.id);
    await refused(422, scene.freeNetwork(network.id));
    expect(await scene.network(network.id)).toMatchObject({ ...shown, changed: expect.any(String) as string });
    const { ipaddress } = await scene.staticIp('A', network.id);
    for (const machine of [storage, consumer]) await scene.free(machine);
    await refused(422, scene.freeNetwork(network.id));
    await scene.editor.delete(`v1/ip/free/${ipaddress}`);
    await scene.freeNetwork(network.id);
    expect((await scene.network('S1')).usage.used_prefixes).toBe(before);
    const next = await scene.child('STOR', { shared: true });
    expect([next.vrf, next.prefixes]).toEqual([network.vrf, network.prefixes]);
  });

  it('scenario 44: the super network cannot be deleted while there are shared networks', async () => {
    const { scene } = stage();
    await refused(422, scene.admin.delete('v1/network/S1'));
    expect((await scene.network('S1')).usage.used_prefixes).toBeGreaterThan(0);
  });

  it('scenario 45: a project with an address in a shared network is not deleted', async () => {
    const { scene } = stage();
    const projectid = await newProject(scene.admin, 'consumer');
    await scene.editor.post('v1/ip/allocate', { networkid: scene.net.ST, projectid });
    await refused(400, scene.admin.delete(`v1/project/${projectid}`));
  });

  it('scenario 46: one of two firewalls gets the last address; the other leaves nothing behind', async () => {
    const { scene } = stage();
    await lastAddress(scene, scene, () => scene.tables(asnTable).size);
    expect(leaks(scene.tables)).toEqual([]);
  });

  it('scenario 47: 20 firewalls join concurrently', async () => {
    const { scene } = stage();
    for (const firewall of await twentyFirewalls([scene])) await scene.free(firewall);
    expect(leaks(scene.tables)).toEqual([]);
  });

  it('scenario 48: the static address of a failed allocation stays, without the tag of a machine', async () => {
    const { scene } = stage();
    await scene.admin.put('v1/network', internet('FULL', 104010, '198.51.100.0/31'));
    const { ipaddress } = await scene.staticIp('A', scene.net.ST);
    const networks = [scene.net.NA, 'FULL', scene.net.ST];
    await refused(422, scene.firewall('A', networks, { ips: [ipaddress] }));
    expect(await scene.ip(ipaddress)).toMatchObject({ type: 'static', projectid: scene.project.A, tags: [] });
    expect(leaks(scene.tables)).toEqual([]);
  });
});
