import { describe, expect, it } from 'vitest';
import type { Command } from './command.js';
import { again, claimed, newCommand, reported, retryDelay, sent, unsent } from './command-changes.js';
import type { Report } from './command-changes.js';
import { nextStep } from './command-steps.js';

const T0 = Date.parse('2026-01-01T00:00:00Z');

const pending = (type: 'command' | 'delete'): Command => ({
  ...newCommand(
    { id: 'a', machine: 'm', partition: 'p', type, ...(type === 'command' && { command: 'RESET' }) },
    { order: '1', after: '' },
    T0,
    300_000,
  ),
  revision: 1,
});
const published = (type: 'command' | 'delete'): Command => sent(claimed(pending(type), 'me', T0), 1, T0);
const report = (state: Report['state'], attempt = 1, message = ''): Report => ({ state, attempt, message });

describe('reported', () => {
  it('follows a command to its end', () => {
    const delivered = reported(published('command'), report('delivered'), T0);
    expect(delivered.state).toBe('delivered');
    expect(reported(delivered, report('done'), T0)).toMatchObject({ state: 'done', error: '' });
    expect(reported(delivered, report('failed', 1, 'wrong password'), T0)).toMatchObject({
      state: 'failed',
      error: 'wrong password',
    });
    expect(reported(delivered, report('expired', 1, 'too late'), T0)).toMatchObject({
      state: 'expired',
      error: 'too late',
    });
  });

  it('takes a report that comes before the journal knows that the message is out', () => {
    const done = reported(claimed(pending('command'), 'me', T0), report('done'), T0);
    expect(done).toMatchObject({ state: 'done', claim: undefined });
    expect(sent(done, 1, T0)).toBe(done);
  });

  it.each([1, 2, 3, 7, 20])(
    'gives the agent its time when it begins attempt %i before the journal knows of it',
    (attempt) => {
      let command: Command = pending('delete');
      let now = T0;
      for (let n = 1; n < attempt; n++) {
        command = again(sent(claimed(command, 'me', now), n, now), 'no answer', 0, now);
        now += 3_600_000;
      }
      const begun = reported(claimed(command, 'me', now), report('delivered', attempt), now);
      expect(begun).toMatchObject({ state: 'delivered', attempt });
      expect(nextStep([begun], now + 60_000, 'me').kind).toBe('wait');
      expect(sent(begun, attempt, now)).toBe(begun);
      expect(nextStep([begun], now + 3_600_000, 'me').kind).toBe('again');
    },
  );

  it('changes nothing when the same report comes again', () => {
    for (const state of ['done', 'failed'] as const) {
      const over = reported(published('command'), report(state, 1, 'x'), T0);
      for (const late of ['delivered', 'done', 'failed', 'expired'] as const) {
        expect(reported(over, report(late, 1, 'y'), T0 + 1)).toBe(over);
      }
    }
  });

  it('believes a late report more than the deadline', () => {
    const expired: Command = { ...published('command'), state: 'expired', error: 'unknown' };
    expect(reported(expired, report('delivered'), T0)).toBe(expired);
    expect(reported(expired, report('done'), T0)).toMatchObject({ state: 'done', error: '' });
    expect(reported(expired, report('failed', 1, 'no'), T0)).toMatchObject({ state: 'failed', error: 'no' });
  });

  it('tries a reclaim again when it failed, later each time, with the reason visible', () => {
    const failed = reported(published('delete'), report('failed', 1, 'BMC does not answer'), T0);
    expect(failed).toMatchObject({ state: 'pending', attempt: 2, error: 'BMC does not answer' });
    expect(failed.notBefore).toBe('2026-01-01T00:00:15.000Z');
    expect(sent(failed, 2, T0)).toMatchObject({ state: 'published', error: 'BMC does not answer' });
    expect(reported(failed, report('failed', 1, 'again'), T0)).toBe(failed);
    expect(reported(failed, report('done', 1), T0).state).toBe('done');
    expect([1, 2, 3, 20].map(retryDelay)).toEqual([15_000, 30_000, 60_000, 600_000]);
  });

  it('sends a reclaim anew at once when the agent says that the message was too old', () => {
    const again = reported(published('delete'), report('expired'), T0);
    expect(again).toMatchObject({ state: 'pending', attempt: 2, notBefore: '2026-01-01T00:00:00.000Z' });
  });
});

describe('unsent', () => {
  it('waits longer the longer the bus is away, at most 15 s', () => {
    const wait = (after: number): number =>
      Date.parse(unsent(pending('command'), 'away', T0 + after).notBefore) - (T0 + after);
    expect([0, 8000, 3600_000].map(wait)).toEqual([500, 2000, 15_000]);
  });
});
