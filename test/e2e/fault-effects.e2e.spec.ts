import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { Conditions } from '../../src/agent/simulator/faults/conditions.js';
import type { Fault, FaultKind } from '../../src/agent/simulator/faults/fault.js';
import { beginFault, endFault } from '../../src/agent/simulator/faults/fault-effects.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { RunningPartition } from '../../src/agent/simulator/running-partition.js';
import { settle } from '../../src/agent/simulator/agreement/settle.js';
import type { SimulatedMachine } from '../../src/agent/simulator/simulated-machine.js';
import { BmcDirectory } from '../../src/modules/command/command.js';
import { CommandService } from '../../src/modules/command/command.service.js';
import { Bus } from '../../src/platform/bus/bus.js';
import { GrpcServer } from '../../src/platform/grpc/grpc-server.js';
import { MemoryLogger } from '../../src/shared/app-logger.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { DEV_KEYS } from '../support/hmac.js';

interface StoredSwitch {
  readonly mode: string;
  readonly nics: readonly { readonly name: string; readonly mac: string; readonly actual: string }[];
}

interface StoredMachine {
  readonly bios: { readonly version: string };
  readonly hardware: { readonly nics: readonly { readonly mac: string }[] };
  readonly events: {
    readonly crash_loop: boolean;
    readonly log: readonly { readonly event: string; readonly message: string }[];
  };
  readonly ipmi: {
    readonly bmcversion: string;
    readonly powerstate: string;
    readonly powersupplies: readonly unknown[];
    readonly powermetric: { readonly averageconsumedwatts: number };
  };
}

/** What the server sees of each fault, and that everything agrees when it is over. */
describe('faults of a simulated partition', () => {
  let server: TestApp;
  let lab: Lab;
  let admin: RestClient;
  let site: RunningPartition;
  const conditions = new Conditions({ speed: 1000 });

  beforeAll(async () => {
    server = await startTestApp();
    admin = new RestClient({ url: `${server.url}/`, key: DEV_KEYS.admin, role: 'admin' });
    lab = await installLab(admin);
    site = new RunningPartition({
      ...{ partition: lab.partition, machines: 3, seed: 1, stepTime: 5, url: `${server.url}/` },
      ...{ grpc: `127.0.0.1:${await server.app.get(GrpcServer).start()}`, editorKey: DEV_KEYS.editor },
      ...{ bus: server.app.get(Bus), log: new MemoryLogger(), conditions },
    });
    await site.start();
    await agreement();
  });
  afterAll(async () => {
    await site.stop();
    await server.close();
  });

  const parts = () => ({ partition: site.partition, bus: site.bus, admin });
  const machine = (index: number): SimulatedMachine => site.partition.machines[index]!;
  const stored = (index: number) => admin.get<StoredMachine>(`v1/machine/${machine(index).id}/ipmi`);
  const leaf = () => site.partition.switches[0]!;
  const storedLeaf = () => admin.get<StoredSwitch>(`v1/switch/${leaf().settings.name}`);

  async function begin(kind: FaultKind, subject: string, more: Partial<Fault> = {}): Promise<Fault> {
    const fault = { kind, subject, at: 0, lasts: 60_000, ...more };
    conditions.begin(fault);
    await beginFault(parts(), fault);
    return fault;
  }
  /** Ends the fault and waits until server and partition agree, without repairs. */
  async function over(fault: Fault): Promise<void> {
    conditions.end(fault);
    endFault(parts(), fault);
    await agreement();
  }
  async function agreement(): Promise<void> {
    const options = {
      timeout: 15_000,
      pause: 20,
      patience: 60_000,
      aftermath: { lied: new Set<string>(), keptSwitches: new Set<string>() },
    };
    const { differences } = await settle({ ...options, partition: site.partition, client: admin });
    expect(differences).toEqual([]);
  }

  it('a crash loop shows, and ends', async () => {
    const { starts } = machine(0);
    const fault = await begin('machine in a crash loop', machine(0).id);
    await eventually('it starts again and again', () => machine(0).starts > starts + 3);
    const { events } = await stored(0);
    expect(events.log.map(({ message }) => message).join()).toContain('the installer crashes');
    expect(events.crash_loop).toBe(true);
    await over(fault);
    expect(machine(0).phase).toBe('waiting');
  });

  it('a machine that registers twice is registered once', async () => {
    const fault = await begin('machine registering twice', machine(1).id);
    await eventually('it waits', () => machine(1).phase === 'waiting');
    await over(fault);
    expect(await admin.get<unknown[]>('v1/machine')).toHaveLength(3);
  });

  it('a network card with another MAC address replaces the former one', async () => {
    const before = machine(0).wires[0]!.mac;
    await over(await begin('MAC address changed', machine(0).id));
    expect(machine(0).wires[0]!.mac).not.toBe(before);
    expect((await stored(0)).hardware.nics.map(({ mac }) => mac)).toEqual(machine(0).wires.map(({ mac }) => mac));
  });

  it('a machine with the UUID of another one does not become it', async () => {
    const fault = await begin('UUID of another machine', machine(0).id, { detail: machine(1).id });
    await eventually('it is refused', () => machine(0).phase === 'crashed');
    const victim = await stored(1);
    expect(victim.hardware.nics.map(({ mac }) => mac)).toEqual(machine(1).wires.map(({ mac }) => mac));
    expect(victim.events.log[0]!.event).toBe('Crashed');
    await over(fault);
    expect(machine(0).phase).toBe('waiting');
  });

  it('a switch that is gone reports nothing, and its machines cannot register', async () => {
    const fault = await begin('switch gone', leaf().settings.name);
    machine(2).bmc.reset();
    await eventually('the installer sees no neighbour', () => machine(2).phase === 'crashed');
    expect((await stored(2)).events.log[0]!.message).toContain('no neighbour at eth0');
    await over(fault);
    expect(machine(2).phase).toBe('waiting');
  });

  it('a lost link shows at the port', async () => {
    const port = leaf().ports[1]!.name;
    const fault = await begin('link lost', leaf().settings.name, { detail: port });
    await site.partition.synchronizeSwitches();
    const states = (await storedLeaf()).nics.map(({ name, actual }) => [name, actual]);
    expect(states).toEqual(leaf().ports.map(({ name }) => [name, name === port ? 'DOWN' : 'UP']));
    await over(fault);
  });

  it('a port that the API shuts has no link, until the API opens it', async () => {
    const { name } = leaf().settings;
    const port = leaf().ports[0]!.name;
    await admin.post(`v1/switch/${name}/port`, { nic: port, status: 'DOWN' });
    await site.partition.synchronizeSwitches();
    expect((await storedLeaf()).nics.find((nic) => nic.name === port)!.actual).toBe('DOWN');
    machine(0).bmc.reset();
    await eventually('the installer sees no neighbour', () => machine(0).phase === 'crashed');
    await admin.post(`v1/switch/${name}/port`, { nic: port, status: 'UP' });
    await agreement();
    expect(machine(0).phase).toBe('waiting');
  });

  it('a replaced switch has the ports of the new hardware', async () => {
    const before = (await storedLeaf()).nics.map(({ mac }) => mac);
    await over(await begin('switch replaced', leaf().settings.name, { lasts: 0 }));
    const { mode, nics } = await storedLeaf();
    expect(mode).toBe('operational');
    expect(nics.map(({ mac }) => mac)).toEqual(leaf().ports.map(({ mac }) => mac));
    expect(nics.map(({ mac }) => mac)).not.toEqual(before);
  });

  it('a partition that is cut off carries out its commands afterwards', async () => {
    const fault = await begin('partition cut off', lab.partition);
    await expect(site.partition.synchronizeSwitches()).rejects.toThrow('cut off');
    await admin.post(`v1/machine/${machine(0).id}/power/off`);
    expect(machine(0).phase).toBe('waiting');
    conditions.end(fault);
    endFault(parts(), fault);
    await eventually('it is off', () => machine(0).phase === 'off');
    await admin.post(`v1/machine/${machine(0).id}/power/on`);
    await agreement();
  });

  it('a lying BMC is detected when it tells the truth again', async () => {
    const fault = await begin('BMC lying', machine(1).id);
    await site.partition.reportBmcs();
    expect((await stored(1)).ipmi.powerstate).toBe('OFF');
    await over(fault);
    expect((await stored(1)).ipmi.powerstate).toBe('ON');
  });

  it('a dead BMC fails the command', async () => {
    const fault = await begin('BMC dead', machine(1).id);
    await admin.post(`v1/machine/${machine(1).id}/power/reset`);
    const failed = () => server.app.get(CommandService).list({ state: 'failed' }).length > 0;
    await eventually('the command fails', failed);
    await over(fault);
  });

  it('power draw and power supplies are reported', async () => {
    await site.partition.reportBmcs();
    const { ipmi } = await stored(2);
    expect(ipmi.powermetric.averageconsumedwatts).toBeGreaterThan(50);
    expect(ipmi.powersupplies).toHaveLength(2);
  });

  it('firmware updates change the versions', async () => {
    const store = createServer((_, response) => response.end('image')).listen(0, '127.0.0.1');
    server.app.get(BmcDirectory).firmwareUrl.provide(async (_, { kind, revision }) => {
      const { port } = store.address() as AddressInfo;
      return `http://127.0.0.1:${port}/firmware/${kind}/simulated/S1/${revision}?signature=x`;
    });
    const commands = server.app.get(CommandService);
    const target = { machine: machine(2).id, partition: lab.partition, kind: 'command' } as const;
    for (const kind of ['bmc', 'bios'] as const) {
      const firmware = { kind, revision: `2.${kind}` };
      await commands.issue({ ...target, command: 'UPDATE-FIRMWARE', firmware });
    }
    await eventually('the BMC has it', () => machine(2).bmc.firmware.bmc === '2.bmc');
    await commands.issue({ ...target, command: 'CYCLE' });
    await eventually('the BIOS has it', () => machine(2).bmc.firmware.bios === '2.bios');
    await agreement();
    const { bios, ipmi } = await stored(2);
    expect([bios.version, ipmi.bmcversion]).toEqual(['2.bios', '2.bmc']);
    store.close();
  });
});
