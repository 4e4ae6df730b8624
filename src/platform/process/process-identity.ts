import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { ClassicLevel } from 'classic-level';

const ID_KEY = 'id';

/**
 * A name for this process, under which it leaves unfinished work in a shared database. It outlives the process when the
 * data folder does: the folder keeps it, and the lock on it proves that no process of that name lives any longer. A host
 * name would prove nothing.
 */
export class ProcessIdentity {
  private constructor(
    readonly id: string,
    private readonly folder: ClassicLevel | undefined,
  ) {}

  /** A name that no other process has or had. */
  static unique(): ProcessIdentity {
    return new ProcessIdentity(randomUUID(), undefined);
  }

  /** The name that `folder` keeps; a unique one when another process has that, or when nothing can be kept there. */
  static async of(folder: string): Promise<ProcessIdentity> {
    const kept = new ClassicLevel<string, string>(folder);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await kept.open();
      const known = await kept.get(ID_KEY);
      const id = known ?? randomUUID();
      if (known === undefined) await kept.put(ID_KEY, id, { sync: true });
      return new ProcessIdentity(id, kept);
    } catch {
      await kept.close().catch(() => undefined);
      return ProcessIdentity.unique();
    }
  }

  /** True when whoever had this name before has ended: what it left unfinished may be taken over. */
  get isHeir(): boolean {
    return this.folder !== undefined;
  }

  /** Gives the name up. */
  async release(): Promise<void> {
    await this.folder?.close();
  }
}
