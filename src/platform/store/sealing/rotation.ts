import { isDomainError } from '../../../shared/errors/domain-error.js';
import type { Engine } from '../engine.js';
import { LiveTable } from '../live-table.js';
import type { Document } from '../table.js';
import type { KeyRing } from './key-ring.js';
import { SealedTable } from './sealed-table.js';

/** How many documents are written concurrently. */
const AT_ONCE = 32;

/** Maximum number of passes over the tables while servers still write with an older key. */
const PASSES = 3;

export interface RotationOptions {
  /** Stores secrets as plain texts instead. */
  readonly plain?: boolean;
  /**
   * Called for each secret that cannot be decrypted and is replaced with `""`. If not set, such a secret aborts the
   * rotation.
   */
  readonly discard?: (message: string) => void;
  /** Called with the number of processed documents of a table. */
  readonly progress?: (table: string, done: number, total: number) => void;
}

/**
 * Encrypts all secrets with the current key, one document at a time, each by a compare-and-set: servers may continue to
 * read and write. Can be interrupted and repeated. Returns the number of rewritten documents, and whether the last pass
 * found none left to rewrite. `engine` must be open and store documents unchanged.
 */
export async function rotateSecrets(
  engine: Engine,
  secrets: Readonly<Record<string, readonly string[]>>,
  ring: KeyRing,
  options: RotationOptions = {},
): Promise<{ readonly rewritten: number; readonly complete: boolean }> {
  let rewritten = 0;
  for (let pass = 0; pass < PASSES; pass++) {
    let changed = 0;
    for (const [name, fields] of Object.entries(secrets)) {
      changed += await rotateTable(engine, name, new SealedTable(name, fields, ring, options.plain), options);
    }
    rewritten += changed;
    if (changed === 0) return { rewritten, complete: true };
  }
  return { rewritten, complete: false };
}

async function rotateTable(
  engine: Engine,
  name: string,
  sealed: SealedTable,
  { discard, progress = () => undefined }: RotationOptions,
): Promise<number> {
  const table = new LiveTable<Document>(engine, { name, indexes: {} });
  await table.start();
  try {
    const documents = [...table.list()];
    const total = documents.length;
    let changed = 0;
    let done = 0;
    const rewrite = async ({ id }: Document): Promise<void> => {
      const heard = new Set<string>();
      let differs = false;
      try {
        await table.update(id, (document) => {
          const resealed = sealed.reseal(document, discard && (({ message }) => heard.add(message)));
          differs = resealed !== document;
          return resealed;
        });
      } catch (error) {
        if (!isDomainError(error, 'not-found')) throw error; // else a server has removed it in the meantime
      }
      if (differs) changed++;
      heard.forEach((message) => discard?.(message));
    };
    const worker = async (): Promise<void> => {
      for (let next = documents.pop(); next !== undefined; next = documents.pop()) {
        await rewrite(next);
        progress(name, ++done, total);
      }
    };
    progress(name, 0, total);
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return changed;
  } finally {
    await table.stop();
  }
}
