import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../../test/support/store.js';
import { ManualClock } from '../../../shared/clock.js';
import { invalid } from '../../../shared/errors/domain-error.js';
import { MemoryLogger } from '../../../shared/app-logger.js';
import type { CommandService } from '../../command/command.service.js';
import type { CommandRequest } from '../../command/command.js';
import { PartitionReferences } from '../../partition/partition.js';
import { SwitchService } from '../../switch/switch.service.js';
import { switchStatusTable, switchTable } from '../../switch/switch.table.js';
import { leaf } from '../../../../test/support/switches.js';
import { newMachine } from '../machine.js';
import type { Machine, MachineAllocation, MachineRelease, AllocationRole } from '../machine.js';
import { machineTable } from '../machine.table.js';
import { InstallationService } from './installation.service.js';
import { MachineRepository } from '../core/machine.repository.js';
import { PortVrfService } from '../core/port-vrf.service.js';

const INFO = { primaryDisk: '', osPartition: '', initrd: 'i', cmdline: 'c', kernel: 'k', bootloaderId: 'b' };
const NETWORK = { type: 'privateprimaryunshared', vrf: 42 } as MachineAllocation['networks'][number];

const allocation = (role: AllocationRole, networks = [NETWORK]) =>
  ({
    uuid: 'a1',
    role,
    imageId: 'debian-12.0.1',
    networks,
    reinstall: true,
    consolePassword: '',
  }) as Partial<MachineAllocation> as MachineAllocation;

async function installation(fields: Partial<Machine>) {
  const machines = memoryTable(machineTable);
  const switches = memoryTable(switchTable);
  const clock = new ManualClock();
  const log = new MemoryLogger();
  const requests: CommandRequest[] = [];
  const commands = {
    refuse: false,
    list: () => [],
    async issue(request: CommandRequest) {
      if (this.refuse) throw invalid('no partition');
      requests.push(request);
    },
  };
  await machines.insert({ ...newMachine('m1', ''), partitionId: 'p1', ...fields });
  const { revision: _, ...content } = leaf('leaf01', ['Ethernet0', 'Ethernet1']);
  await switches.insert({ ...content, connections: [{ machineId: 'm1', port: 'Ethernet0' }] });
  const statuses = memoryTable(switchStatusTable);
  const switchService = new SwitchService(switches, statuses, clock, new PartitionReferences());
  const journal = commands as unknown as CommandService;
  const repository = new MachineRepository(machines, clock);
  const ports = new PortVrfService(repository, switchService);
  const service = new InstallationService(repository, log, ports, journal);
  const vrf = () => switches.get('leaf01')!.nics.map((nic) => nic.vrf);
  return { service, machines, switches, switchService, requests, commands, log, vrf };
}

describe('InstallationService.report', () => {
  it.each([
    ['machine', 'vrf42'],
    ['firewall', 'default'],
  ] as const)('moves the ports of a %s into %s and issues boot from disk', async (role, expected) => {
    const { service, machines, vrf, requests } = await installation({ allocation: allocation(role) });
    await service.report('m1', 'secret', INFO);
    expect(vrf()).toEqual([expected, undefined]);
    expect(requests).toMatchObject([{ machine: 'm1', partition: 'p1', command: 'DISK' }]);
    expect(machines.get('m1')!.allocation).toMatchObject({
      consolePassword: 'secret',
      reinstall: false,
      bootInfo: { ...INFO, imageId: 'debian-12.0.1' },
    });
  });

  it('changes nothing without a private network or an allocation, or while the machine is being freed', async () => {
    const release = { id: 'r1' } as MachineRelease;
    const cases = [{ allocation: allocation('machine', []) }, {}, { allocation: allocation('machine'), release }];
    for (const fields of cases) {
      const { service, machines, vrf, requests } = await installation(fields);
      const before = machines.get('m1');
      await expect(service.report('m1', 'secret', INFO)).rejects.toMatchObject({ kind: 'invalid' });
      expect([machines.get('m1'), vrf(), requests]).toEqual([before, [undefined, undefined], []]);
    }
  });

  it('does not leave the ports in the VRF of a tenant who freed the machine in the meantime', async () => {
    const { service, machines, switchService, vrf, requests } = await installation({
      allocation: allocation('machine'),
    });
    const setVrf = switchService.setVrf.bind(switchService);
    switchService.setVrf = async (id, to) => {
      switchService.setVrf = setVrf;
      await machines.update(id, (machine) => ({ ...machine, allocation: undefined }));
      await setVrf(id, undefined);
      await setVrf(id, to);
    };
    await expect(service.report('m1', 'secret', INFO)).rejects.toThrow('no longer allocated');
    expect([vrf(), requests]).toEqual([[undefined, undefined], []]);
  });

  it('succeeds even if boot from disk cannot be issued', async () => {
    const { service, commands, log } = await installation({ allocation: allocation('machine') });
    commands.refuse = true;
    await service.report('m1', 'secret', INFO);
    expect(log.lines).toEqual(['could not issue boot from disk for machine m1']);
  });
});

describe('InstallationService.complete', () => {
  it('moves the ports into the VRF and issues boot from disk when a report ended half way', async () => {
    const bootInfo = { ...INFO, imageId: 'debian-12.0.1' };
    const installed = { ...allocation('machine'), reinstall: false, bootInfo };
    const { service, machines, vrf, requests } = await installation({ allocation: installed });
    expect(vrf()).toEqual([undefined, undefined]);
    await service.complete(machines.get('m1')!);
    expect(vrf()).toEqual(['vrf42', undefined]);
    expect(requests).toMatchObject([{ machine: 'm1', command: 'DISK' }]);
  });
});

describe('InstallationService.abortReinstall', () => {
  const bootInfo = { ...INFO, imageId: 'debian-11.0.1' };

  it('restores the old image and the VRF of the ports, and returns the boot info', async () => {
    const { service, machines, requests, vrf } = await installation({
      allocation: { ...allocation('machine'), bootInfo },
    });
    expect(await service.abortReinstall('m1', false)).toEqual(bootInfo);
    expect(machines.get('m1')!.allocation).toMatchObject({ reinstall: false, imageId: 'debian-11.0.1' });
    expect(vrf()).toEqual(['vrf42', undefined]);
    expect(requests).toHaveLength(1);
  });

  it('leaves the ports of a machine alone that is wiped, free or being freed', async () => {
    const release = { id: 'r1' } as MachineRelease;
    const cases = [
      [true, { allocation: { ...allocation('machine'), bootInfo } }],
      [false, {}],
      [false, { allocation: { ...allocation('machine'), bootInfo }, release }],
    ] as const;
    for (const [wiped, fields] of cases) {
      const { service, vrf } = await installation(fields);
      expect(await service.restore('m1', wiped)).toBeUndefined();
      expect(vrf()).toEqual([undefined, undefined]);
    }
  });

  it('restores nothing from a wiped disk', async () => {
    const { service, machines, requests } = await installation({ allocation: { ...allocation('machine'), bootInfo } });
    const before = machines.get('m1');
    expect(await service.abortReinstall('m1', true)).toBeUndefined();
    expect(machines.get('m1')).toBe(before);
    expect(requests).toHaveLength(1);
  });

  it('only ends the reinstallation of a machine that never reported an installation', async () => {
    const { service, machines } = await installation({ allocation: allocation('machine') });
    expect(await service.abortReinstall('m1', false)).toBeUndefined();
    expect(machines.get('m1')!.allocation).toMatchObject({ reinstall: false, imageId: 'debian-12.0.1' });
  });
});
