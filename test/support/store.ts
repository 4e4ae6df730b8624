import { LiveTable, type LiveTableOptions } from '../../src/platform/store/live-table.js';
import { EngineAppendLog } from '../../src/platform/store/engine-append-log.js';
import type { LogDefinition, LogEntry } from '../../src/platform/store/append-log.js';
import type { Engine } from '../../src/platform/store/engine.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import type { Document, TableDefinition } from '../../src/platform/store/table.js';

/** A loaded live table on a new memory engine (or on `engine`, to share one). Needs no clean-up. */
export function memoryTable<T extends Document, I extends string>(
  definition: TableDefinition<T, I>,
  engine: Engine = new MemoryEngine(),
  options: LiveTableOptions = {},
): LiveTable<T, I> {
  const table = new LiveTable(engine, definition, options);
  void table.start(); // the memory engine loads synchronously
  return table;
}

/** A log on a new memory engine. */
export function memoryLog<E extends LogEntry>(
  definition: LogDefinition<E>,
  engine = new MemoryEngine(),
): EngineAppendLog<E> {
  return new EngineAppendLog<E>(engine, definition);
}
