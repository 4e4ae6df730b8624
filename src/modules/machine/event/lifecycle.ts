import { EVENT_TYPES, isEventType } from './provisioning-event.js';
import type { EventContainer, EventType } from './provisioning-event.js';

/** The states of the provisioning cycle, in the order of the columns of `LIFECYCLE`, by the names used in messages. */
export const STATES = [
  'initial',
  'pxe booting',
  'preparing',
  'registering',
  'waiting',
  'installing',
  'booting new kernel',
  'phoned home',
  'planned reboot',
  'machine reclaim',
  'crashing',
] as const;

export type State = (typeof STATES)[number];

/**
 * The effect of an event on its container:
 * - `append`: adds it to the log as the newest event
 * - `heartbeat`: changes only the machine's liveliness and the time of its last event
 * - `unexpected`: appends it with a note in its message, and records it as the last error
 * - `unexpected-unlogged`: the same, but without appending it
 * - `crash`: appends it, and records it as the last error
 */
export type Effect = 'append' | 'heartbeat' | 'unexpected' | 'unexpected-unlogged' | 'crash';

/** One cell of the table. `crashLoop` and `failedReclaim`, if present, are the new values of the flags. */
export interface Rule {
  readonly effect: Effect;
  readonly crashLoop?: boolean;
  readonly failedReclaim?: boolean;
  /**
   * Phoned Home can be delayed by buffers in switches. `ignore-late` drops it within five minutes after the last
   * event; `only-after` drops it unless it comes more than five minutes after a known last event.
   */
  readonly window?: 'ignore-late' | 'only-after';
}

const A: Rule = { effect: 'append' };
const T: Rule = { effect: 'heartbeat' };
const U: Rule = { effect: 'unexpected' };
const V: Rule = { effect: 'unexpected-unlogged' };
const C: Rule = { effect: 'crash', crashLoop: true };
/** … and clears the failed reclaim flag. */
const Af: Rule = { ...A, failedReclaim: false };
const Tf: Rule = { ...T, failedReclaim: false };
/** … and ends the crash loop. */
const Ar: Rule = { ...A, crashLoop: false };
/** … and starts a crash loop. */
const Uc: Rule = { ...U, crashLoop: true };
/** The same, but ignores late events. */
const SA: Rule = { ...A, window: 'ignore-late' };
const SAf: Rule = { ...Af, window: 'ignore-late' };
const STf: Rule = { ...Tf, window: 'ignore-late' };
/** The machine phones home although it was reclaimed. */
const R: Rule = { ...T, failedReclaim: true, window: 'only-after' };

type Row = readonly [Rule, Rule, Rule, Rule, Rule, Rule, Rule, Rule, Rule, Rule, Rule];

/**
 * The rule for each event and state (docs/reference/provisioning-events.md#lifecycle-table). The only place that
 * decides about states.
 */
export const LIFECYCLE: Readonly<Record<EventType, Row>> = {
  //                    init pxe  prep reg  wait inst boot home rebo recl crash
  'PXE Booting': /*  */ [Af, Tf, Uc, Uc, Uc, Uc, Uc, Uc, Af, Af, Af],
  Preparing: /*      */ [Af, Af, Uc, Uc, Uc, Uc, Uc, Uc, Af, Af, Af],
  Registering: /*    */ [A, U, A, U, U, U, U, U, U, U, U],
  Waiting: /*        */ [A, U, U, A, U, U, U, U, U, U, U],
  Installing: /*     */ [A, U, U, A, A, U, U, U, U, U, U],
  'Booting New Kernel': [A, U, U, U, U, A, U, U, U, U, U],
  'Phoned Home': /*  */ [Ar, STf, SAf, SA, SA, U, Ar, T, Ar, R, U],
  'Planned Reboot': /**/ [Ar, Ar, Ar, Ar, Ar, Ar, Ar, Ar, Ar, Ar, Ar],
  'Machine Reclaim': /**/ [Ar, Ar, Ar, Ar, Ar, Ar, Ar, Ar, Ar, Ar, Ar],
  Alive: /*          */ [T, T, T, T, T, T, T, V, V, V, V],
  Crashed: /*        */ [C, C, C, C, C, C, C, U, U, U, U],
};

/** The state that the newest logged event leads to. `Alive` is never logged. */
const STATE_AFTER: Readonly<Record<Exclude<EventType, 'Alive'>, State>> = {
  'PXE Booting': 'pxe booting',
  Preparing: 'preparing',
  Registering: 'registering',
  Waiting: 'waiting',
  Installing: 'installing',
  'Booting New Kernel': 'booting new kernel',
  'Phoned Home': 'phoned home',
  'Planned Reboot': 'planned reboot',
  'Machine Reclaim': 'machine reclaim',
  Crashed: 'crashing',
};

/** Returns `initial` for an empty log, or if the newest event is of a type that no longer exists. */
export function stateOf({ events }: Pick<EventContainer, 'events'>): State {
  const newest = events[0]?.event;
  return newest !== undefined && isEventType(newest) && newest !== 'Alive' ? STATE_AFTER[newest] : 'initial';
}

/** Returns the effect of an event on a machine in the given state. */
export function ruleFor(event: EventType, state: State): Rule {
  return LIFECYCLE[event][STATES.indexOf(state)]!;
}

/** Throws at start-up if the table is incomplete or inconsistent. */
export function validateLifecycle(table: Readonly<Record<string, readonly Rule[]>>): void {
  for (const event of EVENT_TYPES) {
    const row = table[event] ?? [];
    if (row.length !== STATES.length) throw new Error(`the lifecycle has ${row.length} rules for "${event}"`);
    if (event === 'Alive' && row.some(isLogged)) throw new Error('the lifecycle must never log "Alive"');
  }
  const reached = new Set<State>(['initial', ...Object.values(STATE_AFTER)]);
  const lost = STATES.filter((state) => !reached.has(state));
  if (lost.length > 0) throw new Error(`no event of the lifecycle leads to the states ${lost.join(', ')}`);
}

/** Whether the event is added to the log. */
export const isLogged = ({ effect }: Rule): boolean => effect !== 'heartbeat' && effect !== 'unexpected-unlogged';

validateLifecycle(LIFECYCLE);
