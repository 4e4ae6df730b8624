import { describe, expect, it, vi } from 'vitest';
import { memoryTable } from '../../../../test/support/store.js';
import { ManualClock } from '../../../shared/clock.js';
import { MemoryLogger } from '../../../shared/app-logger.js';
import { LoopSlicer } from '../../../shared/event-loop.js';
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
  const report = (reports: Record<string, BmcReport | Error>) =>
    service.report(
      'fra',
      Object.entries(reports).map(([id, one]) => ({ id, read: () => one })),
    );
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

  it('reads and stores thousands of reports in slices, between which the event loop serves other work', async () => {
    const { add, log, service } = await setUp();
    const ids = Array.from({ length: 120 }, (_, at) => `m${String(at).padStart(3, '0')}`);
    for (const id of ids.slice(0, 60)) await add(id, {}, {});
    const odd = new Map([
      ['m007', new Error('unreadable')],
      ['m077', new Error('unreadable')],
    ]);
    let reads = 0;
    const readInTurns: number[] = [];
    const pause = vi.spyOn(LoopSlicer.prototype, 'pause').mockImplementation(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      readInTurns.push(reads);
      reads = 0;
    });
    try {
      const read = (id: string) => () => (reads++, odd.get(id) ?? found());
      const result = await service.report(
        'fra',
        ids.toReversed().map((id) => ({ id, read: read(id) })),
      );
      const stored = ids.filter((id) => !odd.has(id));
      expect(result).toEqual({ updated: stored.slice(0, 59), created: stored.slice(59) });
      expect([...readInTurns, reads]).toEqual([0, 50, 50, 20]);
      expect(log.lines).toHaveLength(2);
    } finally {
      pause.mockRestore();
    }
  });

  it('takes the first of two spellings, also if many reports are between them', async () => {
    const { machines, bmcs, log, report } = await setUp();
    const id = '00000000-0000-4000-8000-00000000000a';
    const others = Object.fromEntries(Array.from({ length: 99 }, (_, at) => [`m${at}`, found()]));
    const reports = { [id.toUpperCase()]: found(), ...others, [id]: found({ bmcIp: '10.0.0.2' }) };
    expect((await report(reports)).created).toHaveLength(100);
    expect(machines.size).toBe(100);
    expect(bmcs.get(id)?.address).toBe('10.0.0.1:623');
    expect(log.lines).toEqual([expect.stringContaining(`machine "${id}"`)]);
  });

  it('rejects if the database fails, after what was under way has ended', async () => {
    const { bmcs, add, report } = await setUp();
    const ids = Array.from({ length: 300 }, (_, at) => `m${at}`);
    for (const id of ids) await add(id, {}, {});
    let underWay = 0;
    bmcs.patchUnchecked = async () => {
      underWay++;
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      throw new Error('database gone');
    };
    await expect(report(Object.fromEntries(ids.map((id) => [id, found()])))).rejects.toThrow('database gone');
    expect(underWay).toBe(0);
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
    await expect(service.report('', [])).rejects.toMatchObject({ kind: 'malformed' });
    await expect(service.report('x', [])).rejects.toMatchObject({ kind: 'not-found' });
  });
});
