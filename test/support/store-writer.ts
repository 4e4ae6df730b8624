import { EmbeddedEngine } from '../../src/platform/store/embedded/embedded-engine.js';
import { RethinkEngine } from '../../src/platform/store/rethinkdb/rethinkdb-engine.js';
import { Store } from '../../src/platform/store/store.js';
import { boxes, type WriterSettings } from './store-box.js';

/**
 * A separate process that writes until it is killed. It prints each write before it starts (`begin <id> <count>`, count
 * 0 for a removal) and when it was acknowledged (`done <id>`). Each worker has its own documents; all workers share one
 * counter, whose additions are acknowledged with `total`.
 */
const settings = JSON.parse(process.argv[2] ?? '{}') as WriterSettings;
const engine = settings.folder ? new EmbeddedEngine(settings.folder) : new RethinkEngine(settings.rethinkdb!);
const store = new Store(engine, { report: () => undefined });
const table = store.table(boxes);

/** Resolves when the line has left this process; a kill loses buffered output. */
const say = (line: string): Promise<void> =>
  new Promise((resolve) => process.stdout.write(`${line}\n`, () => resolve()));

async function work(worker: number): Promise<void> {
  for (let round = 0; ; round++) {
    const id = `${settings.name}-${worker}-${round % 7}`;
    const count = (table.get(id)?.count ?? 0) + 1;
    await say(`begin ${id} ${count}`);
    await table.upsert(id, () => ({ id, count, data: 'x'.repeat(500) }));
    void say(`done ${id}`);
    await table.upsert('total', (now) => ({ id: 'total', count: (now?.count ?? 0) + 1 }));
    void say('total');
    if (round % 10 !== 9) continue;
    await say(`begin ${id} 0`);
    await table.remove(id);
    void say(`done ${id}`);
  }
}

process.on('unhandledRejection', (error) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(3);
});
await store.start();
void say('started');
await Promise.all(Array.from({ length: settings.workers }, (_, worker) => work(worker)));
