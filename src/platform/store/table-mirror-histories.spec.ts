import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUNS } from '../../../test/support/property-seed.js';
import type { FeedSink, Removal, Stored } from './engine.js';
import { TableMirror, type Discrepancy } from './table-mirror.js';
import { defineTable, type Document } from './table.js';

interface Box extends Document {
  readonly mark: number;
}

const boxes = defineTable<Box>()({ name: 'box', indexes: { parity: (box) => String(box.mark % 2) } });
type Id = 'a' | 'b';

type Act = (sink: FeedSink & TableMirror<Box, 'parity'>) => void;

/**
 * A database whose history may end and restart at an earlier state, connected to one mirror by an ordered feed and by
 * responses in any order. When the database goes back in time, everything in flight is lost, as its connections are.
 */
class Adversary {
  private rows = new Map<Id, Stored>();
  private saved: ReadonlyMap<Id, Stored> = new Map();
  private marks = 0;
  /** Entries that the feed has not delivered yet; undefined while it is broken. */
  private entries: Act[] | undefined;
  private answers: Act[] = [];
  readonly mirror: TableMirror<Box, 'parity'>;

  constructor() {
    const nothing = (): void => undefined;
    const verify = (discrepancy: Discrepancy): void => this.verify(discrepancy);
    this.mirror = new TableMirror(boxes, { verify, report: nothing, lost: nothing, synced: nothing });
    this.subscribe();
    this.deliverEntry();
  }

  /** A write by any process; `told`: this process receives the response, eventually. */
  write(id: Id, told: boolean): void {
    const revision = (this.rows.get(id)?.revision ?? 0) + 1;
    const document: Box = { id, revision, mark: this.marks++ };
    this.set(id, { current: document, revision }, (sink) => sink.put({ ...document }));
    if (told) this.answers.push((sink) => sink.applyDocument({ ...document }));
  }

  remove(id: Id, told: boolean): void {
    const row = this.rows.get(id);
    if (row?.current === undefined) return;
    const revision = row.revision + 1;
    this.set(id, { current: undefined, revision }, (sink) => sink.removed(id, revision));
    if (told) this.answers.push((sink) => sink.applyRemoval(id, revision));
  }

  read(id: Id): void {
    const stored = this.rows.get(id) ?? { current: undefined, revision: 0 };
    this.answers.push((sink) => sink.applyStored(id, { ...stored }));
  }

  save(): void {
    this.saved = new Map(this.rows);
  }

  /** Goes back to the saved state, or to an empty one. `noticed`: the engine invalidates the mirror. */
  goBack(toNothing: boolean, noticed: boolean): void {
    this.rows = new Map(toNothing ? [] : this.saved);
    this.answers = [];
    this.breakFeed();
    if (noticed) this.mirror.invalidate();
  }

  breakFeed(): void {
    this.entries = undefined;
    this.mirror.lost(new Error('gap'));
  }

  /** The snapshot is taken now and delivered in its turn. */
  subscribe(): void {
    if (this.entries !== undefined) return;
    const stored = [...this.rows.entries()];
    const documents = stored.flatMap(([, { current }]) => (current ? [{ ...current }] : []));
    const removals = stored.flatMap(([id, { current, revision }]): Removal[] => (current ? [] : [{ id, revision }]));
    this.entries = [(sink) => sink.snapshot(documents, removals)];
  }

  deliverEntry(): void {
    this.entries?.shift()?.(this.mirror);
  }

  deliverAnswer(position: number): void {
    this.answers.splice(position % Math.max(this.answers.length, 1), 1)[0]?.(this.mirror);
  }

  /** Delivers everything in flight. */
  settle(): void {
    this.subscribe();
    while (this.entries!.length + this.answers.length > 0) {
      if (this.entries!.length > 0) this.deliverEntry();
      else this.deliverAnswer(0);
    }
  }

  get truth(): Document[] {
    return [...this.rows.values()].flatMap(({ current }) => current ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  private verify(discrepancy: Discrepancy): void {
    const stored = this.rows.get(discrepancy.id as Id) ?? { current: undefined, revision: 0 };
    this.answers.push(() => discrepancy.settle({ ...stored }));
  }

  private set(id: Id, stored: Stored, entry: Act): void {
    this.rows.set(id, stored);
    this.entries?.push(entry);
  }
}

/** Mostly the same ID: failures need many states of one ID. */
const id = fc.constantFrom<Id[]>('a', 'a', 'a', 'b');
type Operation = (world: Adversary) => void;
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(id, fc.boolean()).map(
      ([of, told]): Operation =>
        (w) =>
          w.write(of, told),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(id, fc.boolean()).map(
      ([of, told]): Operation =>
        (w) =>
          w.remove(of, told),
    ),
  },
  {
    weight: 2,
    arbitrary: id.map(
      (of): Operation =>
        (w) =>
          w.read(of),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.nat(5).map(
      (position): Operation =>
        (w) =>
          w.deliverAnswer(position),
    ),
  },
  { weight: 6, arbitrary: fc.constant<Operation>((w) => w.deliverEntry()) },
  { weight: 2, arbitrary: fc.constant<Operation>((w) => w.breakFeed()) },
  { weight: 3, arbitrary: fc.constant<Operation>((w) => w.subscribe()) },
  { weight: 1, arbitrary: fc.constant<Operation>((w) => w.save()) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.boolean(), fc.boolean()).map(
      ([empty, noticed]): Operation =>
        (w) =>
          w.goBack(empty, noticed),
    ),
  },
);

describe('TableMirror with a database that goes back in time', () => {
  it('equals the database once everything in flight has arrived', () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 5, maxLength: 40, size: 'max' }), (operations) => {
        const world = new Adversary();
        for (const operate of operations) operate(world);
        world.settle();
        const { mirror, truth } = world;
        expect([...mirror.list()].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(truth);
        expect([...mirror.by('parity', '0'), ...mirror.by('parity', '1')]).toHaveLength(truth.length);
        expect(mirror.synced).toBe(true);
      }),
      { numRuns: RUNS * 50 },
    );
  });

  it('never shows readers an older state while the history is unbroken', () => {
    const honest = fc.array(operation, { minLength: 5, maxLength: 40, size: 'max' });
    fc.assert(
      fc.property(honest, (operations) => {
        const world = new Adversary();
        world.goBack = () => undefined;
        const seen = new Map<string, number>();
        const wrong: string[] = [];
        world.mirror.watch((change) => {
          if (change.type !== 'put') return;
          if (change.now.revision < (seen.get(change.id) ?? 0)) wrong.push(`${change.id}@${change.now.revision}`);
          seen.set(change.id, change.now.revision);
        });
        for (const operate of operations) operate(world);
        expect(wrong).toEqual([]);
      }),
      { numRuns: RUNS * 50 },
    );
  });
});
