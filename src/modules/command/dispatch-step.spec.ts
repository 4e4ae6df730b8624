import { describe, expect, it } from 'vitest';
import type { Command, DeliverableRequest } from './command.js';
import { claimForSending, newCommand, markPublished } from './command-transitions.js';
import { nextStep, RECLAIM_MESSAGE_MS, REPORT_GRACE_MS } from './dispatch-step.js';

const T0 = Date.parse('2026-01-01T00:00:00Z');
const MINUTE = 60_000;
const TIMEOUT = 5 * MINUTE;
let counter = 0;

function entry(id: string, more: Partial<DeliverableRequest> = {}): Command {
  const order = { id, machine: 'm', partition: 'p', kind: 'command' as const, command: 'ON' as const, ...more };
  const place = { order: String(++counter).padStart(9, '0'), after: undefined };
  return { ...newCommand(order, place, T0, TIMEOUT), revision: 1 };
}
const reclaim = (id: string): Command => entry(id, { kind: 'reclaim', command: undefined });
const published = (command: Command): Command => markPublished(command, command.attempt, T0);

const step = (commands: Command[], now = T0, replica = 'me') => {
  const next = nextStep(commands, now, replica);
  return next.kind === 'wait' ? 'wait' : `${next.kind} ${next.command.id}`;
};

describe('nextStep', () => {
  it('waits if there is nothing to do', () => {
    expect(step([])).toBe('wait');
    expect(step([{ ...entry('a'), state: 'done' }])).toBe('wait');
  });

  it('sends commands in the order of issue, one at a time', () => {
    const [a, b, c] = [entry('a'), entry('b'), entry('c')];
    expect(step([c, b, a])).toBe('send a');
    expect(step([c, b, published(a)])).toBe('wait');
    expect(step([c, b, { ...published(a), state: 'delivered' }])).toBe('wait');
    for (const state of ['done', 'failed', 'expired'] as const) expect(step([c, b, { ...a, state }])).toBe('send b');
  });

  it('leaves a command to the replica that claimed it, until the claim lapses', () => {
    const a = claimForSending(entry('a'), 'other', T0);
    expect(step([a])).toBe('wait');
    expect(step([a], T0, 'other')).toBe('send a');
    expect(step([a], T0 + 31_000)).toBe('send a');
  });

  it('expires a command that was not sent before its deadline, and names the command that it waited for', () => {
    const [a, b] = [reclaim('a'), entry('b')];
    const blocked = { ...a, notBefore: '2027-01-01T00:00:00.000Z' };
    expect(step([blocked, b], T0 + TIMEOUT - 1)).toBe('wait');
    expect(nextStep([blocked, b], T0 + TIMEOUT, 'me')).toMatchObject({
      kind: 'end',
      state: 'expired',
      error: 'not sent before its deadline 2026-01-01T00:05:00.000Z: waited for reclaim (a)',
    });
    const failing = { ...entry('c'), error: 'the bus is not available' };
    expect(nextStep([failing], T0 + TIMEOUT, 'me')).toMatchObject({
      error: expect.stringMatching(/the bus is not available$/) as string,
    });
  });

  it('gives the agent time to report beyond the deadline, then reports an unknown outcome', () => {
    const a = published(entry('a'));
    expect(step([a], T0 + TIMEOUT + REPORT_GRACE_MS - 1)).toBe('wait');
    expect(nextStep([a], T0 + TIMEOUT + REPORT_GRACE_MS, 'me')).toMatchObject({
      kind: 'end',
      state: 'expired',
      error: expect.stringMatching(/unknown/) as string,
    });
  });

  it('never expires a reclaim, but sends it again', () => {
    const a = published(reclaim('a'));
    expect(step([a], T0 + RECLAIM_MESSAGE_MS)).toBe('wait');
    expect(step([a], T0 + RECLAIM_MESSAGE_MS + REPORT_GRACE_MS)).toBe('again a');
    expect(step([reclaim('b')], T0 + 1000 * TIMEOUT)).toBe('send b');
  });

  it('drops a waiting reclaim if there is a newer one', () => {
    const [a, b, c] = [{ ...reclaim('a'), notBefore: '2027-01-01T00:00:00.000Z' }, entry('b'), reclaim('c')];
    expect(nextStep([a, b, c], T0, 'me')).toMatchObject({
      kind: 'end',
      state: 'failed',
      error: 'superseded by reclaim c',
    });
    expect(step([published(a), b, c])).toBe('wait');
  });
});
