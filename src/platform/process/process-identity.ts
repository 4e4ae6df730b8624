import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { openDatabase, type Database } from '../store/embedded/database.js';

const ID_KEY = 'id';

/**
 * The name under which this process leaves unfinished work in a shared database. It survives the process together with
 * the data folder: the folder stores the name, and the lock on it proves that no other process with that name is
 * running. A host name would prove nothing.
 */
export class ProcessIdentity {
  private constructor(
    readonly id: string,
    private readonly folder: Database | undefined,
  ) {}

  /** A name that no other process has ever had. */
  static unique(): ProcessIdentity {
    return new ProcessIdentity(randomUUID(), undefined);
  }

  /**
   * The name stored in `folder`; a unique one if another process is using that name, or if the folder cannot be used.
   */
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

  /** True if all earlier processes with this name have ended: their unfinished work may be taken over. */
  get isSuccessor(): boolean {
    return this.folder !== undefined;
  }

  /** Releases the name. */
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
