import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { openDatabase, type Database } from '../store/embedded/database.js';

const ID_KEY = 'id';

/**
 * A name for this process, under which it leaves unfinished work in a shared database. It outlives the process when the
 * data folder does: the folder keeps it, and the lock on it proves that no process of that name lives any longer. A host
 * name would prove nothing.
 */
export class ProcessIdentity {
  private constructor(
    readonly id: string,
    private readonly folder: Database | undefined,
  ) {}

  /** A name that no other process has or had. */
  static unique(): ProcessIdentity {
    return new ProcessIdentity(randomUUID(), undefined);
  }

  /** The name that `folder` keeps; a unique one when another process has that, or when nothing can be kept there. */
  static async of(folder: string): Promise<ProcessIdentity> {
    let kept: Database | undefined;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      kept = await openDatabase(folder);
      return new ProcessIdentity(await nameIn(kept), kept);
    } catch {
      await kept?.close();
      return ProcessIdentity.unique();
    }
  }

  /** True when all earlier processes of this name have ended: what they left unfinished may be taken over. */
  get isHeir(): boolean {
    return this.folder !== undefined;
  }

  /** Gives the name up. */
  async release(): Promise<void> {
    await this.folder?.close();
  }
}

async function nameIn(kept: Database): Promise<string> {
  for await (const [, id] of kept.entries({ gte: ID_KEY, lt: `${ID_KEY}!` })) return id;
  const id = randomUUID();
  await kept.write([{ type: 'put', key: ID_KEY, value: id }]);
  return id;
}
