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
import { newBmcRecord } from '../bmc-record.js';
import { newMachine } from '../machine.js';
import type { BmcRecord } from '../bmc-record.js';
import type { Machine } from '../machine.js';
import { bmcTable, machineTable } from '../machine.table.js';
import { BmcDirectoryProvider } from './bmc-directory-provider.js';
import { MachineRepository } from '../core/machine.repository.js';

async function access({
  bmc,
  machine = {},
  superUserPassword,
  events = [],
}: {
  bmc?: Partial<BmcRecord>;
  machine?: Partial<Machine>;
  superUserPassword?: string;
  events?: readonly EventType[];
}) {
  const machines = memoryTable(machineTable);
  const bmcs = memoryTable(bmcTable);
  const config: Config = {
    ...loadConfig({ METAL_API_DEV: 'true' }),
    bmc: { superUserPassword, localAddresses: false },
  };
  await machines.insert({ ...newMachine('m', ''), ...machine });
  if (bmc) await bmcs.insert({ ...newBmcRecord('m'), ...bmc });
  const repository = new MachineRepository(machines, new ManualClock());
  const log = new EventService(memoryTable(eventTable), repository, new ManualClock());
  for (const event of events) await log.record('m', event, '');
  const directory = new BmcDirectory();
  new BmcDirectoryProvider(repository, bmcs, config, directory, log).onModuleInit();
  return directory;
}

describe('BmcDirectoryProvider: BMC data of a command', () => {
  it('returns the complete block, with user and password of the BMC', async () => {
    const bmc = { address: '10.0.0.1:623', mac: 'aa', user: 'u', password: 'p', interface: 'lanplus', version: '1.2' };
    const found = (await access({ bmc, superUserPassword: 'super' })).ipmi.call('m');
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

  it('falls back to the super user if the BMC has no user', async () => {
    const found = (await access({ bmc: { address: 'x:1', password: 'old' }, superUserPassword: 'super' })).ipmi.call(
      'm',
    );
    expect(found).toMatchObject({ address: 'x:1', user: 'root', password: 'super' });
  });

  it('returns no user if no super user is configured, and no address if none was reported', async () => {
    expect((await access({})).ipmi.call('m')).toMatchObject({ user: '', password: '', address: '' });
  });

  it('returns undefined for an unknown machine', async () => {
    expect((await access({})).ipmi.call('x')).toBeUndefined();
  });
});

describe('BmcDirectoryProvider on a lagging replica', () => {
  it('sees the state in the database after a refresh', async () => {
    const engine = new MemoryEngine();
    const feed = new HeldFeed(engine);
    const machines = memoryTable(machineTable, feed.engine);
    const events = memoryTable(eventTable, feed.engine);
    const bmcs = memoryTable(bmcTable, feed.engine);
    const directory = new BmcDirectory();
    const repository = new MachineRepository(machines, new ManualClock());
    const log = new EventService(events, repository, new ManualClock());
    new BmcDirectoryProvider(repository, bmcs, loadConfig({ METAL_API_DEV: 'true' }), directory, log).onModuleInit();
    feed.hold(machineTable, eventTable, bmcTable);
    await memoryTable(machineTable, engine).insert({ ...newMachine('m', ''), allocation: plantedAllocation() });
    await memoryTable(bmcTable, engine).insert({ ...newBmcRecord('m'), address: 'x:1' });
    const reclaimed = { time: '', event: 'Machine Reclaim' as const, message: '' };
    await memoryTable(eventTable, engine).insert({ ...newEventContainer('m', ''), events: [reclaimed] });
    expect([directory.ipmi.call('m'), directory.isReclaimStillNeeded.call('m')]).toEqual([undefined, true]);
    await directory.refresh.call('m');
    expect(directory.ipmi.call('m')).toMatchObject({ address: 'x:1' });
    expect(machines.get('m')?.allocation).toBeDefined();
    expect(events.get('m')?.events).toHaveLength(1);
  });
});

describe('a failed or delayed reclaim', () => {
  const allocated = (reinstall = false) => ({ allocation: plantedAllocation({ reinstall }) });
  const claimed = { claim: {} as NonNullable<Machine['claim']> };
  const release = { id: 'r', allocation: 'a', deadline: '' };
  const rebooted: EventType[] = ['Machine Reclaim', 'PXE Booting', 'Preparing'];

  it.each<[string, Partial<Machine>, readonly EventType[], boolean]>([
    ['is retried for a free machine', {}, rebooted, true],
    ['is retried for a machine to be reinstalled', allocated(true), ['Phoned Home'], true],
    ['is retried while the release is in progress', { ...allocated(), release }, rebooted, true],
    ['is abandoned for a machine that has rebooted and been allocated since', allocated(), rebooted, false],
    ['is abandoned for a machine that has rebooted and is being allocated', claimed, rebooted, false],
    ['is retried for a machine that was allocated before it rebooted', allocated(), ['Machine Reclaim'], true],
    ['is abandoned for an allocated machine without events', allocated(), [], false],
  ])('%s', async (_, machine, events, expected) => {
    expect((await access({ machine, events })).isReclaimStillNeeded.call('m')).toBe(expected);
  });
});
