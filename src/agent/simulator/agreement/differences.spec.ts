import { beforeEach, describe, expect, it } from 'vitest';
import type { BootApi } from '../../boot-api.js';
import type { RestClient } from '../../rest-client.js';
import { SimulatedPartition } from '../simulated-partition.js';
import { differencesBetween } from './differences.js';
import { repairsFor } from './repair.js';
import type { ServerView, StoredMachine, StoredSwitch } from './server-view.js';

/** Two machines at two leaves, all of them off, and a server that knows exactly that. */
let partition: SimulatedPartition;
let view: { machines: StoredMachine[]; switches: StoredSwitch[]; commands: ServerView['commands'] };

beforeEach(() => {
  const clients = { boot: {} as BootApi, rest: {} as RestClient };
  partition = new SimulatedPartition({ partition: 'lab', machines: 2 }, clients);
  view = {
    machines: partition.machines.map(({ id, wires }) => ({
      id,
      liveliness: 'Dead',
      bios: { version: '1.0' },
      ledstate: { value: 'LED-OFF' },
      hardware: { nics: wires },
      ipmi: { powerstate: 'OFF', bmcversion: '1.0' },
      allocation: null,
    })),
    switches: partition.switches.map(({ settings: { name }, ports }) => ({
      id: name,
      mode: 'operational',
      nics: ports.map((port) => ({ ...port, vrf: '', actual: 'UP' })),
      connections: ports.map((port) => ({ nic: port, machine_id: partition.machineAt(name, port.name)!.id })),
    })),
    commands: [],
  };
});

const first = (): string => partition.machines[0]!.id;
const change = (fields: Partial<StoredMachine>): void => {
  view.machines[0] = { ...view.machines[0]!, ...fields };
};
const changePort = (fields: Partial<StoredSwitch['nics'][number]>): void => {
  const { nics } = view.switches[0]!;
  view.switches[0] = { ...view.switches[0]!, nics: nics.map((nic, n) => (n === 0 ? { ...nic, ...fields } : nic)) };
};
const command = (state: string, fields: object = {}): ServerView['commands'][number] => ({
  ...{ id: 'c', machine: first(), type: 'command', command: 'RESET', state, error: 'no BMC responds', ...fields },
});
const texts = (): string[] => differencesBetween(view, partition).map(({ subject, text }) => `${subject}: ${text}`);

describe('differencesBetween', () => {
  it('is empty when server and partition agree', () => {
    expect(texts()).toEqual([]);
  });

  it.each<[string, () => void, string]>([
    ['an unknown machine', () => view.machines.shift(), 'the server does not know this machine'],
    [
      'the LED',
      () => change({ ledstate: { value: 'LED-ON' } }),
      'LED: the server has "LED-ON", the partition "LED-OFF"',
    ],
    ['the BIOS', () => change({ bios: { version: '2' } }), 'BIOS version: the server has "2", the partition "1.0"'],
    [
      'the power state',
      () => change({ ipmi: { powerstate: 'ON', bmcversion: '1.0' } }),
      'power state: the server has "ON", the partition "OFF"',
    ],
    [
      'the BMC version',
      () => change({ ipmi: { powerstate: 'OFF', bmcversion: '0.9' } }),
      'BMC version: the server has "0.9", the partition "1.0"',
    ],
    ['a command under way', () => (view.commands = [command('published')]), 'RESET is still published'],
  ])('names the machine: %s', (_, difference, text) => {
    difference();
    expect(texts()).toContain(`${first()}: ${text}`);
  });

  it('compares the MAC addresses of free machines only', () => {
    partition.machines[0]!.replaceCard('eth0', '02:00:00:00:00:01');
    expect(texts()).toEqual([expect.stringContaining(`${first()}: MAC addresses: the server has "02:01:`)]);
    change({ allocation: { reinstall: false } });
    expect(texts()).toEqual([]);
  });

  it('names machines that the partition does not have', () => {
    view.machines.push({ ...view.machines[0]!, id: 'stranger' });
    expect(texts()).toEqual(['stranger: the server has this machine, the partition does not']);
  });

  it('names the switch and its port', () => {
    const [leaf] = partition.switches;
    const { name } = leaf!.settings;
    changePort({ actual: 'DOWN' });
    expect(texts()).toEqual([`${name}: port Ethernet0: the server has "DOWN", the partition "UP"`]);
    changePort({ actual: 'UP', vrf: 'vrf42' });
    expect(texts()).toEqual([
      `${name}: VRF of port Ethernet0: the server has "vrf42", the partition ""`,
      `${name}: port Ethernet0 is in vrf42, but its machine is not installed`,
    ]);
    view.switches[0] = { ...view.switches[0]!, mode: 'replace', connections: [] };
    expect(texts()).toContain(`${name}: the server waits for a replacement`);
    expect(texts()).toContain(`${name}: machine at port Ethernet0: the server has "", the partition "${first()}"`);
    view.switches.shift();
    expect(texts()).toEqual([`${name}: the server does not know this switch`]);
  });

  it('expects machines that are on to do what their allocation says', () => {
    partition.machines[0]!.bmc.powerOn();
    change({ ipmi: { powerstate: 'ON', bmcversion: '1.0' } });
    expect(texts()).toEqual([`${first()}: the machine is pxe booting, but free`]);
    change({ allocation: { reinstall: false, boot_info: {} } });
    expect(texts()).toContain(`${first()}: the machine is pxe booting, but installed`);
    partition.stop();
  });
});

describe('repairsFor', () => {
  const after = (lied: readonly string[], keptSwitches: readonly string[] = []) => ({
    lied: new Set(lied),
    keptSwitches: new Set(keptSwitches),
  });
  const repairs = (...lied: string[]): string[][] =>
    repairsFor(view, partition, after(lied)).map(({ subject, reason }) => [subject, reason]);

  it('repairs only what a lost command or a lying BMC explains', () => {
    expect(repairs()).toEqual([]);
    expect(repairs(first())).toEqual([[first(), 'its BMC lied']]);
    view.commands = [command('done')];
    expect(repairs()).toEqual([]);
    view.commands = [command('failed')];
    expect(repairs()).toEqual([[first(), 'RESET failed: no BMC responds']]);
    view.commands = [command('expired', { machine: 'stranger' })];
    expect(repairs()).toEqual([]);
  });

  it('frees a free machine again, and starts an installed one from its disk', async () => {
    const calls: string[] = [];
    const client = {
      delete: async (path: string) => calls.push(path),
      post: async (path: string) => calls.push(path),
    } as unknown as RestClient;
    const carryOut = () => Promise.all(repairsFor(view, partition, after([first()])).map((r) => r.carryOut(client)));
    await carryOut();
    change({ allocation: { reinstall: false, boot_info: {} } });
    await carryOut();
    const machine = `v1/machine/${first()}`;
    expect(calls).toEqual([`${machine}/free`, `${machine}/power/disk`, `${machine}/power/cycle`]);
  });

  it('cancels the replacement of a switch again if it was given up, and no other', async () => {
    const [name, other] = partition.switches.map(({ settings }) => settings.name) as [string, string];
    view.switches = view.switches.map((leaf) => ({ ...leaf, mode: 'replace' }));
    const found = repairsFor(view, partition, after([], [name]));
    expect(found.map(({ subject }) => subject)).toEqual([name]);
    const sent: unknown[] = [];
    const client = { post: async (path: string, body: object) => sent.push([path, body]) } as unknown as RestClient;
    await found[0]!.carryOut(client);
    expect(sent).toEqual([['v1/switch', expect.objectContaining({ id: name, mode: 'operational' })]]);
    expect(texts()).toContain(`${other}: the server waits for a replacement`);
  });
});
