import { describe, expect, it } from 'vitest';
import { LIFECYCLE, STATES, stateOf, validateLifecycle } from './lifecycle.js';
import type { State } from './lifecycle.js';
import { EVENT_TYPES, newEventContainer, RESET_FAIL_COUNT } from './provisioning-event.js';
import type { EventType, ProvisioningEvent } from './provisioning-event.js';
import { MAX_DEVICE_MESSAGE } from '../../../shared/text.js';
import { LATE_WINDOW_MS, isHeartbeat, applyEvent } from './event-transitions.js';

/**
 * The matrix of docs/reference/provisioning-events.md#lifecycle-table, unchanged. Columns: the states in the order of
 * `STATES`.
 */
const MATRIX = `
PXE Booting        | A,f | T,f   | U,c   | U,c | U,c | U,c | U,c | U,c | A,f | A,f | A,f
Preparing          | A,f | A,f   | U,c   | U,c | U,c | U,c | U,c | U,c | A,f | A,f | A,f
Registering        | A   | U     | A     | U   | U   | U   | U   | U   | U   | U   | U
Waiting            | A   | U     | U     | A   | U   | U   | U   | U   | U   | U   | U
Installing         | A   | U     | U     | A   | A   | U   | U   | U   | U   | U   | U
Booting New Kernel | A   | U     | U     | U   | U   | A   | U   | U   | U   | U   | U
Phoned Home        | A,r | S/T,f | S/A,f | S/A | S/A | U   | A,r | T   | A,r | R   | U
Planned Reboot     | A,r | A,r   | A,r   | A,r | A,r | A,r | A,r | A,r | A,r | A,r | A,r
Machine Reclaim    | A,r | A,r   | A,r   | A,r | A,r | A,r | A,r | A,r | A,r | A,r | A,r
Alive              | T   | T     | T     | T   | T   | T   | T   | V   | V   | V   | V
Crashed            | C   | C     | C     | C   | C   | C   | C   | U   | U   | U   | U
`;

const NEWEST: Partial<Record<State, EventType>> = {
  'pxe booting': 'PXE Booting',
  preparing: 'Preparing',
  registering: 'Registering',
  waiting: 'Waiting',
  installing: 'Installing',
  'booting new kernel': 'Booting New Kernel',
  'phoned home': 'Phoned Home',
  'planned reboot': 'Planned Reboot',
  'machine reclaim': 'Machine Reclaim',
  crashing: 'Crashed',
};

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const iso = (ms: number) => new Date(ms).toISOString();
const EARLIER_ERROR: ProvisioningEvent = { time: iso(T0 - 1000), event: 'Crashed', message: 'earlier' };

/** A container in the given state, with both flags set to `flag`. */
function containerIn(state: State, flag: boolean, known = true) {
  const event = NEWEST[state];
  return {
    ...newEventContainer('m1', iso(T0)),
    liveliness: 'Dead' as const,
    events: event ? [{ time: iso(T0), event, message: '' }] : [],
    lastEventTime: known ? iso(T0) : undefined,
    lastErrorEvent: EARLIER_ERROR,
    crashLoop: flag,
    failedMachineReclaim: flag,
  };
}

const cells = MATRIX.trim()
  .split('\n')
  .flatMap((line) => {
    const [event, ...codes] = line.split('|').map((text) => text.trim());
    return codes.map((code, column) => ({ event: event as EventType, state: STATES[column]!, code }));
  });

describe('the lifecycle', () => {
  it('has a test for every cell', () => {
    expect(cells).toHaveLength(EVENT_TYPES.length * STATES.length);
  });

  for (const { event, state, code } of cells) {
    const windowed = code.startsWith('S/');
    const [effect, mark] = (windowed ? code.slice(2) : code).split(',');
    const at = T0 + (windowed || effect === 'R' ? LATE_WINDOW_MS + (effect === 'R' ? 1 : 0) : 1000);
    for (const flag of [true, false]) {
      it(`${event} in ${state} with flags ${flag}: ${code}`, () => {
        const before = containerIn(state, flag);
        const after = applyEvent(before, { time: at, event, message: 'hello' });
        const unexpected = effect === 'U' || effect === 'V';
        const text = unexpected ? `[unexpectedly received in state ${state}]: hello` : 'hello';
        const stored = { time: iso(at), event, message: text };
        expect(after.events).toEqual('AUC'.includes(effect!) ? [stored, ...before.events] : before.events);
        expect(after.lastErrorEvent).toEqual(unexpected || effect === 'C' ? stored : EARLIER_ERROR);
        expect(after.crashLoop).toBe(mark === 'r' ? false : mark === 'c' || effect === 'C' ? true : flag);
        expect(after.failedMachineReclaim).toBe(mark === 'f' ? false : effect === 'R' ? true : flag);
        expect(after).toMatchObject({ liveliness: 'Alive', lastEventTime: iso(at) });
      });
    }
    if (windowed) {
      it(`ignores ${event} in ${state} within the window, unless the last event is unknown`, () => {
        const before = containerIn(state, true);
        expect(applyEvent(before, { time: T0 + LATE_WINDOW_MS - 1, event, message: '' })).toBe(before);
        const unknown = containerIn(state, true, false);
        expect(applyEvent(unknown, { time: T0, event, message: '' })).not.toBe(unknown);
      });
    }
    if (effect === 'R') {
      it(`ignores ${event} in ${state} until the end of the window, and if the last event is unknown`, () => {
        const before = containerIn(state, false);
        expect(applyEvent(before, { time: T0 + LATE_WINDOW_MS, event, message: '' })).toBe(before);
        const unknown = containerIn(state, false, false);
        expect(applyEvent(unknown, { time: T0 + 10 * LATE_WINDOW_MS, event, message: '' })).toBe(unknown);
      });
    }
  }

  it('rejects an incomplete table', () => {
    expect(() => validateLifecycle({ ...LIFECYCLE, Waiting: LIFECYCLE.Waiting.slice(1) })).toThrow('10 rules');
    expect(() => validateLifecycle({ ...LIFECYCLE, Alive: LIFECYCLE.Waiting })).toThrow('Alive');
  });

  it('treats an empty log and an obsolete event as the initial state', () => {
    expect(stateOf({ events: [] })).toBe('initial');
    expect(stateOf({ events: [{ time: '', event: RESET_FAIL_COUNT, message: '' }] })).toBe('initial');
  });
});

describe('applyEvent', () => {
  it('keeps a hundred events, newest first', () => {
    let container = newEventContainer('m1', iso(T0));
    for (let n = 0; n < 150; n++) {
      container = applyEvent(container, { time: T0 + n, event: 'Planned Reboot', message: String(n) });
    }
    expect(container.events).toHaveLength(100);
    expect(container.events[0]).toEqual({ time: iso(T0 + 149), event: 'Planned Reboot', message: '149' });
  });

  it('never lets times decrease if the clocks of replicas differ', () => {
    const first = applyEvent(newEventContainer('m1', iso(T0)), { time: T0, event: 'Preparing', message: '' });
    const second = applyEvent(first, { time: T0 - 500, event: 'Registering', message: '' });
    expect(second.events.map(({ time }) => time)).toEqual([iso(T0), iso(T0)]);
    expect(second.lastEventTime).toBe(iso(T0));
  });

  it('truncates oversized messages, and leaves no colon after the note of an empty one', () => {
    const container = newEventContainer('m1', iso(T0));
    const long = applyEvent(container, { time: T0, event: 'Preparing', message: 'x'.repeat(100_000) });
    expect(long.events[0]!.message).toHaveLength(MAX_DEVICE_MESSAGE);
    const empty = applyEvent(long, { time: T0, event: 'Waiting', message: '' });
    expect(empty.events[0]!.message).toBe('[unexpectedly received in state preparing]');
  });

  it('recognizes a heartbeat', () => {
    const home = containerIn('phoned home', false);
    expect(isHeartbeat(home, applyEvent(home, { time: T0 + 1, event: 'Phoned Home', message: 'x' }))).toBe(true);
    expect(isHeartbeat(home, applyEvent(home, { time: T0 + 1, event: 'Alive', message: 'x' }))).toBe(false);
    const flagged = containerIn('pxe booting', true);
    expect(isHeartbeat(flagged, applyEvent(flagged, { time: T0 + 1, event: 'PXE Booting', message: '' }))).toBe(false);
  });
});
