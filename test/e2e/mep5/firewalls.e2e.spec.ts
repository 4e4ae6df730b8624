import { expect, it } from 'vitest';
import { asnTable } from '../../../src/modules/pool/pool.table.js';
import { leaks } from '../../support/invariants.js';
import { machineTag, membership, typesOf } from '../../support/mep5/answers.js';
import { onEngines } from '../../support/mep5/on-engines.js';
import { manual, refused } from '../../support/mep5/scene.js';

onEngines('MEP-5, firewalls', (stage) => {
  it('scenario 20: own network, internet and shared network, in any order', async () => {
    const { scene } = stage();
    const { NA, ST } = scene.net;
    const orders = [
      [NA, 'INET', ST],
      [ST, NA, 'INET'],
      ['INET', ST, NA],
    ];
    const asns: number[] = [];
    for (const order of orders) {
      const firewall = await scene.firewall('A', order);
      expect(typesOf(firewall)).toEqual({
        [NA]: 'privateprimaryunshared',
        [ST]: 'privatesecondaryshared',
        INET: 'external',
        U1: 'underlay',
      });
      const { networks } = firewall.allocation!;
      expect(new Set(networks.map(({ asn }) => asn)).size).toBe(1);
      asns.push(networks[0]!.asn);
      expect([NA, 'INET', ST].map((id) => membership(firewall, id).nat)).toEqual([false, true, false]);
    }
    expect(new Set(asns).size).toBe(orders.length);
    expect(Math.min(...asns)).toBeGreaterThanOrEqual(4210000001);
  });

  it('scenario 21: its address in the shared network is ephemeral and of its own project', async () => {
    const { scene } = stage();
    const { NA, ST } = scene.net;
    const before = await scene.usedIps(ST);
    const firewall = await scene.firewall('A', [NA, 'INET', ST]);
    const [address] = membership(firewall, ST).ips;
    expect(await scene.ip(address!)).toMatchObject({
      projectid: scene.project.A,
      networkid: ST,
      type: 'ephemeral',
      tags: [machineTag(firewall)],
    });
    expect(await scene.usedIps(ST)).toBe(before + 1);
  });

  it('scenario 22: several shared networks', async () => {
    const { scene } = stage();
    const { NA, ST, ST2 } = scene.net;
    expect(typesOf(await scene.firewall('A', [NA, 'INET', ST, ST2]))).toMatchObject({
      [ST]: 'privatesecondaryshared',
      [ST2]: 'privatesecondaryshared',
    });
  });

  it('scenario 23: a firewall of the shared network itself', async () => {
    const { scene } = stage();
    const { ST } = scene.net;
    expect(typesOf(await scene.firewall('STOR', [ST, 'INET']))).toMatchObject({ [ST]: 'privateprimaryshared' });
  });

  it('scenario 24: a shared network of another project is not a primary network', async () => {
    const { scene } = stage();
    await refused(422, scene.firewall('A', [scene.net.ST, 'INET']));
  });

  it('scenario 25: two shared networks and none of its own', async () => {
    const { scene } = stage();
    await refused(422, scene.firewall('STOR', [scene.net.ST, scene.net.ST2, 'INET']));
  });

  it('scenario 26: two unshared networks', async () => {
    const { scene } = stage();
    await refused(422, scene.firewall('A', [scene.net.NA, scene.net.NB, 'INET']));
  });

  it('scenario 27: networks of another partition', async () => {
    const { scene } = stage();
    await refused(422, scene.firewall('A', [scene.net.NA, 'INET', scene.net.X2]));
    await refused(422, scene.firewall('A', [scene.net.NA, 'INET'], { partitionid: 'P2' }));
  });

  it('scenario 28: a static address of its own in the shared network', async () => {
    const { scene } = stage();
    const { NA, ST } = scene.net;
    const ip = await scene.staticIp('A', ST);
    expect(ip.projectid).toBe(scene.project.A);
    const firewall = await scene.firewall('A', [NA, 'INET', ST], { ips: [ip.ipaddress] });
    expect(membership(firewall, ST).ips).toEqual([ip.ipaddress]);
    for (const id of [NA, 'INET']) expect(membership(firewall, id).ips).toHaveLength(1);
    expect(await scene.ip(ip.ipaddress)).toMatchObject({ type: 'static', tags: [machineTag(firewall)] });
  });

  it('scenario 29: a static address of another project', async () => {
    const { scene } = stage();
    const { NA, ST } = scene.net;
    const { ipaddress } = await scene.staticIp('STOR', ST);
    await refused(422, scene.firewall('A', [NA, 'INET', ST], { ips: [ipaddress] }));
  });

  it('scenario 30: an address in a network that is not listed, an unknown address', async () => {
    const { scene } = stage();
    const { NA, ST } = scene.net;
    const { ipaddress } = await scene.staticIp('A', scene.net.ST2);
    await refused(422, scene.firewall('A', [NA, 'INET', ST], { ips: [ipaddress] }));
    await refused(404, scene.firewall('A', [NA, 'INET', ST], { ips: ['10.0.255.254'] }));
  });

  it('scenario 31: an address in a network of another project that is not shared', async () => {
    const { scene } = stage();
    await refused(422, scene.staticIp('A', scene.net.NB));
  });

  it('scenario 32: no address at all', async () => {
    const { scene } = stage();
    await refused(422, scene.firewall('A', [scene.net.NA, 'INET', scene.net.ST].map(manual)));
  });

  it('scenario 33: the underlay must not be named', async () => {
    const { scene } = stage();
    await refused(422, scene.firewall('A', [scene.net.NA, 'INET', 'U1']));
  });

  it('scenario 34: a partition without underlay has no firewalls, and nothing leaks', async () => {
    const { scene } = stage();
    const { id } = await scene.child('A', { partitionid: 'P3' });
    const [asns, inet] = [scene.tables(asnTable).size, await scene.usedIps('INET')];
    await refused(422, scene.firewall('A', [id, 'INET'], { partitionid: 'P3' }));
    expect([scene.tables(asnTable).size, await scene.usedIps('INET')]).toEqual([asns, inet]);
    expect(await scene.usedIps(id)).toBe(2);
    expect(leaks(scene.tables)).toEqual([]);
  });
});
