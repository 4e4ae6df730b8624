import { beforeEach, describe, expect, it } from 'vitest';
import { acceptanceNetworks, networkServices, type NetworkServices } from '../../../test/support/networks.js';
import { invalid, isDomainError } from '../../shared/errors/domain-error.js';
import type { MachineNetworkType, NetworkAssignment } from '../network/machine-networks.js';
import type { Network } from '../network/network.js';
import type { IpSpec } from './ip-draft.js';
import { machineTag } from './ip.js';

const kindOf = (error: unknown) => (isDomainError(error) ? error.kind : String(error));

let s: NetworkServices;
let n: Awaited<ReturnType<typeof acceptanceNetworks>>;

beforeEach(async () => {
  s = networkServices();
  n = await acceptanceNetworks(s);
});

const allocate = (spec: IpSpec) => s.ips.allocate(spec).then(({ id }) => id, kindOf);
const allocateSpecific = (ip: string, spec: IpSpec) => s.ips.allocateSpecific(ip, spec).then(({ id }) => id, kindOf);
const used = (network: Network) => s.networks.consumption(network).IPv4?.usedIps;

describe('allocating an address', () => {
  it('allocates the lowest free address, never the network or broadcast address', async () => {
    const inInet = { networkId: 'inet', projectId: 'a' };
    expect([await allocate(inInet), await allocate(inInet), await allocate(inInet)]).toEqual([
      '203.0.113.1',
      '203.0.113.2',
      '203.0.113.3',
    ]);
    await s.ips.free('203.0.113.2');
    expect(await allocate(inInet)).toBe('203.0.113.2');
    expect(used(n.inet)).toBe(5);
  });

  it('scenario 31 and 28: other projects allocate addresses in shared child networks only', async () => {
    expect(await allocate({ networkId: n.nb.id, projectId: 'a' })).toBe('invalid');
    const id = await allocate({ networkId: n.st.id, projectId: 'a', type: 'static' });
    expect(s.ips.get(id)).toMatchObject({
      projectId: 'a',
      type: 'static',
      networkId: n.st.id,
      prefix: n.st.prefixes[0],
    });
  });

  it.each<[string, IpSpec, string]>([
    ['no network', { projectId: 'a' }, 'malformed'],
    ['no project', { networkId: 'inet' }, 'malformed'],
    ['an unknown network', { networkId: 'x', projectId: 'a' }, 'not-found'],
    ['an unknown project', { networkId: 'inet', projectId: 'x' }, 'not-found'],
    ['an unknown family', { networkId: 'inet', projectId: 'a', addressFamily: 'x' }, 'invalid'],
    ['a family without prefix', { networkId: 'inet', projectId: 'a', addressFamily: 'ipv6' }, 'malformed'],
    ['a network that has children', { networkId: 's1', projectId: 'a' }, 'invalid'],
  ])('rejects %s', async (_, spec, kind) => {
    expect(await allocate(spec)).toBe(kind);
  });

  it('allocates a specific address once', async () => {
    const inInet = { networkId: 'inet', projectId: 'a' };
    expect(await allocateSpecific('203.0.113.7', inInet)).toBe('203.0.113.7');
    expect(await allocateSpecific('203.0.113.7', inInet)).toBe('conflict');
    expect(await allocateSpecific('203.0.113.0', inInet)).toBe('conflict');
    expect(await allocateSpecific('203.0.113.255', inInet)).toBe('conflict');
    expect(await allocateSpecific('203.0.114.1', inInet)).toBe('invalid');
    expect(await allocateSpecific('203.0.113.07', inInet)).toBe('invalid');
    expect(await allocateSpecific('203.0.113.8', { ...inInet, addressFamily: 'IPv4' })).toBe('malformed');
    expect(await allocateSpecific('203.0.113.8', { ...inInet, addressFamily: 'IPv5' })).toBe('invalid');
  });

  it('defaults to IPv4 in a dual-stack network, in canonical text', async () => {
    await s.networks.create({ id: 'dual', prefixes: ['2001:db8::/64', '192.0.2.0/24'] });
    const inDual = { networkId: 'dual', projectId: 'a' };
    expect(await allocate(inDual)).toBe('192.0.2.1');
    expect(await allocate({ ...inDual, addressFamily: 'ipv6' })).toBe('2001:db8::1');
    expect(await allocateSpecific('2001:0DB8:0::ffff:ffff:ffff:ffff', inDual)).toBe('2001:db8::ffff:ffff:ffff:ffff');
    expect(s.ips.get('2001:DB8::0001').id).toBe('2001:db8::1');
    expect(s.ips.search({ address: '2001:DB8::0001', networkId: 'dual' })).toHaveLength(1);
    expect(s.ips.search({ addressFamily: 'IPv6' })).toHaveLength(2);
  });

  it('allocates 100 addresses for 100 concurrent callers of two processes', async () => {
    const other = networkServices(s.engine);
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, i) => (i % 2 ? s : other).ips.allocate({ networkId: 'inet', projectId: 'a' })),
    );
    expect(new Set(results.map(({ id }) => id)).size).toBe(100);
    expect(new Set(results.map(({ allocationUuid }) => allocationUuid)).size).toBe(100);
    expect(used(n.inet)).toBe(102);
  });

  it('continues with the next prefix, and reports a full network', async () => {
    await s.networks.create({ id: 'tiny', prefixes: ['192.0.2.0/30', '192.0.2.4/31', '192.0.2.8/30'] });
    const inTiny = { networkId: 'tiny', projectId: 'a' };
    const results = await Promise.all(Array.from({ length: 5 }, () => allocate(inTiny)));
    expect(results.sort()).toEqual(['192.0.2.1', '192.0.2.10', '192.0.2.2', '192.0.2.9', 'exhausted']);
    await s.ips.free('192.0.2.2');
    expect(await allocate(inTiny)).toBe('192.0.2.2');
  });

  it('gives back an address whose network is gone, although a migration has rewritten it', async () => {
    await s.networks.create({ id: 'tiny', prefixes: ['192.0.2.0/30'] });
    s.networks.confirmAddress = async () => {
      await s.tables.ips.update('192.0.2.1', (ip) => ({ ...ip }));
      throw invalid('network "tiny" is being deleted');
    };
    expect(await allocate({ networkId: 'tiny', projectId: 'a' })).toBe('invalid');
    expect(s.tables.ips.get('192.0.2.1')).toBeUndefined();
  });

  it('prevents child networks of a super network that has addresses', async () => {
    await s.networks.create({
      id: 's3',
      partitionId: 'p3',
      prefixes: ['10.96.0.0/16'],
      privateSuper: true,
      defaultChildPrefixLength: { IPv4: 22 },
    });
    const id = await allocate({ networkId: 's3', projectId: 'a' });
    const child = { partitionId: 'p3', projectId: 'a' };
    await expect(s.networks.allocate(child).catch(kindOf)).resolves.toBe('invalid');
    await s.ips.free(id);
    await s.networks.allocate(child);
    expect(await allocate({ networkId: 's3', projectId: 'a' })).toBe('invalid');
  });
});

describe('changing and freeing an address', () => {
  const inInet = { networkId: 'inet', projectId: 'a', tags: ['b', 'a', 'b'] };

  it('replaces all tags, sorted; null and unknown types keep the value', async () => {
    const id = await allocate(inInet);
    expect(s.ips.get(id).tags).toEqual(['a', 'b']);
    await s.ips.update(id, { tags: ['c', 'c'], type: '' });
    expect(s.ips.get(id)).toMatchObject({ tags: ['c'], type: 'ephemeral' });
    await s.ips.update(id, { name: 'n', type: 'static' });
    await s.ips.update(id, { tags: [] });
    expect(s.ips.get(id)).toMatchObject({ tags: [], type: 'static', name: 'n' });
    await expect(s.ips.update(id, { type: 'ephemeral' }).catch(kindOf)).resolves.toBe('malformed');
    await expect(s.ips.update('203.0.113.99', {}).catch(kindOf)).resolves.toBe('not-found');
  });

  it('frees an unused address', async () => {
    const id = await allocate({ ...inInet, machineId: 'm1' });
    expect(s.ips.search({ machineId: 'm1' })).toHaveLength(1);
    await expect(s.ips.free(id).catch(kindOf)).resolves.toBe('malformed');
    await s.ips.update(id, { tags: ['x'] });
    expect((await s.ips.free(id)).id).toBe(id);
    await expect(s.ips.free(id).catch(kindOf)).resolves.toBe('not-found');
    expect(used(n.inet)).toBe(2);
  });

  it('distinguishes successive allocations of one address', async () => {
    const id = await allocate(inInet);
    const { allocationUuid } = await s.ips.free(id);
    expect(await allocate(inInet)).toBe(id);
    expect(s.ips.get(id).allocationUuid).not.toBe(allocationUuid);
    expect(s.ips.search({ allocationUuid })).toEqual([]);
  });
});

describe('addresses of an allocation', () => {
  const owner = (machineId: string, allocation = `${machineId}-1`, projectId = 'a') => ({
    machineId,
    allocation,
    projectId,
    name: machineId,
  });
  const wanted = (network: Network, ips: string[] = [], type: MachineNetworkType = 'external'): NetworkAssignment => ({
    network,
    type,
    auto: ips.length === 0,
    ips,
  });

  it('acquires one per family, tagged and owned; a second release does nothing', async () => {
    const dual = await s.networks.create({ id: 'dual', prefixes: ['2001:db8::/64', '192.0.2.0/24'] });
    const m1 = owner('m1');
    expect(await s.ips.acquireForAllocation(wanted(dual), m1)).toEqual(['192.0.2.1', '2001:db8::1']);
    expect(s.ips.get('192.0.2.1')).toMatchObject({
      name: 'm1',
      description: 'autoassigned',
      type: 'ephemeral',
      projectId: 'a',
      tags: [machineTag('m1')],
    });
    await s.ips.releaseAllocation('m1', m1.allocation, 'freed');
    expect(s.tables.ips.size).toBe(0);
    const m2 = owner('m2');
    await s.ips.acquireForAllocation(wanted(dual), m2);
    await s.ips.releaseAllocation('m1', m1.allocation, 'freed');
    expect([...s.ips.attachments()].map(({ allocation }) => allocation)).toEqual(['m2-1', 'm2-1']);
  });

  it('scenario 42: keeps a static address, without the tag', async () => {
    const id = await allocate({ networkId: n.st.id, projectId: 'a', type: 'static', tags: ['mine'] });
    await s.ips.acquireForAllocation(wanted(n.st, [id]), owner('m1'));
    expect(s.ips.get(id).tags).toEqual([machineTag('m1'), 'mine']);
    await s.ips.releaseAllocation('m1', 'm1-1', 'freed');
    expect(s.ips.get(id)).toMatchObject({ tags: ['mine'], attachments: [], type: 'static', projectId: 'a' });
  });

  it('scenario 48: a failed attempt keeps addresses named in the request, and releases acquired ones', async () => {
    const own = await allocate({ networkId: 'inet', projectId: 'a' });
    await s.ips.acquireForAllocation(wanted(n.inet, [own]), owner('m1'));
    const [taken] = await s.ips.acquireForAllocation(wanted(n.na), owner('m1'));
    await s.ips.releaseAllocation('m1', 'm1-1', 'failed');
    expect(s.ips.get(own)).toMatchObject({ tags: [], attachments: [] });
    expect(s.ips.find(taken as string)).toBeUndefined();
  });

  it('frees an ephemeral address named in the request with its machine', async () => {
    const own = await allocate({ networkId: 'inet', projectId: 'a', tags: ['svc'] });
    await s.ips.acquireForAllocation(wanted(n.inet, [own]), owner('m1'));
    await s.ips.releaseAllocation('m1', 'm1-1', 'freed');
    expect(s.ips.find(own)).toBeUndefined();
  });

  it('keeps an address that another machine still uses', async () => {
    const own = await allocate({ networkId: 'inet', projectId: 'a' });
    await s.ips.acquireForAllocation(wanted(n.inet, [own]), owner('m1'));
    await s.ips.acquireForAllocation(wanted(n.inet, [own]), owner('m2'));
    await s.ips.releaseAllocation('m1', 'm1-1', 'freed');
    expect(s.ips.get(own).tags).toEqual([machineTag('m2')]);
    await s.ips.releaseAllocation('m2', 'm2-1', 'freed');
    expect(s.ips.find(own)).toBeUndefined();
  });

  it('releases only the addresses of the lost attempt, not those of the winner on the same machine', async () => {
    const [won] = await s.ips.acquireForAllocation(wanted(n.na), owner('m1', 'winner'));
    const [lost] = await s.ips.acquireForAllocation(wanted(n.na), owner('m1', 'loser'));
    await s.ips.releaseAllocation('m1', 'loser', 'failed');
    expect(s.ips.find(lost as string)).toBeUndefined();
    expect(s.ips.get(won as string).tags).toEqual([machineTag('m1')]);
    await s.ips.releaseAllocation('m1', 'loser', 'freed');
    expect(s.ips.get(won as string).tags).toEqual([machineTag('m1')]);
  });

  it('removes the tag that a user set for a machine being freed', async () => {
    const ephemeral = await allocate({ networkId: 'inet', projectId: 'a', machineId: 'm1' });
    const fixed = await allocate({ networkId: 'inet', projectId: 'a', machineId: 'm1', type: 'static' });
    await s.ips.releaseAllocation('m1', 'm1-1', 'freed');
    expect(s.ips.find(ephemeral)).toBeUndefined();
    expect(s.ips.get(fixed).tags).toEqual([]);
  });

  it('keeps an address whose machine tag the user removed', async () => {
    const [id] = await s.ips.acquireForAllocation(wanted(n.inet), owner('m1'));
    await s.ips.update(id as string, { tags: ['kept'] });
    await s.ips.releaseAllocation('m1', 'm1-1', 'freed');
    expect(s.ips.get(id as string)).toMatchObject({ tags: ['kept'], attachments: [] });
  });

  it('rejects an address of another project, and one that was freed', async () => {
    const own = await allocate({ networkId: 'inet', projectId: 'b' });
    await expect(s.ips.acquireForAllocation(wanted(n.inet, [own]), owner('m1')).catch(kindOf)).resolves.toBe('invalid');
    await expect(s.ips.acquireForAllocation(wanted(n.inet, ['203.0.113.99']), owner('m1')).catch(kindOf)).resolves.toBe(
      'not-found',
    );
  });
});
