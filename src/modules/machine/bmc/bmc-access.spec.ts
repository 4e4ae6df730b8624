import { describe, expect, it } from 'vitest';
import { HeldFeed } from '../../../../test/support/held-feed.js';
import { plantedAllocation } from '../../../../test/support/machines.js';
import { memoryTable } from '../../../../test/support/store.js';
import { loadConfig } from '../../../config/config.js';
import type { Config } from '../../../config/config.js';
import { MemoryEngine } from '../../../platform/store/memory/memory-engine.js';
import { ManualClock } from '../../../shared/clock.js';
import { BmcDirectory } from '../../command/command.js';
import { EventService } from '../event/event.service.js';
import { eventTable } from '../event/event.table.js';
import { newEventContainer } from '../event/provisioning-event.js';
import type { EventType } from '../event/provisioning-event.js';
import { newBmc, newMachine } from '../machine.js';
import type { Bmc, Machine } from '../machine.js';
import { bmcTable, machineTable } from '../machine.table.js';
import { BmcAccess } from './bmc-access.js';

async function access({
  bmc,
  machine = {},
  superUserPassword,
  events = [],
}: {
  bmc?: Partial<Bmc>;
  machine?: Partial<Machine>;
  superUserPassword?: string;
  events?: readonly EventType[];
}) {
  const machines = memoryTable(machineTable);
  const bmcs = memoryTable(bmcTable);
  const config: Config = { ...loadConfig({ METAL_API_DEV: 'true' }), bmc: { superUserPassword } };
  await machines.insert({ ...newMachine('m', ''), ...machine });
  if (bmc) await bmcs.insert({ ...newBmc('m'), ...bmc });
  const log = new EventService(memoryTable(eventTable), machines, new ManualClock());
  for (const event of events) await log.record('m', event, '');
  const directory = new BmcDirectory();
  new BmcAccess(machines, bmcs, config, directory, log).onModuleInit();
  return directory;
}

describe('the BMC data of a command', () => {
  it('is complete, with user and password of the BMC', async () => {
    const bmc = { address: '10.0.0.1:623', mac: 'aa', user: 'u', password: 'p', interface: 'lanplus', version: '1.2' };
    const found = (await access({ bmc, superUserPassword: 'super' })).ipmi.ask('m');
    expect(found).toEqual({
      address: '10.0.0.1:623',
      mac: 'aa',
      user: 'u',
      password: 'p',
      interface: 'lanplus',
      fru: {
        chassis_part_number: '',
        chassis_part_serial: '',
        board_mfg: '',
        board_mfg_serial: '',
        board_part_number: '',
        product_manufacturer: '',
        product_part_number: '',
        product_serial: '',
      },
      bmcversion: '1.2',
      powerstate: '',
      powermetric: null,
      powersupplies: [],
      last_updated: '0001-01-01T00:00:00.000Z',
    });
  });

  it('falls back to the super user where the BMC has no user', async () => {
    const found = (await access({ bmc: { address: 'x:1', password: 'old' }, superUserPassword: 'super' })).ipmi.ask(
      'm',
    );
    expect(found).toMatchObject({ address: 'x:1', user: 'root', password: 'super' });
  });

  it('has no user when no super user is configured, and no address when none was reported', async () => {
    expect((await access({})).ipmi.ask('m')).toMatchObject({ user: '', password: '', address: '' });
  });

  it('does not exist for an unknown machine', async () => {
    expect((await access({})).ipmi.ask('x')).toBeUndefined();
  });
});

describe('a replica that is behind', () => {
  it('knows after a refresh what the database knows of a machine', async () => {
    const engine = new MemoryEngine();
    const feed = new HeldFeed(engine);
    const machines = memoryTable(machineTable, feed.engine);
    const events = memoryTable(eventTable, feed.engine);
    const bmcs = memoryTable(bmcTable, feed.engine);
    const directory = new BmcDirectory();
    const log = new EventService(events, machines, new ManualClock());
    new BmcAccess(machines, bmcs, loadConfig({ METAL_API_DEV: 'true' }), directory, log).onModuleInit();
    feed.hold(machineTable, eventTable, bmcTable);
    await memoryTable(machineTable, engine).insert({ ...newMachine('m', ''), allocation: plantedAllocation() });
    await memoryTable(bmcTable, engine).insert({ ...newBmc('m'), address: 'x:1' });
    const reclaimed = { time: '', event: 'Machine Reclaim' as const, message: '' };
    await memoryTable(eventTable, engine).insert({ ...newEventContainer('m', ''), events: [reclaimed] });
    expect([directory.ipmi.ask('m'), directory.reclaimWanted.ask('m')]).toEqual([undefined, true]);
    await directory.refresh.ask('m');
    expect(directory.ipmi.ask('m')).toMatchObject({ address: 'x:1' });
    expect(machines.get('m')?.allocation).toBeDefined();
    expect(events.get('m')?.events).toHaveLength(1);
  });
});

describe('a reclaim that failed or had to wait', () => {
  const allocated = (reinstall = false) => ({ allocation: plantedAllocation({ reinstall }) });
  const claimed = { claim: {} as NonNullable<Machine['claim']> };
  const release = { id: 'r', allocation: 'a', deadline: '' };
  const rebooted: EventType[] = ['Machine Reclaim', 'PXE Booting', 'Preparing'];

  it.each<[string, Partial<Machine>, readonly EventType[], boolean]>([
    ['is tried again for a free machine', {}, rebooted, true],
    ['is tried again for one to be reinstalled', allocated(true), ['Phoned Home'], true],
    ['is tried again while the release lasts', { ...allocated(), release }, rebooted, true],
    ['is given up for a machine that booted and was allocated since', allocated(), rebooted, false],
    ['is given up for one that booted and is being allocated', claimed, rebooted, false],
    ['is tried again for one that was allocated before it booted', allocated(), ['Machine Reclaim'], true],
    ['is given up for one of which nothing is known', allocated(), [], false],
  ])('%s', async (_, machine, events, expected) => {
    expect((await access({ machine, events })).reclaimWanted.ask('m')).toBe(expected);
  });
});
