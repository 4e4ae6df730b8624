import { join } from 'node:path';
import { EmbeddedEngine } from './embedded/embedded-engine.js';
import type { Engine } from './engine.js';
import { MemoryEngine } from './memory/memory-engine.js';
import { RethinkEngine, type RethinkOptions } from './rethinkdb/rethinkdb-engine.js';
import { generatedKeys, givenKeys, type KeySource } from './sealing/key-source.js';
import { SealedEngine } from './sealing/sealed-engine.js';

export interface EngineSettings {
  readonly engine: 'embedded' | 'rethinkdb' | 'memory';
  /** Data folder of the process. */
  readonly dataDir: string;
  readonly rethinkdb: Omit<RethinkOptions, 'report'>;
  /** How secrets are encrypted at rest. */
  readonly encryption: {
    readonly enabled: boolean;
    /** Encryption keys, the current one first. If undefined, a key file in the data folder is used. */
    readonly keys: readonly Buffer[] | undefined;
    /** Origin of `keys`, for messages. */
    readonly source: string;
  };
}

/** Name of the embedded engine's folder in the data folder. */
export const STORE_FOLDER = 'store';

/** Folder of the embedded engine. */
export const storeFolder = (dataDir: string): string => join(dataDir, STORE_FOLDER);

/** Source of the keys that encrypt secrets at rest. */
export const keySourceOf = ({ dataDir, encryption: { keys, source } }: EngineSettings): KeySource =>
  keys === undefined ? generatedKeys(dataDir) : givenKeys(source, keys);

/**
 * Creates the configured engine without opening it. Engines that persist data encrypt secrets at rest. `report` is
 * called with the reason when opening takes long.
 */
export function createEngine(settings: EngineSettings, report?: RethinkOptions['report']): Engine {
  const engine = createBareEngine(settings, report);
  if (settings.engine === 'memory') return engine;
  const { enabled: encrypting } = settings.encryption;
  const tell = report && ((message: string, error: unknown) => report(`${message}: ${String(error)}`));
  return new SealedEngine(engine, keySourceOf(settings), { encrypting, report: tell });
}

/** Like `createEngine`, but without encryption and decryption: secrets are returned as they are stored. */
export function createBareEngine(
  settings: Pick<EngineSettings, 'engine' | 'dataDir' | 'rethinkdb'>,
  report?: RethinkOptions['report'],
): Engine {
  switch (settings.engine) {
    case 'memory':
      return new MemoryEngine();
    case 'embedded':
      return new EmbeddedEngine(storeFolder(settings.dataDir));
    case 'rethinkdb':
      return new RethinkEngine({ ...settings.rethinkdb, report });
  }
}
