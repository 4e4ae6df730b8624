import { eventTable } from '../../src/modules/machine/event/event.table.js';
import { bundleTable } from '../../src/modules/machine/bundle/bundle.table.js';
import { waitEntryTable } from '../../src/modules/machine/waiting-list/wait-entry.table.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { ipTable } from '../../src/modules/ip/ip.table.js';
import { asnTable } from '../../src/modules/pool/pool.table.js';
import type { Engine } from '../../src/platform/store/engine.js';
import { Store } from '../../src/platform/store/store.js';
import type { Tables } from './seed.js';

/** Opens the tables of allocations next to, or instead of, a server, to seed data and check invariants. */
export async function openTables(engine: Engine): Promise<{ tables: Tables; close: () => Promise<void> }> {
  const store = new Store(engine);
  store.table(machineTable);
  store.table(eventTable);
  store.table(ipTable);
  store.table(asnTable);
  store.table(bundleTable);
  store.table(waitEntryTable);
  await store.start();
  return { tables: (definition) => store.table(definition), close: () => store.stop() };
}
