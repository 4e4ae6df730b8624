import { describe, expect, it } from 'vitest';
import {
  admitted,
  compareEntries,
  ended,
  endedBy,
  hasEnded,
  isExpired,
  isForgettable,
  isHeldBy,
  isOpen,
  parseWait,
  returned,
  servedBy,
  taken,
} from './wait-entry.js';
import type { Attempt, WaitEntry } from './wait-entry.js';

const T0 = Date.parse('2026-01-01T00:00:00Z');
const DAY = 24 * 3600_000;

const waiting: WaitEntry = {
  ...{ id: 'e', revision: 1, state: 'waiting', number: 1, creator: 'me', projects: ['p'] },
  wants: [{ partitionId: 'fra', sizeId: 'c1', machines: 2 }],
  ...{ request: '{"secret":1}', reason: 'no machine available' },
  ...{ since: '2026-01-01T00:00:00.000Z', deadline: '2026-01-01T01:00:00.000Z' },
  ...{ machines: [], firewalls: [], ips: [] },
};
const attempt = (token: string): Attempt => ({ token, by: 'me', deadline: '2026-01-01T00:02:00.000Z' });
const serving = taken(waiting, attempt('t'));

describe('parseWait', () => {
  it.each([
    ['1s', 1_000],
    ['30m', 1_800_000],
    ['1h30m', 5_400_000],
    ['24h', DAY],
  ])('%s is %i ms', (text, milliseconds) => {
    expect(parseWait(text)).toBe(milliseconds);
  });

  it.each(['0', '999ms', '24h1s', '30', 'm', '-1h', ' 1h', '1h ', 'NaNh', '9'.repeat(100) + 'h'])(
    'refuses %j',
    (text) => {
      expect(() => parseWait(text)).toThrow(/^wait is ".*, expected a duration from 1s to 24h/);
    },
  );
});

describe('an entry of the waiting list', () => {
  it('is open while it waits or is served, from when it is admitted', () => {
    const joining = { ...waiting, state: 'joining' } as const;
    expect([joining, waiting, serving].map(isOpen)).toEqual([false, true, true]);
    expect(admitted(joining)).toEqual(waiting);
    expect(admitted(serving)).toBe(serving);
    expect(hasEnded(joining)).toBe(false);
  });

  it('belongs to the last attempt that took it', () => {
    const again = taken(serving, attempt('u'));
    expect([isHeldBy(serving, 't'), isHeldBy(again, 't'), isHeldBy(again, 'u')]).toEqual([true, false, true]);
    expect(returned(again, 't', 'late')).toBe(again);
    expect(endedBy(again, 't', { state: 'failed' }, T0)).toBe(again);
    const back = returned(again, 'u', 'none is free');
    expect(back).toEqual({ ...waiting, reason: 'none is free' });
    expect('attempt' in back).toBe(false);
  });

  it('ends once, and then has neither request nor attempt', () => {
    const served = endedBy(serving, 't', { state: 'served', machines: ['m'] }, T0);
    expect(served).toMatchObject({ state: 'served', request: '', reason: '', machines: ['m'] });
    expect(served.ended).toBe('2026-01-01T00:00:00.000Z');
    expect('attempt' in served).toBe(false);
    expect([ended(served, { state: 'cancelled' }, T0), taken(served, attempt('u'))]).toEqual([served, served]);
  });

  it('is not ended under the hands of an attempt', () => {
    expect(ended(serving, { state: 'cancelled' }, T0)).toBe(serving);
    expect(ended(waiting, { state: 'failed', reason: 'no quota' }, T0)).toMatchObject({ reason: 'no quota' });
  });

  it('expires at its deadline, and is kept for a day after its end', () => {
    expect([isExpired(waiting, T0 + 3600_000 - 1), isExpired(waiting, T0 + 3600_000)]).toEqual([false, true]);
    const gone = ended(waiting, { state: 'expired' }, T0);
    expect([isForgettable(gone, T0 + DAY - 1), isForgettable(gone, T0 + DAY)]).toEqual([false, true]);
    expect(isForgettable(waiting, T0 + 2 * DAY)).toBe(false);
    expect(isForgettable({ ...waiting, state: 'joining' }, T0 + DAY)).toBe(true);
  });

  it('is ordered by its number, then by its ID', () => {
    const entries = [
      { ...waiting, id: 'b', number: 2 },
      { ...waiting, id: 'a', number: 2 },
      { ...waiting, id: 'c', number: 1 },
    ];
    expect(entries.sort(compareEntries).map(({ id }) => id)).toEqual(['c', 'a', 'b']);
    expect(compareEntries(waiting, waiting)).toBe(0);
  });

  it('gets what its bundle has decided', () => {
    const bundle = {
      ...({ id: 'b', revision: 2, state: 'decided', by: 'me', deadline: '' } as const),
      machines: [
        { allocation: '1', role: 'machine', machineId: 'm1' },
        { allocation: '2', role: 'firewall', machineId: 'f1' },
      ] as const,
      addresses: [{ address: '10.0.0.1', uuid: 'u' }],
    };
    expect(servedBy(bundle)).toEqual({ machines: ['m1'], firewalls: ['f1'], ips: ['10.0.0.1'] });
  });
});
