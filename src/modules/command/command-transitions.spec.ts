import { describe, expect, it } from 'vitest';
import type { Command, CommandRequest } from './command.js';
import {
  scheduleRetry,
  claimForSending,
  newCommand,
  applyCommandReport,
  retryDelay,
  markPublished,
  deferSending,
} from './command-transitions.js';
import type { CommandReport } from './command-transitions.js';
import { nextStep } from './dispatch-step.js';

const T0 = Date.parse('2026-01-01T00:00:00Z');

const pending = (kind: CommandRequest['kind']): Command => ({
  ...newCommand(
    { id: 'a', machine: 'm', partition: 'p', kind, ...(kind === 'command' && { command: 'RESET' }) },
    { order: '1', after: undefined },
    T0,
    300_000,
  ),
  revision: 1,
});
const published = (kind: CommandRequest['kind']): Command =>
  markPublished(claimForSending(pending(kind), 'me', T0), 1, T0);
const report = (state: CommandReport['state'], attempt = 1, message = ''): CommandReport => ({
  state,
  attempt,
  message,
});

describe('applyCommandReport', () => {
  it('follows a command until it is final', () => {
    const delivered = applyCommandReport(published('command'), report('delivered'), T0);
    expect(delivered.state).toBe('delivered');
    expect(applyCommandReport(delivered, report('done'), T0)).toMatchObject({ state: 'done', error: undefined });
    expect(applyCommandReport(delivered, report('failed', 1, 'wrong password'), T0)).toMatchObject({
      state: 'failed',
      error: 'wrong password',
    });
    expect(applyCommandReport(delivered, report('expired', 1, 'too late'), T0)).toMatchObject({
      state: 'expired',
      error: 'too late',
    });
  });

  it('accepts a report that arrives before the journal knows that the message was published', () => {
    const done = applyCommandReport(claimForSending(pending('command'), 'me', T0), report('done'), T0);
    expect(done).toMatchObject({ state: 'done', claim: undefined });
    expect(markPublished(done, 1, T0)).toBe(done);
  });

  it.each([1, 2, 3, 7, 20])(
    'gives the agent its time if it begins attempt %i before the journal knows of it',
    (attempt) => {
      let command: Command = pending('reclaim');
      let now = T0;
      for (let n = 1; n < attempt; n++) {
        command = scheduleRetry(markPublished(claimForSending(command, 'me', now), n, now), 'no answer', 0, now);
        now += 3_600_000;
      }
      const begun = applyCommandReport(claimForSending(command, 'me', now), report('delivered', attempt), now);
      expect(begun).toMatchObject({ state: 'delivered', attempt });
      expect(nextStep([begun], now + 60_000, 'me').kind).toBe('wait');
      expect(markPublished(begun, attempt, now)).toBe(begun);
      expect(nextStep([begun], now + 3_600_000, 'me').kind).toBe('again');
    },
  );

  it('changes nothing if a report is repeated', () => {
    for (const state of ['done', 'failed'] as const) {
      const over = applyCommandReport(published('command'), report(state, 1, 'x'), T0);
      for (const late of ['delivered', 'done', 'failed', 'expired'] as const) {
        expect(applyCommandReport(over, report(late, 1, 'y'), T0 + 1)).toBe(over);
      }
    }
  });

  it('keeps a command that reports progress beyond its deadline, until it is silent for five minutes', () => {
    const step = (command: Command, now: number) => nextStep([command], now, 'me').kind;
    const late = T0 + 3_600_000;
    const begun = applyCommandReport(published('command'), report('delivered'), T0);
    expect(step(begun, late)).toBe('end');
    const underWay = applyCommandReport(begun, report('delivered', 1, 'Running,\u001b[31m 40 %'), late);
    expect(underWay).toMatchObject({ state: 'delivered', progress: 'Running, 40 %', error: undefined });
    expect(step(underWay, late + 299_000)).toBe('wait');
    expect(step(underWay, late + 300_000)).toBe('end');
    expect(applyCommandReport(underWay, report('delivered'), late)).toBe(underWay);
    const done = applyCommandReport(underWay, report('done', 1, 'Completed, 100 %'), late);
    expect(done).toMatchObject({ state: 'done', progress: 'Completed, 100 %', error: undefined });
    const gone: Command = { ...underWay, state: 'expired' };
    expect(applyCommandReport(gone, report('delivered', 1, 'Running, 50 %'), late)).toBe(gone);
  });

  it('gives a late report precedence over the deadline', () => {
    const expired: Command = { ...published('command'), state: 'expired', error: 'unknown' };
    expect(applyCommandReport(expired, report('delivered'), T0)).toBe(expired);
    expect(applyCommandReport(expired, report('done'), T0)).toMatchObject({ state: 'done', error: undefined });
    expect(applyCommandReport(expired, report('failed', 1, 'no'), T0)).toMatchObject({ state: 'failed', error: 'no' });
  });

  it('retries a failed reclaim with increasing delay, with the reason visible', () => {
    const failed = applyCommandReport(published('reclaim'), report('failed', 1, 'BMC does not answer'), T0);
    expect(failed).toMatchObject({ state: 'pending', attempt: 2, error: 'BMC does not answer' });
    expect(failed.notBefore).toBe('2026-01-01T00:00:15.000Z');
    expect(markPublished(failed, 2, T0)).toMatchObject({ state: 'published', error: 'BMC does not answer' });
    expect(applyCommandReport(failed, report('failed', 1, 'again'), T0)).toBe(failed);
    expect(applyCommandReport(failed, report('done', 1), T0).state).toBe('done');
    expect([1, 2, 3, 20].map(retryDelay)).toEqual([15_000, 30_000, 60_000, 600_000]);
  });

  it('resends a reclaim at once if the agent reports that the message was too old', () => {
    const again = applyCommandReport(published('reclaim'), report('expired'), T0);
    expect(again).toMatchObject({ state: 'pending', attempt: 2, notBefore: '2026-01-01T00:00:00.000Z' });
  });
});

describe('deferSending', () => {
  it('backs off the longer the bus is unavailable, up to 15 s', () => {
    const wait = (after: number): number =>
      Date.parse(deferSending(pending('command'), 'away', T0 + after).notBefore!) - (T0 + after);
    expect([0, 8000, 3600_000].map(wait)).toEqual([500, 2000, 15_000]);
  });
});
