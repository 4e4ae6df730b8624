import { describe, expect, it, vi } from 'vitest';
import { plantedAllocation } from '../../../../test/support/machines.js';
import { memoryTable } from '../../../../test/support/store.js';
import { ManualClock, timestamp } from '../../../shared/clock.js';
import { LoopSlicer } from '../../../shared/event-loop.js';
import { eventTable } from '../event/event.table.js';
import { newEventContainer } from '../event/provisioning-event.js';
import type { EventContainer } from '../event/provisioning-event.js';
import { newBmcRecord } from '../bmc-record.js';
import { newMachine } from '../machine.js';
import type { BmcRecord } from '../bmc-record.js';
import type { Machine } from '../machine.js';
import { bmcTable, machineTable } from '../machine.table.js';
import { IssueService } from './issue.service.js';
import { ISSUE_TYPES } from './issue.js';
import { MachineRepository } from '../core/machine.repository.js';

const DAY = 24 * 3_600_000;

async function fleet() {
  const clock = new ManualClock();
  const now = timestamp(clock.now());
  const machines = memoryTable(machineTable);
  const bmcs = memoryTable(bmcTable);
  const events = memoryTable(eventTable);
  const service = new IssueService(new MachineRepository(machines, clock), bmcs, events, clock);

  /** A machine without issues, except for those caused by the arguments. */
  async function add(
    id: string,
    {
      machine = {},
      bmc = {},
      event = {},
    }: { machine?: Partial<Machine>; bmc?: Partial<BmcRecord>; event?: Partial<EventContainer> } = {},
  ) {
    await bmcs.insert({ ...newBmcRecord(id), mac: 'aa:bb', address: `10.0.0.${id}:623`, lastUpdated: now, ...bmc });
    await events.insert({ ...newEventContainer(id, now), ...event });
    return machines.insert({ ...newMachine(id, now), partitionId: 'fra', ...machine });
  }

  const ids = (wishes = {}) =>
    service
      .evaluate([...machines.list()], wishes)
      .map(({ machineId, issues }) => [machineId, issues.map(({ id }) => id)] as const);

  return { clock, now, machines, service, add, ids };
}

const firewall = (asn: number): Partial<Machine> => ({ allocation: plantedAllocation({ role: 'firewall', asn }) });

describe('IssueService', () => {
  it('lists all issue types in a fixed order', () => {
    expect(ISSUE_TYPES.map(({ id }) => id)).toEqual([
      'no-partition',
      'liveliness-dead',
      'liveliness-unknown',
      'liveliness-not-available',
      'failed-machine-reclaim',
      'crashloop',
      'last-event-error',
      'bmc-without-mac',
      'bmc-without-ip',
      'bmc-info-outdated',
      'asn-not-unique',
      'bmc-no-distinct-ip',
      'bmc-credentials-too-long',
      'no-event-container',
    ]);
  });

  it('finds no issues of a healthy machine', async () => {
    const { add, ids } = await fleet();
    await add('1');
    expect(ids()).toEqual([]);
  });

  it('recognizes each issue type', async () => {
    const { add, ids, now, clock, machines } = await fleet();
    const phonedHome = [{ time: now, event: 'Phoned Home', message: '' }] as const;
    const old = timestamp(clock.now() - 21 * 60_000);
    await add('01', { machine: { partitionId: undefined } });
    await add('02', { event: { liveliness: 'Dead' } });
    await add('03', { event: { liveliness: 'Unknown' } });
    await add('04', { event: { liveliness: '' as 'Dead' } });
    await add('05', { event: { failedMachineReclaim: true } });
    await add('06', { event: { events: phonedHome } });
    await add('07', { event: { crashLoop: true } });
    await add('08', { event: { lastErrorEvent: phonedHome[0] } });
    await add('09', { bmc: { mac: '' } });
    await add('10', { bmc: { address: '' } });
    await add('11', { bmc: { lastUpdated: old } });
    await add('12', { machine: firewall(4210000001) });
    await add('13', { machine: firewall(4210000001), bmc: { address: 'x:1' } });
    await add('14', { bmc: { address: 'x:1' } });
    await machines.insert(newMachine('15', now));
    await add('16', { bmc: { user: 'u'.repeat(17) } });
    await add('17', { bmc: { password: 'ü'.repeat(11) } });
    await add('18', { bmc: { user: 'u'.repeat(16), password: 'p'.repeat(20) } });
    expect(ids()).toEqual([
      ['01', ['no-partition']],
      ['02', ['liveliness-dead']],
      ['03', ['liveliness-unknown']],
      ['04', ['liveliness-not-available']],
      ['05', ['failed-machine-reclaim']],
      ['06', ['failed-machine-reclaim']],
      ['07', ['crashloop']],
      ['08', ['last-event-error']],
      ['09', ['bmc-without-mac']],
      ['10', ['bmc-without-ip']],
      ['11', ['bmc-info-outdated']],
      ['12', ['asn-not-unique']],
      ['13', ['asn-not-unique', 'bmc-no-distinct-ip']],
      ['14', ['bmc-no-distinct-ip']],
      ['15', ['no-event-container']],
      ['16', ['bmc-credentials-too-long']],
      ['17', ['bmc-credentials-too-long']],
    ]);
  });

  it('does not report a crash loop for a machine that crashed before but is waiting now', async () => {
    const { add, ids, now } = await fleet();
    await add('1', { event: { crashLoop: true, events: [{ time: now, event: 'Waiting', message: '' }] } });
    expect(ids()).toEqual([]);
  });

  it('ignores errors older than seven days, or than the requested threshold', async () => {
    const { add, ids, clock, now } = await fleet();
    await add('1', { event: { lastErrorEvent: { time: now, event: 'Crashed', message: '' } } });
    clock.advance(2 * DAY);
    const only = ['last-event-error'];
    expect(ids({ only, errorThreshold: -1 })).toHaveLength(1);
    expect(ids({ only, errorThreshold: DAY })).toHaveLength(0);
    clock.advance(5 * DAY);
    expect(ids({ only })).toHaveLength(0);
  });

  it('detects duplicates outside of the requested machines', async () => {
    const { add, service } = await fleet();
    const asked = await add('1', { machine: firewall(4210000001), bmc: { address: 'x:1' } });
    await add('2', { machine: firewall(4210000001), bmc: { address: 'x:1' } });
    const [found] = service.evaluate([asked]);
    expect(found?.issues.map(({ id }) => id)).toEqual(['asn-not-unique', 'bmc-no-distinct-ip']);
  });

  it('finds the same issues in turns, the first of which starts after the search for the machines', async () => {
    const { add, service } = await fleet();
    const machines = [await add('2', { bmc: { mac: '' } }), await add('1', { bmc: { mac: '' } }), await add('3')];
    const pauses = vi.spyOn(LoopSlicer.prototype, 'pause');
    try {
      expect(await service.evaluateYielding(machines)).toEqual(service.evaluate(machines));
      expect(pauses).toHaveBeenCalledTimes(1);
    } finally {
      pauses.mockRestore();
    }
    await expect(service.evaluateYielding([], { severity: 'fatal' })).rejects.toThrow('"fatal"');
  });

  it('judges machines one by one, healthy ones too', async () => {
    const { add, service } = await fleet();
    const ill = await add('1', { bmc: { mac: '' } });
    const judge = service.judge({ omit: ['no-partition'] });
    expect(judge(ill)).toEqual(service.evaluate([ill])[0]);
    expect(judge(await add('2'))).toEqual({ machineId: '2', issues: [] });
    expect(() => service.judge({ omit: ['x'] })).toThrow(/omit.*"x"/);
  });

  it('filters by severity, only and omit, where omit takes precedence', async () => {
    const { add, ids } = await fleet();
    await add('1', { machine: { partitionId: undefined }, event: { failedMachineReclaim: true, liveliness: 'Dead' } });
    expect(ids({ severity: 'critical' })).toEqual([['1', ['failed-machine-reclaim']]]);
    expect(ids({ severity: 'major', omit: ['no-partition'] })).toEqual([
      ['1', ['liveliness-dead', 'failed-machine-reclaim']],
    ]);
    expect(ids({ only: ['no-partition', 'liveliness-dead'], omit: ['no-partition'] })).toEqual([
      ['1', ['liveliness-dead']],
    ]);
  });

  it('rejects unknown severities and issues, naming them', async () => {
    const { service } = await fleet();
    expect(() => service.evaluate([], { severity: 'fatal' })).toThrow(/"fatal".*minor, major, critical/);
    expect(() => service.evaluate([], { omit: ['x'] })).toThrow(/omit.*"x"/);
    expect(() => service.evaluate([], { only: ['y'] })).toThrow(/only.*"y"/);
  });

  it.each([
    [
      'Registering',
      'registration refused: does a second server use its UUID?',
      ': Registering: registration refused: does a second server use its UUID?',
    ],
    ['Crashed', 'kernel panic', ': Crashed: kernel panic'],
    ['Installing', 'no disk', ': Installing: no disk'],
    ['Reset Fail Count', '', ': Reset Fail Count'],
    ['Phoned Home', ' \t', ': Phoned Home'],
  ])('describes the last error %s "%s"', async (event, message, more) => {
    const { add, now, service } = await fleet();
    const machine = await add('1', { event: { lastErrorEvent: { time: now, event, message } as never } });
    const issue = ISSUE_TYPES.find(({ id }) => id === 'last-event-error')!;
    expect(service.describe(machine, issue)).toBe(issue.description + more);
  });

  it('describes issues without details by their type alone', async () => {
    const { add, service } = await fleet();
    const machine = await add('1');
    for (const issue of ISSUE_TYPES) expect(service.describe(machine, issue)).toBe(issue.description);
  });
});
