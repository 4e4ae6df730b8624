import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { BootApi, MachineEvent } from '../../boot-api.js';
import { Random } from '../random.js';
import { Conditions } from './conditions.js';
import type { Fault, FaultKind } from './fault.js';
import { FaultyBootApi } from './faulty-boot-api.js';

const TRIES = 40;

describe('FaultyBootApi', () => {
  let sent: [string, MachineEvent][];
  let conditions: Conditions;
  let api: FaultyBootApi;
  const wait = vi.fn((_: string, signal: AbortSignal) => {
    return new Promise<void>((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error)),
    );
  });

  beforeEach(() => {
    sent = [];
    conditions = new Conditions();
    const inner: Partial<BootApi> = {
      send: async (events) => {
        sent.push(...Object.entries(events));
        return [];
      },
      dhcp: async () => undefined,
      wait,
      close: () => undefined,
    };
    api = new FaultyBootApi(inner as BootApi, conditions, new Random(1));
  });

  const begin = (kind: FaultKind, more: Partial<Fault> = {}): Fault => {
    const fault = { kind, at: 0, lasts: 60_000, subject: 'lab', ...more };
    conditions.begin(fault);
    return fault;
  };
  /** Sends numbered events of one machine, one after the other. */
  const sendMany = async (): Promise<void> => {
    for (let n = 0; n < TRIES; n++) await api.send({ m: { event: `${n}`, message: '' } });
  };
  const names = (): number[] => sent.map(([, { event }]) => Number(event));
  const all = Array.from({ length: TRIES }, (_, n) => n);

  it('passes everything on, in order, without faults', async () => {
    await sendMany();
    expect(names()).toEqual(all);
    expect(sent[0]![1].time).toBeUndefined();
  });

  it('loses events', async () => {
    begin('events lost');
    await sendMany();
    await api.flush();
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.length).toBeLessThan(TRIES);
    expect(new Set(names()).size).toBe(sent.length);
  });

  it('delivers events late, at the latest when it is flushed', async () => {
    begin('events late');
    await sendMany();
    expect(sent.length).toBeLessThan(TRIES);
    await api.flush();
    await api.flush();
    expect(names()).not.toEqual(all);
    expect(names().sort((a, b) => a - b)).toEqual(all);
  });

  it('doubles events', async () => {
    begin('events duplicated');
    await sendMany();
    expect(sent.length).toBeGreaterThan(TRIES);
    expect([...new Set(names())]).toEqual(all);
  });

  it('lets events overtake each other', async () => {
    begin('events reordered');
    await sendMany();
    await api.flush();
    expect(names()).not.toEqual(all);
    expect(names().sort((a, b) => a - b)).toEqual(all);
    for (const [position, event] of names().entries()) expect(Math.abs(position - event)).toBeLessThanOrEqual(1);
  });

  it('sends the time of a wrong clock', async () => {
    const fault = begin('clocks wrong', { skew: -600_000 });
    await api.send({ m: { event: 'Alive', message: '' } });
    const { seconds } = sent[0]![1].time!;
    expect(Math.abs(Date.now() / 1000 - 600 - seconds)).toBeLessThan(60);
    conditions.end(fault);
    expect(conditions.skew).toBe(0);
  });

  it('reaches nothing while the partition is cut off, and ends the calls under way', async () => {
    const waiting = api.wait('m', new AbortController().signal);
    await vi.waitFor(() => expect(wait).toHaveBeenCalled(), { timeout: 30_000 });
    const fault = begin('partition cut off');
    await expect(waiting).rejects.toThrow('cut off');
    await expect(api.dhcp('m')).rejects.toThrow('cut off');
    await expect(api.send({ m: { event: 'Alive', message: '' } })).rejects.toThrow('cut off');
    expect(sent).toEqual([]);
    conditions.end(fault);
    await api.dhcp('m');
    expect(conditions.cutOff.aborted).toBe(false);
  });
});
