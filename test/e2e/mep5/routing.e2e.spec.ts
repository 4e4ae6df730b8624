import { expect, it } from 'vitest';
import { membership, typesOf } from '../../support/mep5/answers.js';
import { configure } from '../../support/mep5/configurator.js';
import { leafPorts, plantLeaves } from '../../support/mep5/leaves.js';
import { onEngines } from '../../support/mep5/on-engines.js';
import { refused } from '../../support/mep5/scene.js';

const INTERNET_VRF = 104009;

onEngines('MEP-5, routing contract', (stage) => {
  it('scenario 35: without NAT the consumer and the shared network see each other', async () => {
    const { scene } = stage();
    const [na, st] = [await scene.network(scene.net.NA), await scene.network(scene.net.ST)];
    const firewall = await scene.firewall('A', [na.id, 'INET', st.id]);
    const { imports, masquerades } = configure(firewall.allocation!.networks);
    expect(imports[na.vrf]).toEqual({ [INTERNET_VRF]: ['0.0.0.0/0'], [st.vrf]: st.prefixes });
    expect(imports[st.vrf]?.[na.vrf]).toEqual(expect.arrayContaining([...na.prefixes]));
    expect(masquerades).toEqual({ [INTERNET_VRF]: na.prefixes });
  });

  it('scenario 36: with NAT the consumer hides behind its address there', async () => {
    const { scene } = stage();
    const na = await scene.network(scene.net.NA);
    const st = await scene.child('STOR', { shared: true, nat: true });
    const firewall = await scene.firewall('A', [na.id, 'INET', st.id]);
    const { masquerades } = configure(firewall.allocation!.networks);
    expect(masquerades).toEqual({ [INTERNET_VRF]: na.prefixes, [st.vrf]: na.prefixes });
  });

  it('scenario 37: two consumers do not see each other', async () => {
    const { scene } = stage();
    const { NA, NB, ST } = scene.net;
    const [na, nb] = [await scene.network(NA), await scene.network(NB)];
    const [a, b] = [await scene.firewall('A', [NA, 'INET', ST]), await scene.firewall('B', [NB, 'INET', ST])];
    expect(membership(a, ST).ips).toHaveLength(1);
    expect(membership(a, ST).ips).not.toEqual(membership(b, ST).ips);
    for (const [firewall, foreign] of [[a, nb] as const, [b, na] as const]) {
      const everything = JSON.stringify(firewall.allocation!.networks);
      expect(everything).not.toContain(foreign.id);
      for (const prefix of foreign.prefixes) expect(everything).not.toContain(prefix);
    }
  });

  it('scenario 38: what the leaves let firewalls and storage machines announce', async () => {
    const { scene, installed } = stage();
    const { NA, ST } = scene.net;
    await plantLeaves(scene);
    const firewall = await scene.firewall('A', [NA, 'INET', ST]);
    const storage = await scene.machine('STOR', [ST]);
    for (const machine of [firewall, storage]) await installed(machine);
    const vrfs = [NA, 'INET', ST].map((id) => String(membership(firewall, id).vrf));
    for (const port of await leafPorts(scene, firewall)) {
      expect(port.vrf).toBe('default');
      expect(port.filter?.vnis).toEqual(expect.arrayContaining(vrfs));
      expect(port.filter?.cidrs).toEqual([`${membership(firewall, 'U1').ips[0]}/32`]);
    }
    const st = await scene.network(ST);
    const ports = await leafPorts(scene, storage);
    expect(ports).toHaveLength(2);
    for (const { filter } of ports)
      expect(filter?.cidrs).toEqual(expect.arrayContaining([...st.prefixes, '10.240.0.0/12']));
  });

  it('scenario 39: sharing a network changes nothing for the machines in it', async () => {
    const { scene } = stage();
    const { id } = await scene.child('A');
    const old = await scene.machine('A', [id]);
    await scene.admin.post('v1/network', { id, shared: true });
    expect(typesOf(await scene.viewer.get(`v1/machine/${old.id}`))).toEqual({ [id]: 'privateprimaryunshared' });
    expect(typesOf(await scene.machine('A', [id]))).toEqual({ [id]: 'privateprimaryshared' });
    expect(typesOf(await scene.firewall('A', [id, 'INET']))).toMatchObject({ [id]: 'privateprimaryshared' });
    await refused(422, scene.firewall('A', [id, scene.net.ST, 'INET']));
  });

  it('scenario 40: an address of each family in a dual-stack network', async () => {
    const { scene } = stage();
    const lengths = { IPv4: 22, IPv6: 64 };
    const prefixes = ['10.0.0.0/16', '2001:db8:1::/48'];
    await scene.admin.post('v1/network?force=true', { id: 'S1', prefixes, defaultchildprefixlength: lengths });
    const { id } = await scene.child('STOR', { shared: true });
    const { ips } = membership(await scene.firewall('A', [scene.net.NA, 'INET', id]), id);
    expect(ips.map((ip) => ip.includes(':'))).toEqual([false, true]);
  });
});
