import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { HeldFeed } from '../../../test/support/held-feed.js';
import { RUNS, SEED } from '../../../test/support/property-seed.js';
import { memoryTable } from '../../../test/support/store.js';
import { MemoryEngine } from '../../platform/store/memory/memory-engine.js';
import type { SavedState } from '../../platform/store/saved-state.js';
import { CidrSet } from '../../shared/net/cidr-set.js';
import { addressBits } from '../../shared/net/family.js';
import { Ip } from '../../shared/net/ip.js';
import { Prefix } from '../../shared/net/prefix.js';
import { ipTable } from './ip.table.js';
import { ProjectAddresses } from './project-addresses.js';

const PROJECTS = ['p1', 'p2'];

class World {
  readonly feed = new HeldFeed(new MemoryEngine());
  readonly table = memoryTable(ipTable, this.feed.engine, { report: () => undefined });
  readonly addresses = new ProjectAddresses(this.table);
  saved: readonly SavedState[] = [];

  async put(id: string, projectId: string, name = ''): Promise<void> {
    const fields = { id, projectId, name, description: '', created: '', changed: '', allocationUuid: '' };
    const place = { networkId: 'n', prefix: '10.0.0.0/24', type: 'static' } as const;
    await this.table.upsert(id, () => ({ ...fields, ...place, tags: [], attachments: [] }));
  }

  /** The prefixes of the addresses of a project, from their documents alone. */
  expected(project: string): string[] {
    const ips = [...this.table.list()].flatMap((one) => (one.projectId === project ? (Ip.tryParse(one.id) ?? []) : []));
    const hosts = ips.map((ip) => Prefix.of(ip, addressBits(ip.family)));
    return CidrSet.of(hosts).prefixes().map(String).sort();
  }
}

type Step = (world: World) => Promise<unknown>;

const id = fc.oneof(
  { weight: 12, arbitrary: fc.nat({ max: 15 }).map((number) => `10.0.0.${number}`) },
  { weight: 6, arbitrary: fc.nat({ max: 9 }).map((number) => `2001:db8::${number}`) },
  // Spellings that were stored long ago, and what is no address.
  { weight: 1, arbitrary: fc.constantFrom('2001:DB8::1', '2001:db8:0::2', '::ffff:10.0.0.1', 'broken') },
);
const project = fc.constantFrom(...PROJECTS);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.tuple(id, project).map(
      ([ip, owner]): Step =>
        (w) =>
          w.put(ip, owner),
    ),
  },
  {
    weight: 8,
    arbitrary: id.map(
      (ip): Step =>
        (w) =>
          w.table.remove(ip),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>(async ({ feed }) => feed.lose(ipTable)) },
  { weight: 1, arbitrary: fc.constant<Step>(async ({ feed }) => feed.recover(ipTable)) },
  { weight: 1, arbitrary: fc.constant<Step>(async (w) => (w.saved = await w.feed.save(ipTable))) },
  { weight: 1, arbitrary: fc.constant<Step>((w) => w.feed.goBack(ipTable, w.saved)) },
);

describe('the addresses of a project', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  it(`are those of its documents, after any changes and whenever they are asked for (seed ${SEED})`, async () => {
    const steps = fc.array(fc.tuple(step, fc.subarray(PROJECTS)), { maxLength: 60 });
    const property = fc.asyncProperty(steps, async (all) => {
      world = new World();
      for (const [take, asked] of all) {
        await take(world);
        for (const one of asked) expect(world.addresses.of(one).texts).toEqual(world.expected(one));
      }
      for (const one of PROJECTS) expect(world.addresses.of(one).texts).toEqual(world.expected(one));
    });
    await fc.assert(property, { numRuns: 3 * RUNS });
  });

  it('are an identical list until one is added or removed', async () => {
    await world.put('10.0.0.1', 'p1');
    const first = world.addresses.of('p1');
    await world.put('10.0.0.1', 'p1', 'another name');
    await world.put('10.0.0.2', 'p2');
    expect(world.addresses.of('p1')).toBe(first);
    await world.put('10.0.0.3', 'p1');
    await world.table.remove('10.0.0.3');
    expect(world.addresses.of('p1')).toBe(first);
    await world.put('10.0.0.2', 'p1');
    expect(world.addresses.of('p1').texts).toEqual(['10.0.0.1/32', '10.0.0.2/32']);
    expect(world.addresses.of('p2').texts).toEqual([]);
    expect(world.addresses.of('p2')).toBe(world.addresses.of('p3'));
  });

  it('stay as long as one document stands for them, in any spelling', async () => {
    for (const spelling of ['2001:db8::1', '2001:DB8::1']) await world.put(spelling, 'p1');
    expect(world.addresses.of('p1').texts).toEqual(['2001:db8::1/128']);
    await world.table.remove('2001:db8::1');
    expect(world.addresses.of('p1').texts).toEqual(['2001:db8::1/128']);
    await world.table.remove('2001:DB8::1');
    expect(world.addresses.of('p1').texts).toEqual([]);
  });

  it('are read from the table when many have changed since they were asked for', async () => {
    await world.put('10.0.0.1', 'p1');
    world.addresses.of('p1');
    for (let number = 0; number < 1500; number++) await world.put(`10.1.${number >> 8}.${number & 255}`, 'p1');
    expect(world.addresses.of('p1').texts).toEqual(world.expected('p1'));
  });
});
