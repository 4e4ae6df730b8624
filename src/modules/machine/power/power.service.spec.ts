import { describe, expect, it } from 'vitest';
import { memoryLog, memoryTable } from '../../../../test/support/store.js';
import { loadConfig } from '../../../config/config.js';
import { ManualClock } from '../../../shared/clock.js';
import { CommandSender } from '../../command/command-sender.js';
import { CommandService } from '../../command/command.service.js';
import { commandLog, commandTable } from '../../command/command.table.js';
import { EventService } from '../event/event.service.js';
import { eventTable } from '../event/event.table.js';
import { newMachine } from '../machine.js';
import type { Machine } from '../machine.js';
import { machineTable } from '../machine.table.js';
import { COMMAND_BY_ROUTE, PowerService } from './power.service.js';
import type { PowerRouteName } from './power.service.js';
import { MachineRepository } from '../core/machine.repository.js';

async function setUp(machine: Partial<Machine> = {}) {
  const clock = new ManualClock();
  const machines = memoryTable(machineTable);
  const config = loadConfig({ METAL_API_DEV: 'true' });
  const commands = new CommandService(
    memoryTable(commandTable),
    memoryLog(commandLog),
    config,
    clock,
    new CommandSender(),
  );
  const repository = new MachineRepository(machines, clock);
  const events = new EventService(memoryTable(eventTable), repository, clock);
  await machines.insert({ ...newMachine('m', ''), partitionId: 'fra', ...machine });
  const service = new PowerService(repository, events, commands);
  return { service, commands, events, machines };
}

describe('power commands', () => {
  it.each(Object.entries(COMMAND_BY_ROUTE) as [PowerRouteName, string][])(
    '%s is journaled as %s',
    async (action, name) => {
      const { service, commands } = await setUp();
      expect(await service.issuePowerCommand('m', action, 'ops@example.org')).toMatchObject({ id: 'm' });
      expect(commands.list()).toMatchObject([
        { machine: 'm', partition: 'fra', type: 'command', command: name, params: [], issuer: 'ops@example.org' },
      ]);
    },
  );

  it.each(['off', 'reset', 'cycle'] as const)('%s is a planned reboot', async (action) => {
    const { service, events } = await setUp();
    await service.issuePowerCommand('m', action, '');
    expect(events.find('m')?.events).toMatchObject([{ event: 'Planned Reboot', message: action.toUpperCase() }]);
  });

  it('with options is a planned reboot, too, and has its parameters', async () => {
    const { service, events } = await setUp();
    const wanted = { name: 'OFF', params: ['graceful'] } as const;
    const issued = await service.issue('m', wanted, 'ops@example.org');
    expect(issued).toMatchObject({ machine: 'm', command: 'OFF', params: ['graceful'], issuer: 'ops@example.org' });
    expect(events.find('m')?.events).toMatchObject([{ event: 'Planned Reboot', message: 'OFF' }]);
  });

  it.each(['on', 'bios', 'disk', 'pxe'] as const)('%s does not cause an event', async (action) => {
    const { service, events } = await setUp();
    await service.issuePowerCommand('m', action, '');
    expect(events.find('m')).toBeUndefined();
  });

  it('are accepted for locked machines', async () => {
    const state = { value: 'LOCKED', description: 'x', issuer: '', metalHammerVersion: '' } as const;
    const { service, commands } = await setUp({ state });
    await service.issuePowerCommand('m', 'off', '');
    expect(commands.list()).toHaveLength(1);
  });

  it('require a machine with a partition; otherwise nothing happens', async () => {
    const { service, commands, events } = await setUp({ partitionId: undefined });
    await expect(service.issuePowerCommand('x', 'on', '')).rejects.toMatchObject({ kind: 'not-found' });
    await expect(service.issuePowerCommand('m', 'reset', '')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(service.setIdentifyLed('m', 'LED-ON', '', '')).rejects.toMatchObject({ kind: 'invalid' });
    expect(commands.list()).toEqual([]);
    expect(events.find('m')).toBeUndefined();
  });
});

describe('the identify LED', () => {
  it('is stored, and its description is sent along', async () => {
    const { service, commands, machines } = await setUp();
    const machine = await service.setIdentifyLed('m', 'LED-ON', 'broken disk', '');
    expect(machine.led).toEqual({ value: 'LED-ON', description: 'broken disk' });
    expect(machines.get('m')?.led).toEqual(machine.led);
    expect(commands.list()).toMatchObject([{ command: 'LED-ON', params: ['broken disk'] }]);
  });

  it('does not require a description', async () => {
    const { service, commands } = await setUp({ led: { value: 'LED-ON', description: 'old' } });
    expect((await service.setIdentifyLed('m', 'LED-OFF', '', '')).led).toEqual({ value: 'LED-OFF', description: '' });
    expect(commands.list()).toMatchObject([{ command: 'LED-OFF', params: [] }]);
  });

  it('is stored as reported by legacy agents', async () => {
    const { service, commands } = await setUp();
    const { led } = await service.recordLedState('m', 'LED-ON', 'unknown');
    expect(led).toEqual({ value: 'LED-ON', description: 'unknown' });
    expect(commands.list()).toEqual([]);
  });

  it.each([
    ['m', '', 'x', 'malformed'],
    ['m', 'ON', 'x', 'malformed'],
    ['m', 'LED-OFF', '', 'malformed'],
    ['x', 'LED-ON', '', 'not-found'],
  ])('rejects the report of %s with value "%s" and description "%s"', async (id, value, description, kind) => {
    const { service } = await setUp();
    await expect(service.recordLedState(id, value, description)).rejects.toMatchObject({ kind });
  });
});
