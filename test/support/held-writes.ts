import type { Engine } from '../../src/platform/store/engine.js';
import { override } from './engines.js';

/** A database whose writes of one kind into one table wait from a call of `hold` until the call of its result. */
export class HeldWrites {
  readonly engine: Engine;
  /** How many writes the latest hold has met. */
  waiting = 0;
  private gate: { readonly table: string; readonly kind: string; readonly opened: Promise<void> } | undefined;

  constructor(database: Engine) {
    this.engine = override(database, {
      insert: async (table, content) => {
        await this.pass(table, 'insert');
        return database.insert(table, content);
      },
      replace: async (table, content, revision) => {
        await this.pass(table, 'replace');
        return database.replace(table, content, revision);
      },
    });
  }

  /** Replaces an earlier hold, whose writes wait on. */
  hold(table: string, kind: 'insert' | 'replace'): () => void {
    let open = (): void => undefined;
    const gate = { table, kind, opened: new Promise<void>((resolve) => (open = resolve)) };
    this.gate = gate;
    this.waiting = 0;
    return () => {
      if (this.gate === gate) this.gate = undefined;
      open();
    };
  }

  private async pass(table: string, kind: string): Promise<void> {
    const { gate } = this;
    if (gate?.table !== table || gate.kind !== kind) return;
    this.waiting++;
    await gate.opened;
  }
}
