import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUNS, SEED } from '../../../test/support/property-seed.js';
import { ChangeLog, newsOf } from './change-log.js';
import { covers, selectionOf } from './watch.js';
import type { Position, Selection, Sight } from './watch.js';

const KINDS = ['a', 'b'];
const IDS = ['1', '2', '3', '4'];

const sight = (value: number, project: string): Sight => ({ object: { value }, scope: { project } });

/** A reader that takes at most so many objects at a time and may come back with an older position. */
class Reader {
  readonly known = new Map<string, number>();
  position: Position;
  /** What it was told, newest last. */
  readonly told: string[] = [];

  constructor(
    private readonly log: ChangeLog,
    readonly selection: Selection,
  ) {
    this.position = { since: log.last, at: 0 };
  }

  read(limit: number): void {
    if (this.log.misses(this.selection, this.position)) {
      this.known.clear();
      this.position = { since: this.log.last, at: 0 };
    }
    let { at } = this.position;
    let count = 0;
    for (const entry of this.log.after(at)) {
      if (count++ >= limit) return void (this.position = { ...this.position, at });
      at = entry.seq;
      const name = `${entry.kind}/${entry.id}`;
      const news = newsOf(entry, this.selection, this.position);
      if (news === undefined) continue;
      this.told.push(`${news} ${name}`);
      if (news === 'removed') this.known.delete(name);
      else this.known.set(name, (entry.sight!.object as { value: number }).value);
    }
    this.position = { since: this.log.last, at: this.log.last };
  }
}

type Step =
  | {
      readonly do: 'record';
      readonly kind: string;
      readonly id: string;
      readonly project: string;
      readonly gone: boolean;
    }
  | { readonly do: 'read'; readonly reader: number; readonly limit: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('record' as const),
        kind: fc.constantFrom(...KINDS),
        id: fc.constantFrom(...IDS),
        project: fc.constantFrom('', 'p', 'q'),
        gone: fc.boolean(),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('read' as const),
        reader: fc.nat({ max: 3 }),
        limit: fc.integer({ min: 1, max: 3 }),
      }),
    },
  ),
  { maxLength: 200 },
);

function openLog() {
  const log = new ChangeLog();
  const current = new Map<string, Sight>();
  let value = 0;
  const record = (kind: string, id: string, project: string, gone = false): void => {
    const next = gone ? undefined : sight(++value, project);
    if (next) current.set(`${kind}/${id}`, next);
    else current.delete(`${kind}/${id}`);
    log.record(kind, id, next);
  };
  const listOf = (selection: Selection): Map<string, unknown> =>
    new Map(
      [...current].flatMap(([name, { object, scope }]) =>
        selection.kinds.has(name.split('/')[0]!) && covers(selection, scope)
          ? [[name, (object as { value: number }).value] as const]
          : [],
      ),
    );
  return { log, record, listOf };
}

const select = (kinds: string, project?: string): Selection => selectionOf({ kinds, project }, KINDS, true);
const sorted = (map: ReadonlyMap<string, unknown>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

describe('ChangeLog', () => {
  it(`leaves every reader with the current objects, however slowly it reads (seed ${SEED})`, () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const { log, record, listOf } = openLog();
        const readers = [select('a'), select('a,b'), select('a,b', 'p'), select('b', 'q')].map(
          (selection) => new Reader(log, selection),
        );
        for (const step of sequence) {
          if (step.do === 'record') record(step.kind, step.id, step.project, step.gone);
          else if (step.do === 'read') readers[step.reader]!.read(step.limit);
        }
        for (const reader of readers) {
          reader.read(Infinity);
          expect(sorted(reader.known)).toEqual(sorted(listOf(reader.selection)));
        }
      }),
      { numRuns: RUNS * 10 },
    );
  });

  it('tells a complete reader of a filtered watch nothing about other objects', () => {
    const { log, record } = openLog();
    const reader = new Reader(log, select('a', 'p'));
    reader.read(Infinity);
    for (let n = 0; n < 5; n++) record('a', '1', 'q');
    record('a', '1', 'q', true);
    reader.read(Infinity);
    expect(reader.told).toEqual([]);
  });

  it('never delivers a state that was superseded', () => {
    const { log, record } = openLog();
    const reader = new Reader(log, select('a'));
    for (let n = 0; n < 100; n++) record('a', String(n % 4), '');
    reader.read(Infinity);
    expect(reader.told).toEqual(['put a/0', 'put a/1', 'put a/2', 'put a/3']);
  });

  it('takes a state that reads the same for no change', () => {
    const { log } = openLog();
    log.record('a', '1', sight(1, 'p'));
    const before = log.last;
    log.record('a', '1', sight(1, 'p'));
    expect(log.last).toBe(before);
    log.record('a', '1', sight(1, 'q'));
    expect(log.last).toBe(before + 1);
  });

  it('stays small when the same objects change for long', () => {
    const { log, record } = openLog();
    for (let n = 0; n < 100_000; n++) record('a', String(n % 4), `${n % 50}`);
    expect([...log.after(0)]).toHaveLength(4);
    expect((log as unknown as { items: unknown[] }).items.length).toBeLessThan(2000);
    expect([...log.after(0)].every(({ departures }) => departures.length <= 8)).toBe(true);
  });

  it('says who missed removals that it no longer has', () => {
    const { log, record } = openLog();
    record('a', 'first', '');
    const behind = { since: log.last, at: log.last };
    for (let n = 0; n < 20_001; n++) {
      record('a', `x${n}`, '');
      record('a', `x${n}`, '', true);
    }
    expect([...log.after(0)].length).toBeLessThanOrEqual(20_001);
    expect(log.misses(select('a'), behind)).toBe(true);
    expect(log.misses(select('a'), { since: log.last, at: log.last })).toBe(false);
    expect(log.misses(select('a'), { since: log.last, at: 1 }), 'a state that began afterwards').toBe(false);
  });

  it('says who missed what happened while a kind was not watched', () => {
    const { log, record } = openLog();
    record('a', '1', '');
    const position = { since: log.last, at: log.last };
    log.drop('a');
    expect(log.misses(select('a'), position)).toBe(true);
    expect(log.misses(select('b'), position)).toBe(false);
    expect([...log.after(0)]).toEqual([]);
  });

  it('does not know positions that it never had', () => {
    const { log } = openLog();
    expect(log.misses(select('a'), { since: 0, at: 7 })).toBe(true);
    expect(log.misses(select('a'), { since: 7, at: 0 })).toBe(false);
  });
});
