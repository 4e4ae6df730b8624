import type { BmcReader } from '../../agent/bmc/bmc-driver.js';
import type { RestClient } from '../../agent/rest-client.js';
import type { Lab } from '../../agent/simulator/lab.js';
import type { SimulatedMachine } from '../../agent/simulator/simulated-machine.js';
import type { SimulatedPartition } from '../../agent/simulator/simulated-partition.js';
import { powerSteps } from './power-steps.js';
import { check, fail, expectRefusal, pollUntil } from './step.js';
import type { Step } from './step.js';

/** The fields of API responses that the steps use. */
export interface MachineNetworkAnswer {
  readonly networkid: string;
  readonly networktype: string;
  readonly ips: readonly string[];
  readonly vrf: number;
  readonly asn: number;
  readonly nat: boolean;
}

export interface MachineAnswer {
  readonly id: string;
  readonly liveliness: string;
  readonly tags: readonly string[];
  readonly events: { readonly log: readonly { readonly event: string }[] };
  readonly allocation?: { readonly role: string; readonly networks: readonly MachineNetworkAnswer[] } | null;
}

interface CommandAnswer {
  readonly id: string;
  readonly command: string;
  readonly type: string;
  readonly state: string;
  readonly error: string;
}

/** Clients and environment of the steps. */
export interface Stage {
  readonly viewer: RestClient;
  readonly editor: RestClient;
  readonly admin: RestClient;
  readonly lab: Lab;
  readonly site: SimulatedPartition;
  /** Reads back power state and boot device; over IPMI if the BMCs are real. */
  readonly bmc: BmcReader;
}

/**
 * The life cycle of a machine and a firewall from PXE boot to release, as steps that build on one another. All
 * assertions check state read back from the API, the switches and the BMCs.
 */
export function story({ viewer, editor, admin, lab, site, bmc }: Stage): Step[] {
  let network = '';
  let storage = '';
  let machine: MachineAnswer;
  let firewall: MachineAnswer;

  const read = (id: string): Promise<MachineAnswer> => viewer.get<MachineAnswer>(`v1/machine/${id}`);
  const simulated = (id: string): SimulatedMachine =>
    site.machineById(id) ?? fail(`machine ${id} does not belong to this site`);
  const request = (extra: object): object => ({
    projectid: lab.projects.a,
    partitionid: lab.partition,
    sizeid: lab.size,
    ssh_pub_keys: [],
    ...extra,
  });
  const vrfs = async (id: string): Promise<string[]> => {
    await site.synchronizeSwitches();
    const { wires } = simulated(id).settings;
    return wires.map(({ switchName, switchPort }) => {
      const leaf = site.switches.find(({ settings }) => settings.name === switchName);
      return leaf?.vrfs.get(switchPort) ?? 'no such port';
    });
  };
  const runs = async (id: string): Promise<MachineAnswer> =>
    pollUntil(`machine ${id} runs and phones home`, async () => {
      const answer = await read(id);
      return simulated(id).phase === 'running' && answer.events.log[0]?.event === 'Phoned Home' ? answer : undefined;
    });
  const waits = async (id: string): Promise<void> => {
    await pollUntil(`machine ${id} waits`, async () => {
      const [answer] = await viewer.post<MachineAnswer[]>('v1/machine/find', { id });
      if (!answer) return false;
      const { events, liveliness } = answer;
      return simulated(id).phase === 'waiting' && events.log[0]?.event === 'Waiting' && liveliness === 'Alive';
    });
  };
  /** Sends a command and waits until the journal reports it as done. */
  const command = async (id: string, route: string, name: string): Promise<void> => {
    const before = new Set((await commandsOf(id)).map((entry) => entry.id));
    await editor.post(`v1/machine/${id}/power/${route}`);
    await done(id, before, name);
  };
  const commandsOf = (id: string): Promise<CommandAnswer[]> => viewer.get(`commands?machine=${id}`);
  const done = (id: string, before: ReadonlySet<string>, name: string): Promise<CommandAnswer> =>
    pollUntil(`command ${name} of machine ${id} is done`, async () => {
      const entry = (await commandsOf(id)).find((candidate) => !before.has(candidate.id) && nameOf(candidate) === name);
      if (entry && ['failed', 'expired'].includes(entry.state)) fail(`${name} ended as ${entry.state}: ${entry.error}`);
      return entry?.state === 'done' ? entry : undefined;
    });

  return [
    {
      title: 'all machines boot by PXE, register with both leaves and wait',
      play: async () => {
        for (const { id } of site.machines) await waits(id);
        return `${site.machines.length} machines wait`;
      },
    },
    {
      title: 'an editor allocates a private network and a shared storage network',
      play: async () => {
        const child = { partitionid: lab.partition, nat: false };
        network = (await allocateNetwork(editor, { ...child, name: 'a', projectid: lab.projects.a })).id;
        const labels = { 'network.metal-stack.io/partition-storage': '' };
        const shared = { ...child, name: 'storage', projectid: lab.projects.storage, shared: true, labels };
        storage = (await allocateNetwork(editor, shared)).id;
        return `private ${network}, storage ${storage}`;
      },
    },
    {
      title: 'a viewer may not allocate',
      play: () => expectRefusal(403, () => viewer.post('v1/machine/allocate', request({}))),
    },
    {
      title: 'an editor allocates a machine into the private network',
      play: async () => {
        const networks = [{ networkid: network, autoacquire: true }];
        const body = request({ name: 'worker', hostname: 'worker', imageid: lab.machineImage, networks });
        machine = await editor.post<MachineAnswer>('v1/machine/allocate', body);
        const [own] = machine.allocation!.networks;
        check(own?.networktype === 'privateprimaryunshared' && own.ips.length === 1, 'one private primary network');
        return `${machine.id} ${own!.ips[0]} ASN ${own!.asn}`;
      },
    },
    {
      title: 'its Wait call returns, it installs, reports, boots and phones home',
      play: async () => {
        const { events } = await runs(machine.id);
        return events.log
          .map(({ event }) => event)
          .reverse()
          .join(' → ');
      },
    },
    {
      title: 'both leaves have its ports in the VRF of its network',
      play: async () => {
        const vrf = `vrf${machine.allocation!.networks[0]!.vrf}`;
        check(
          (await vrfs(machine.id)).every((port) => port === vrf),
          `both ports in ${vrf}`,
        );
        return vrf;
      },
    },
    {
      title: 'an editor allocates a firewall into the private, internet and storage networks',
      play: async () => {
        const networks = [storage, lab.internet, network].map((networkid) => ({ networkid, autoacquire: true }));
        const body = request({ name: 'fw', hostname: 'fw', imageid: lab.firewallImage, networks });
        firewall = await editor.post<MachineAnswer>('v1/firewall/allocate', body);
        const types = firewall.allocation!.networks.map(({ networktype }) => networktype);
        const wanted = ['privateprimaryunshared', 'privatesecondaryshared', 'external', 'underlay'];
        check(types.join() === wanted.join(), `networks ${wanted.join(', ')}, got ${types.join(', ')}`);
        return firewall.allocation!.networks.map(networkLine).join('');
      },
    },
    {
      title: 'the firewall runs, with its ports in the default VRF',
      play: async () => {
        await runs(firewall.id);
        check(
          (await vrfs(firewall.id)).every((port) => port === 'default'),
          'both ports in default',
        );
        return 'default';
      },
    },
    ...powerSteps(() => simulated(machine.id), bmc, command),
    {
      title: 'an editor may not delete a machine from the database, nor may an admin delete an allocated one',
      play: async () => {
        await expectRefusal(403, () => editor.delete(`v1/machine/${machine.id}`));
        return expectRefusal(422, () => admin.delete(`v1/machine/${machine.id}`));
      },
    },
    {
      title: 'an editor frees both: their ports leave the VRF, addresses and ASN are released',
      play: async () => {
        for (const { id, allocation } of [machine, firewall]) {
          const before = new Set((await commandsOf(id)).map((entry) => entry.id));
          const freed = await editor.delete<MachineAnswer>(`v1/machine/${id}/free`);
          check(!freed.allocation && freed.tags.length === 0, 'neither allocation nor tags');
          check(
            (await vrfs(id)).every((port) => port === ''),
            'both ports without VRF',
          );
          for (const ip of allocation!.networks.flatMap(({ ips }) => ips))
            await expectRefusal(404, () => viewer.get(`v1/ip/${ip}`));
          await done(id, before, 'delete');
        }
        return `${machine.id}, ${firewall.id}`;
      },
    },
    {
      title: 'both boot by PXE again and wait',
      play: async () => {
        await waits(machine.id);
        await waits(firewall.id);
        return 'both wait';
      },
    },
    {
      title: 'an editor frees the networks',
      play: async () => {
        for (const id of [network, storage]) await editor.delete(`v1/network/free/${id}`);
        return expectRefusal(404, () => viewer.get(`v1/network/${network}`));
      },
    },
    {
      title: 'an admin may delete a machine that was never alive, but not one that is alive',
      play: async () => {
        const id = '00000000-0000-4000-8000-00000000dead';
        const reports = { [id]: { BMCIp: '10.255.255.1', PowerState: 'OFF', IndicatorLEDState: 'LED-OFF' } };
        await editor.post('v1/machine/ipmi', { partitionid: lab.partition, reports });
        await expectRefusal(403, () => editor.delete(`v1/machine/${id}`));
        await expectRefusal(422, () => admin.delete(`v1/machine/${machine.id}`));
        await admin.delete(`v1/machine/${id}`);
        return expectRefusal(404, () => viewer.get(`v1/machine/${id}`));
      },
    },
  ];
}

const allocateNetwork = (editor: RestClient, body: object): Promise<{ id: string }> =>
  editor.post('v1/network/allocate', body);

const nameOf = ({ type, command }: CommandAnswer): string => (type === 'delete' ? 'delete' : command);

const networkLine = ({ networktype, networkid, ips, vrf, nat }: MachineNetworkAnswer): string =>
  `\n      ${networktype.padEnd(24)} ${networkid.padEnd(36)} ${ips.join(', ').padEnd(16)} vrf ${vrf}${nat ? ' nat' : ''}`;
