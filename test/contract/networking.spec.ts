import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { Prefix } from '../../src/shared/net/prefix.js';
import { Store } from '../../src/platform/store/store.js';
import { describeOnEngines, withSlowFeed, type Lab } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { acceptanceNetworks, networkServicesOn, type NetworkServicesOn } from '../support/networks.js';

/**
 * Two processes on one database, one of which receives changes late: nothing is ever allocated to two owners, and
 * everything that is released becomes available again.
 */
describeOnEngines({ suite: 'networking of two processes' }, (candidate) => {
  let lab: Lab;
  let stores: Store[];
  let processes: NetworkServicesOn[];
  let networks: Awaited<ReturnType<typeof acceptanceNetworks>>;

  const pick = (i: number): NetworkServicesOn => processes[i % 2] as NetworkServicesOn;
  const each = <T>(n: number, act: (process: NetworkServicesOn, i: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: n }, (_, i) => act(pick(i), i)));
  const distinct = (values: readonly unknown[]): number => new Set(values).size;

  beforeAll(() => candidate.prepare());
  afterAll(() => candidate.cleanUp());

  beforeEach(async () => {
    lab = candidate.lab();
    stores = [new Store(lab.connect()), new Store(withSlowFeed(lab.connect(), 20))];
    processes = stores.map((store) => networkServicesOn((definition) => store.table(definition)));
    for (const store of stores) await store.start();
    networks = await acceptanceNetworks(pick(0));
    await eventually('the fixture', () => pick(1).networks.list().length === 10);
  });

  afterEach(async () => {
    for (const store of stores) await store.stop();
    await lab.close();
  });

  it('allocates 100 addresses to 100 callers, and again after their release', async () => {
    const take = (process: NetworkServicesOn) => process.ips.allocate({ networkId: 'inet', projectId: 'a' });
    const first = await each(100, take);
    expect(distinct(first.map(({ id }) => id))).toBe(100);
    await each(100, async (process, i) => {
      await eventually('an address', () => process.ips.find(first[i]!.id));
      await process.ips.free(first[i]!.id);
    });
    expect(distinct((await each(100, take)).map(({ id }) => id))).toBe(100);
  });

  it('allocates 30 child networks of mixed lengths, and the whole space again after their release', async () => {
    const ledger = () => pick(0).tables.children.readFresh('s1');
    const before = (await ledger())?.spaces;
    const children = await each(30, (process, i) =>
      process.networks.allocate({ partitionId: 'p1', projectId: 'a', lengths: { IPv4: 22 + (i % 4) } }),
    );
    expect(distinct(children.map(({ vrf }) => vrf))).toBe(30);
    const prefixes = children.flatMap((child) => child.prefixes.map((text) => Prefix.parse(text)));
    for (const [i, prefix] of prefixes.entries())
      expect(prefixes.slice(0, i).filter((other) => other.overlaps(prefix))).toEqual([]);
    await each(30, async (process, i) => {
      const { id } = children[i + 1 - 2 * (i % 2)]!;
      await eventually('a network', () => process.networks.find(id));
      await process.networks.free(id);
    });
    expect((await ledger())?.spaces).toEqual(before);
  });

  it('creates one super network, one underlay and one network per prefix despite races', async () => {
    const attempt = (spec: object) =>
      each(8, (process, i) => {
        const prefixes = 'prefixes' in spec ? {} : { prefixes: [`172.16.${i}.0/24`] };
        return process.networks.create({ partitionId: 'p3', ...prefixes, ...spec }).then(
          () => 1,
          () => 0,
        );
      });
    const sum = async (spec: object): Promise<number> => (await attempt(spec)).reduce((a: number, b) => a + b, 0);
    expect(await sum({ privateSuper: true, defaultChildPrefixLength: { IPv4: 26 } })).toBe(1);
    expect(await sum({ underlay: true, prefixes: ['172.17.0.0/24'] })).toBe(1);
    expect(await sum({ prefixes: ['172.18.0.0/24'] })).toBe(1);
  });

  it('leaves no address without its network', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await pick(0).networks.allocate({ partitionId: 'p1', projectId: 'a' });
      await eventually('a network', () => pick(1).networks.find(id));
      const [ip, freed] = await Promise.allSettled([
        pick(1).ips.allocate({ networkId: id, projectId: 'a' }),
        pick(1).networks.free(id),
      ]);
      // Both may fail: the address existed when the network was freed, and the network when the address was allocated.
      expect([ip.status, freed.status]).not.toEqual(['fulfilled', 'fulfilled']);
      expect((await pick(0).tables.networks.readFresh(id)) === undefined).toBe(freed.status === 'fulfilled');
      expect(pick(1).ips.search({ networkId: id })).toHaveLength(ip.status === 'fulfilled' ? 1 : 0);
      if (ip.status === 'fulfilled') await pick(1).ips.free(ip.value.id);
    }
  });

  it('connects 20 firewalls to a shared network and releases each one by its allocation', async () => {
    const owner = (i: number) => ({ machineId: `m${i}`, allocation: `a${i}`, projectId: 'a', name: `fw${i}` });
    const wanted = { network: networks.st, type: 'privatesecondaryshared' as const, auto: true, ips: [] };
    const ips = await each(20, (process, i) => process.ips.acquireForAllocation(wanted, owner(i)));
    const asns = await each(20, (process, i) => process.pools.acquireAsn(`a${i}`));
    expect([distinct(ips.flat()), distinct(asns)]).toEqual([20, 20]);
    const released = async (process: NetworkServicesOn, i: number) => {
      await process.ips.releaseAllocation(`m${i}`, `a${i}`, 'freed');
      await process.pools.releaseAsn(`a${i}`);
    };
    await each(20, released);
    await each(20, released);
    await eventually('nothing is left', () =>
      processes.every(({ tables }) => tables.ips.size + tables.asns.size === 0),
    );
  });
});
