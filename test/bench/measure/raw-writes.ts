import type { Engine } from '../../../src/platform/store/engine.js';
import type { Effort } from '../effort.js';
import type { Contents } from '../fleet/contents.js';
import { closedLoop } from '../load.js';

/** Durable inserts per second through the engine alone, by concurrency. */
export type RawWrites = ReadonlyMap<number, number>;

const TABLE = 'raw';

/** Writes documents of the size of machines into an empty database: the limit of the storage medium. */
export async function rawWrites(
  engine: Engine,
  all: readonly Contents[],
  { pairs, writes }: Effort,
): Promise<RawWrites> {
  const machine = all.find(({ name }) => name === 'machine')!.documents[0]!;
  await engine.open({ tables: [TABLE], logs: [] });
  const rates = new Map<number, number>();
  for (const { concurrency } of pairs) {
    const samples = await closedLoop(concurrency, { milliseconds: writes }, (number) =>
      engine.insert(TABLE, { ...machine, id: `${concurrency}-${number}` }),
    );
    rates.set(concurrency, samples.rate);
  }
  await engine.close();
  return rates;
}
