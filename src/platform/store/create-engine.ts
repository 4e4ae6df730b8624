import { join } from 'node:path';
import { EmbeddedEngine } from './embedded/embedded-engine.js';
import type { Engine } from './engine.js';
import { MemoryEngine } from './memory/memory-engine.js';
import { RethinkEngine, type RethinkOptions } from './rethinkdb/rethinkdb-engine.js';

export interface EngineSettings {
  readonly engine: 'embedded' | 'rethinkdb' | 'memory';
  /** Folder of the process's data; the embedded engine lives in `store` below it. */
  readonly dataDir: string;
  readonly rethinkdb: Omit<RethinkOptions, 'report'>;
}

/** The engine that the settings ask for, not opened yet. `report` hears why its start takes long. */
export function createEngine(settings: EngineSettings, report?: RethinkOptions['report']): Engine {
  switch (settings.engine) {
    case 'memory':
      return new MemoryEngine();
    case 'embedded':
      return new EmbeddedEngine(join(settings.dataDir, 'store'));
    case 'rethinkdb':
      return new RethinkEngine({ ...settings.rethinkdb, report });
  }
}
