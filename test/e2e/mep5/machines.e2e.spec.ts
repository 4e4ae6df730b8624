import { expect, it } from 'vitest';
import { Ip } from '../../../src/shared/net/ip.js';
import { Prefix } from '../../../src/shared/net/prefix.js';
import { machineTag, membership, typesOf } from '../../support/mep5/answers.js';
import { leafPorts, plantLeaves } from '../../support/mep5/leaves.js';
import { onEngines } from '../../support/mep5/on-engines.js';
import { manual, refused } from '../../support/mep5/scene.js';

onEngines('MEP-5, machines', (stage) => {
  it('scenario 10: a machine of the storage project joins its shared network', async () => {
    const { scene, installed } = stage();
    const { ST } = scene.net;
    await plantLeaves(scene);
    const machine = await scene.machine('STOR', [ST]);
    const st = await scene.network(ST);
    expect(machine.allocation!.networks).toMatchObject([
      { networkid: ST, networktype: 'privateprimaryshared', private: true, vrf: st.vrf },
    ]);
    const [address] = membership(machine, ST).ips;
    expect(Prefix.parse(st.prefixes[0]!).contains(Ip.parse(address!))).toBe(true);
    expect(await scene.ip(address!)).toMatchObject({
      type: 'ephemeral',
      projectid: scene.project.STOR,
      tags: [machineTag(machine)],
    });
    await installed(machine);
    expect((await leafPorts(scene, machine)).map(({ vrf }) => vrf)).toEqual([`vrf${st.vrf}`, `vrf${st.vrf}`]);
  });

  it('scenario 11: with a static address it has exactly this one', async () => {
    const { scene } = stage();
    const { ST } = scene.net;
    for (const wish of [manual(ST), { networkid: ST, autoacquire: true }, ST]) {
      const { ipaddress } = await scene.staticIp('STOR', ST);
      const before = await scene.usedIps(ST);
      const machine = await scene.machine('STOR', [wish], { ips: [ipaddress] });
      expect(membership(machine, ST).ips).toEqual([ipaddress]);
      expect(await scene.usedIps(ST)).toBe(before);
    }
  });

  it('scenario 12: neither an address nor a request for one', async () => {
    const { scene } = stage();
    await refused(422, scene.machine('STOR', [manual(scene.net.ST)]));
  });

  it('scenario 13: a shared network of another project is not a primary network', async () => {
    const { scene } = stage();
    await refused(422, scene.machine('A', [scene.net.ST]));
  });

  it('scenario 14: machines cannot join a shared network in addition to their own', async () => {
    const { scene } = stage();
    await refused(422, scene.machine('A', [scene.net.NA, scene.net.ST]));
  });

  it('scenario 15: two shared networks', async () => {
    const { scene } = stage();
    await refused(422, scene.machine('STOR', [scene.net.ST, scene.net.ST2]));
  });

  it('scenario 16: two unshared networks', async () => {
    const { scene } = stage();
    await refused(422, scene.machine('A', [scene.net.NA, scene.net.NB]));
  });

  it('scenario 17: no private network at all', async () => {
    const { scene } = stage();
    await refused(422, scene.machine('A', ['INET']));
    await refused(400, scene.machine('A', []));
  });

  it('scenario 18: own network and internet', async () => {
    const { scene } = stage();
    const machine = await scene.machine('A', [scene.net.NA, 'INET']);
    expect(typesOf(machine)).toEqual({ [scene.net.NA]: 'privateprimaryunshared', INET: 'external' });
  });

  it('scenario 19: a duplicate network, the super network, the underlay', async () => {
    const { scene } = stage();
    const { NA } = scene.net;
    for (const networks of [[NA, NA], ['S1'], ['U1'], ['U1', NA]]) await refused(422, scene.machine('A', networks));
  });
});
