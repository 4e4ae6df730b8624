import { join } from 'node:path';
import { EmbeddedEngine } from './embedded/embedded-engine.js';
import type { Engine } from './engine.js';
import { MemoryEngine } from './memory/memory-engine.js';
import { RethinkEngine, type RethinkOptions } from './rethinkdb/rethinkdb-engine.js';

export interface EngineSettings {
  readonly engine: 'embedded' | 'rethinkdb' | 'memory';
  /** Folder of the process's data. */
  readonly dataDir: string;
  readonly rethinkdb: Omit<RethinkOptions, 'report'>;
}

/** Where the embedded engine lives. */
export const storeFolder = (dataDir: string): string => join(dataDir, 'store');

/** The engine that the settings ask for, not opened yet. `report` hears why its start takes long. */
export function createEngine(settings: EngineSettings, report?: RethinkOptions['report']): Engine {
  switch (settings.engine) {
    case 'memory':
      return new MemoryEngine();
    case 'embedded':
      return new EmbeddedEngine(storeFolder(settings.dataDir));
    case 'rethinkdb':
      return new RethinkEngine({ ...settings.rethinkdb, report });
  }
}
