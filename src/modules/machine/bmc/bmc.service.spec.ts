import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../../test/support/store.js';
import { ManualClock } from '../../../shared/clock.js';
import { MemoryLogger } from '../../../shared/app-logger.js';
import { PartitionReferences } from '../../partition/partition.js';
import type { Partition } from '../../partition/partition.js';
import { PartitionService } from '../../partition/partition.service.js';
import { partitionTable } from '../../partition/partition.table.js';
import { newBmcRecord } from '../bmc-record.js';
import { newMachine } from '../machine.js';
import type { BmcRecord } from '../bmc-record.js';
import type { Machine } from '../machine.js';
import { bmcTable, machineTable } from '../machine.table.js';
import type { BmcReport } from '../core/transitions/bmc-record.js';
import { BmcService } from './bmc.service.js';
import { MachineRepository } from '../core/machine.repository.js';

const NOW = '2026-01-01T00:00:00.000Z';

const found = (fields: Partial<BmcReport> = {}): BmcReport => ({
  bmcIp: '10.0.0.1',
  bmcVersion: '2.0',
  biosVersion: '',
  fru: {},
  powerState: 'ON',
  indicatorLed: '',
  powerMetric: undefined,
  powerSupplies: [],
  ...fields,
});

async function setUp(localAddresses = false) {
  const clock = new ManualClock();
  const machines = memoryTable(machineTable);
  const bmcs = memoryTable(bmcTable);
  const partitions = memoryTable(partitionTable);
  const log = new MemoryLogger();
  const reachable = { check: () => Promise.resolve() };
  const partitionService = new PartitionService(partitions, clock, new PartitionReferences(), reachable);
  const service = new BmcService(new MachineRepository(machines, clock), bmcs, clock, log, partitionService, {
    bmc: { superUserPassword: undefined, localAddresses },
  });
  await partitions.insert({ id: 'fra' } as Partition);

  const add = async (id: string, machine: Partial<Machine> = {}, bmc?: Partial<BmcRecord>) => {
    const stored = await machines.insert({ ...newMachine(id, ''), partitionId: 'fra', ...machine });
    if (bmc) await bmcs.insert({ ...newBmcRecord(id), ...bmc });
    return stored;
  };
  const report = (reports: Record<string, BmcReport>) => service.report('fra', new Map(Object.entries(reports)));
  return { machines, bmcs, log, service, add, report };
}

describe('BmcService.report', () => {
  it('updates BMC data of known machines without writing the machine itself', async () => {
    const { machines, bmcs, add, report } = await setUp();
    const { revision } = await add('m', {}, { address: '10.0.0.9:6230', user: 'u', password: 'p', mac: 'aa' });
    expect(await report({ m: found() })).toEqual({ updated: ['m'], created: [] });
    expect(machines.get('m')?.revision).toBe(revision);
    expect(bmcs.get('m')).toMatchObject({
      address: '10.0.0.1:6230',
      user: 'u',
      password: 'p',
      mac: 'aa',
      version: '2.0',
      powerState: 'ON',
      lastUpdated: NOW,
    });
  });

  it('creates unknown machines in the partition, and BMC data for known machines without any', async () => {
    const { machines, bmcs, add, report } = await setUp();
    await add('b');
    const result = await report({ z: found({ indicatorLed: 'LED-ON' }), b: found(), a: found() });
    expect(result).toEqual({ updated: ['b'], created: ['a', 'z'] });
    expect(machines.get('z')).toMatchObject({ partitionId: 'fra', led: { value: 'LED-ON' } });
    expect([...bmcs.list()].map(({ address }) => address)).toEqual(Array(3).fill('10.0.0.1:623'));
  });

  it('assigns machines without a partition, and updates BIOS version and LED', async () => {
    const { machines, add, report } = await setUp();
    await add('m', { partitionId: undefined, led: { value: 'LED-OFF', description: 'why' } });
    const { updated } = await report({ m: found({ biosVersion: '7', indicatorLed: 'LED-ON' }) });
    expect(updated).toEqual(['m']);
    expect(machines.get('m')).toMatchObject({
      partitionId: 'fra',
      bios: { version: '7' },
      led: { value: 'LED-ON', description: 'why' },
    });
  });

  it('skips and logs machines of other partitions and unusable reports', async () => {
    const { machines, bmcs, log, add, report } = await setUp();
    await add('other', { partitionId: 'muc' });
    const reports = { other: found(), odd: found({ bmcIp: 'no address' }), '': found(), ['x'.repeat(200)]: found() };
    expect(await report({ ...reports, ok: found() })).toEqual({ updated: [], created: ['ok'] });
    expect(machines.get('other')?.partitionId).toBe('muc');
    expect(bmcs.size).toBe(1);
    expect(log.lines).toHaveLength(4);
  });

  it('accepts BMCs with IPv6 addresses', async () => {
    const { bmcs, report } = await setUp();
    await report({ m: found({ bmcIp: '2001:db8::1' }) });
    await report({ m: found({ bmcIp: '2001:db8::2' }) });
    expect(bmcs.get('m')?.address).toBe('[2001:db8::2]:623');
  });

  const LOCAL = ['127.0.0.1', '127.9.9.9', '::ffff:127.0.0.1', '::1', '169.254.169.254', 'fe80::1%eth0', 'LOCALHOST'];

  it.each(LOCAL)('skips %s, which each host takes for its own, and keeps the known address', async (bmcIp) => {
    const { bmcs, log, add, report } = await setUp();
    await add('m', {}, { address: '10.0.0.9:623' });
    expect(await report({ m: found({ bmcIp }), ok: found() })).toEqual({ updated: [], created: ['ok'] });
    expect(bmcs.get('m')?.address).toBe('10.0.0.9:623');
    expect(log.lines).toEqual([expect.stringContaining('machine "m"')]);
  });

  it.each(LOCAL)('accepts %s if the setting allows it', async (bmcIp) => {
    const { report } = await setUp(true);
    expect(await report({ m: found({ bmcIp }) })).toEqual({ updated: [], created: ['m'] });
  });

  it('requires an existing partition', async () => {
    const { service } = await setUp();
    await expect(service.report('', new Map())).rejects.toMatchObject({ kind: 'malformed' });
    await expect(service.report('x', new Map())).rejects.toMatchObject({ kind: 'not-found' });
  });
});
