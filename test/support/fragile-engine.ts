import type { Engine } from '../../src/platform/store/engine.js';
import { override } from './engines.js';

/**
 * The point at which a process dies: during this write, counted from now; the database may or may not have applied it.
 */
export interface Crash {
  readonly atWrite: number;
  readonly carriedOut: boolean;
}

/** A process's connection to a database, which can break permanently in the middle of a write. */
export class FragileEngine {
  readonly engine: Engine;
  /** Whether the process no longer receives responses. */
  dead = false;
  private fuse: { left: number; readonly carriedOut: boolean } | undefined;

  constructor(database: Engine) {
    const write = <A extends unknown[], R>(act: (...args: A) => Promise<R>) => {
      return async (...args: A): Promise<R> => {
        this.refuseWhenDead();
        if (this.fuse && this.fuse.left-- === 0) {
          this.dead = true;
          if (this.fuse.carriedOut) await act(...args);
        }
        this.refuseWhenDead();
        const result = await act(...args);
        this.refuseWhenDead();
        return result;
      };
    };
    this.engine = override(database, {
      insert: write((table, content) => database.insert(table, content)),
      replace: write((table, content, revision) => database.replace(table, content, revision)),
      remove: write((table, id, revision) => database.remove(table, id, revision)),
      read: async (table, id) => {
        this.refuseWhenDead();
        return database.read(table, id);
      },
    });
  }

  arm({ atWrite, carriedOut }: Crash): void {
    this.fuse = { left: atWrite, carriedOut };
  }

  disarm(): void {
    this.fuse = undefined;
  }

  private refuseWhenDead(): void {
    if (this.dead) throw new Error('this process is dead');
  }
}
