import { describe, expect, it } from 'vitest';
import { memoryLog, memoryTable } from '../../../../test/support/store.js';
import { loadConfig } from '../../../config/config.js';
import { ManualClock } from '../../../shared/clock.js';
import { CommandService } from '../../command/command.service.js';
import { commandLog, commandTable } from '../../command/command.table.js';
import { EventService } from '../event/event.service.js';
import { eventTable } from '../event/event.table.js';
import { newMachine } from '../machine.js';
import type { Machine } from '../machine.js';
import { machineTable } from '../machine.table.js';
import { POWER_COMMANDS, PowerService } from './power.service.js';
import type { PowerAction } from './power.service.js';

async function setUp(machine: Partial<Machine> = {}) {
  const clock = new ManualClock();
  const machines = memoryTable(machineTable);
  const config = loadConfig({ METAL_API_DEV: 'true' });
  const commands = new CommandService(memoryTable(commandTable), memoryLog(commandLog), config, clock);
  const events = new EventService(memoryTable(eventTable), machines, clock);
  await machines.insert({ ...newMachine('m', ''), partitionId: 'fra', ...machine });
  const service = new PowerService(machines, clock, events, commands);
  return { service, commands, events, machines };
}

describe('power commands', () => {
  it.each(Object.entries(POWER_COMMANDS) as [PowerAction, string][])('%s is journalled as %s', async (action, name) => {
    const { service, commands } = await setUp();
    expect(await service.power('m', action, 'ops@example.org')).toMatchObject({ id: 'm' });
    expect(commands.list()).toMatchObject([
      { machine: 'm', partition: 'fra', type: 'command', command: name, params: [], issuer: 'ops@example.org' },
    ]);
  });

  it.each(['off', 'reset', 'cycle'] as const)('%s is a planned reboot', async (action) => {
    const { service, events } = await setUp();
    await service.power('m', action, '');
    expect(events.find('m')?.events).toMatchObject([{ event: 'Planned Reboot', message: action.toUpperCase() }]);
  });

  it.each(['on', 'bios', 'disk', 'pxe'] as const)('%s is no event', async (action) => {
    const { service, events } = await setUp();
    await service.power('m', action, '');
    expect(events.find('m')).toBeUndefined();
  });

  it('work on locked machines', async () => {
    const state = { value: 'LOCKED', description: 'x', issuer: '', metalHammerVersion: '' } as const;
    const { service, commands } = await setUp({ state });
    await service.power('m', 'off', '');
    expect(commands.list()).toHaveLength(1);
  });

  it('need a machine with a partition; otherwise nothing happens', async () => {
    const { service, commands, events } = await setUp({ partitionId: '' });
    await expect(service.power('x', 'on', '')).rejects.toMatchObject({ kind: 'not-found' });
    await expect(service.power('m', 'reset', '')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(service.identify('m', 'LED-ON', '', '')).rejects.toMatchObject({ kind: 'invalid' });
    expect(commands.list()).toEqual([]);
    expect(events.find('m')).toBeUndefined();
  });
});

describe('the identify LED', () => {
  it('is stored, and its description sent along', async () => {
    const { service, commands, machines } = await setUp();
    const machine = await service.identify('m', 'LED-ON', 'broken disk', '');
    expect(machine.led).toEqual({ value: 'LED-ON', description: 'broken disk' });
    expect(machines.get('m')?.led).toEqual(machine.led);
    expect(commands.list()).toMatchObject([{ command: 'LED-ON', params: ['broken disk'] }]);
  });

  it('needs no description', async () => {
    const { service, commands } = await setUp({ led: { value: 'LED-ON', description: 'old' } });
    expect((await service.identify('m', 'LED-OFF', '', '')).led).toEqual({ value: 'LED-OFF', description: '' });
    expect(commands.list()).toMatchObject([{ command: 'LED-OFF', params: [] }]);
  });

  it('is stored as agents of 2021 report it', async () => {
    const { service, commands } = await setUp();
    const { led } = await service.ledReported('m', 'LED-ON', 'unknown');
    expect(led).toEqual({ value: 'LED-ON', description: 'unknown' });
    expect(commands.list()).toEqual([]);
  });

  it.each([
    ['m', '', 'x', 'malformed'],
    ['m', 'ON', 'x', 'malformed'],
    ['m', 'LED-OFF', '', 'malformed'],
    ['x', 'LED-ON', '', 'not-found'],
  ])('of %s is not reported as "%s" with "%s"', async (id, value, description, kind) => {
    const { service } = await setUp();
    await expect(service.ledReported(id, value, description)).rejects.toMatchObject({ kind });
  });
});
