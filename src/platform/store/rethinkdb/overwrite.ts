import { append } from '../../../shared/append.js';
import type { EngineNames } from '../engine.js';
import type { SavedState } from '../saved-state.js';
import type { Document } from '../table.js';
import type { Runner } from './query.js';
import { r, type ReqlTable, type Term } from './reql.js';
import { rowKey, toRow, toRowJson } from './rows.js';
import { throwOnWriteError } from './throw-on-write-error.js';

/** The ID of the write that rows of a restored backup name. */
const RESTORED = 'restored';

const seconds = (): Term<number> => r.now().toEpochTime().floor();

/** Stores and removes rows without conditions, for a restore. */
export class Overwrite {
  constructor(
    private readonly runner: Runner,
    private readonly table: (name: string) => ReqlTable,
    private readonly log: (name: string) => ReqlTable,
  ) {}

  /** Safe to repeat. Later states of a document win by their revisions. */
  async store(states: readonly SavedState[]): Promise<void> {
    const tables = new Map<string, SavedState[]>();
    const logs = new Map<string, SavedState[]>();
    for (const state of states) append(state.kind === 'entry' ? logs : tables, state.name, state);
    for (const [name, group] of tables) await this.storeRows(name, group);
    for (const [name, group] of logs) await this.storeEntries(name, group);
  }

  async clear({ tables, logs }: EngineNames): Promise<void> {
    for (const table of [...tables.map(this.table), ...logs.map(this.log)]) {
      await this.runner.run(throwOnWriteError(table.delete({ durability: 'hard' })));
    }
  }

  private async storeEntries(name: string, states: readonly SavedState[]): Promise<void> {
    const rows = `[${states.map(({ json }) => toRowJson(JSON.parse(json) as object)).join()}]`;
    const query = this.log(name).insert(r.json(rows), { conflict: 'replace', durability: 'hard' });
    await this.runner.run(throwOnWriteError(query));
  }

  private async storeRows(name: string, states: readonly SavedState[]): Promise<void> {
    // One insert with two rows of one key would apply them in no particular order.
    const last = new Map(states.map((state) => [rowKey((JSON.parse(state.json) as Document).id), state]));
    const documents = [...last.values()].filter(({ kind }) => kind === 'document');
    const removals = [...last.values()].filter(({ kind }) => kind === 'removal');
    if (documents.length > 0) await this.insert(name, documents, {});
    if (removals.length > 0) await this.insert(name, removals, { $removed: r.now().toEpochTime() });
  }

  private async insert(name: string, states: readonly SavedState[], more: Record<string, unknown>): Promise<void> {
    const rows = r
      .json<unknown[]>(`[${states.map(rowOf).join()}]`)
      .map((row) => row('row').merge({ revision: row('revision'), $writes: [RESTORED], $times: [seconds()], ...more }));
    const newer = (_: unknown, before: Term, after: Term): unknown =>
      r.branch(after('revision').ge(before('revision')), after, before);
    const options = { conflict: newer, durability: 'hard' } as const;
    await this.runner.run(throwOnWriteError(this.table(name).insert(rows, options)));
  }
}

function rowOf({ json }: SavedState): string {
  const document = JSON.parse(json) as Document;
  return `{"revision":${document.revision},"row":${toRow(document)}}`;
}
