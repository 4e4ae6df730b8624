import { beforeEach, describe, expect, it } from 'vitest';
import { networkServices, type NetworkServices } from '../../../test/support/networks.js';
import { isDomainError } from '../../shared/errors/domain-error.js';
import type { NetworkSpec } from './network-draft.js';
import { networkTypeOf } from './network.js';

const kindOf = (error: unknown) => (isDomainError(error) ? error.kind : String(error));
const SUPER: NetworkSpec = {
  id: 's1',
  partitionId: 'p1',
  prefixes: ['10.0.0.0/16'],
  privateSuper: true,
  defaultChildPrefixLength: { ipv4: 22 },
};
const CHILD = { partitionId: 'p1', projectId: 'a' };

let s: NetworkServices;
const create = (spec: NetworkSpec) => s.networks.create(spec).then((network) => network.id, kindOf);

/** Everything stored, except for networks that were created before. */
const leftovers = () => ({
  networks: s.tables.networks.size,
  vrfs: s.tables.vrfs.size,
  reserved: s.tables.reservations.get('root')?.reservations.length ?? 0,
  ledgers: s.tables.children.size,
  children: [...s.tables.children.list()].flatMap(({ spaces }) => spaces.map(({ children }) => children)),
});

beforeEach(() => {
  s = networkServices();
});

describe('creating a network', () => {
  it.each<[string, Partial<NetworkSpec>, string]>([
    ['without prefixes', { prefixes: [] }, 'malformed'],
    ['with host bits', { prefixes: ['10.0.0.1/16'] }, 'malformed'],
    ['with something else', { prefixes: ['10.0.0.0'] }, 'malformed'],
    ['child lengths without being super', { privateSuper: false, defaultChildPrefixLength: {} }, 'malformed'],
    ['a length for an unknown family', { defaultChildPrefixLength: { IPv5: 22 } }, 'malformed'],
    ['an invalid length', { defaultChildPrefixLength: { IPv4: 33 } }, 'malformed'],
    ['a length not longer than the prefix', { defaultChildPrefixLength: { IPv4: 16 } }, 'malformed'],
    ['no length for a family', { prefixes: ['10.0.0.0/16', '2001:db8::/48'] }, 'malformed'],
    ['a length too many', { defaultChildPrefixLength: { IPv4: 22, IPv6: 64 } }, 'malformed'],
    ['destinations of another family', { destinationPrefixes: ['::/0'] }, 'malformed'],
    ['invalid additional CIDRs', { additionalAnnouncableCidrs: ['x'] }, 'malformed'],
    ['super and underlay at once', { underlay: true }, 'malformed'],
    ['NAT on a super network', { nat: true }, 'malformed'],
    ['prefixes that overlap', { prefixes: ['10.0.0.0/16', '10.0.16.0/20'] }, 'invalid'],
    ['an unknown project', { projectId: 'x' }, 'not-found'],
    ['an unknown partition', { partitionId: 'x' }, 'not-found'],
    ['an empty partition', { partitionId: '' }, 'not-found'],
    ['a VRF out of range', { vrf: 131073 }, 'invalid'],
  ])('rejects %s and leaves nothing behind', async (_, spec, kind) => {
    const before = leftovers();
    expect(await create({ ...SUPER, ...spec })).toBe(kind);
    expect(leftovers()).toEqual(before);
  });

  it('reports a taken ID before it checks for overlaps: metalctl apply then updates', async () => {
    expect(await create(SUPER)).toBe('s1');
    expect(await create(SUPER)).toBe('already-exists');
    expect(await create({ ...SUPER, id: 'other', partitionId: 'p2' })).toBe('invalid');
  });

  it('rejects a second super network and a second underlay of a partition', async () => {
    await create(SUPER);
    expect(await create({ ...SUPER, id: 's1b', prefixes: ['10.1.0.0/16'] })).toBe('malformed');
    const underlay = { id: 'u', partitionId: 'p1', underlay: true };
    expect(await create({ ...underlay, prefixes: ['10.2.0.0/24'] })).toBe('u');
    expect(await create({ ...underlay, id: 'u2', prefixes: ['10.3.0.0/24'] })).toBe('invalid');
  });

  it('creates one super network and one underlay, even if two processes create 20 at once', async () => {
    const other = networkServices(s.engine);
    const attempts = Array.from({ length: 20 }, (_, i) => {
      const { networks } = i % 2 ? s : other;
      const role = i < 10 ? { privateSuper: true, defaultChildPrefixLength: { IPv4: 24 } } : { underlay: true };
      return networks.create({ partitionId: 'p1', prefixes: [`10.${i}.0.0/16`], ...role }).then(() => 'ok', kindOf);
    });
    const results = await Promise.all(attempts);
    expect(results.slice(0, 10).filter((r) => r === 'ok')).toHaveLength(1);
    expect(results.slice(10).filter((r) => r === 'ok')).toHaveLength(1);
    expect(new Set(results)).toEqual(new Set(['ok', 'malformed', 'invalid']));
    expect(s.networks.list()).toHaveLength(2);
    expect(leftovers()).toMatchObject({ networks: 2, reserved: 2, ledgers: 1 });
  });

  it('creates one of 20 networks with the same prefix', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => create({ prefixes: ['192.0.2.0/24'] })));
    expect(results.filter((result) => result !== 'invalid')).toHaveLength(1);
    expect(leftovers()).toMatchObject({ networks: 1, reserved: 1 });
  });

  it('shares a VRF only on request, and frees it with the last network', async () => {
    await create({ id: 'x', prefixes: ['192.0.2.0/24'], vrf: 42 });
    expect(await create({ id: 'y', prefixes: ['198.51.100.0/24'], vrf: 42 })).toBe('conflict');
    expect(await create({ id: 'y', prefixes: ['198.51.100.0/24'], vrf: 42, vrfShared: true })).toBe('y');
    await s.networks.delete('x');
    expect(s.tables.vrfs.get('42')?.owners).toEqual(['y']);
    await s.networks.delete('y');
    expect(s.tables.vrfs.size).toBe(0);
  });
});

describe('allocating a child network', () => {
  beforeEach(() => create(SUPER));

  it.each([
    ['no project', { partitionId: 'p1' }, 'malformed'],
    ['no partition', { projectId: 'a' }, 'malformed'],
    ['an unknown project', { ...CHILD, projectId: 'x' }, 'not-found'],
    ['an unknown partition', { ...CHILD, partitionId: 'x' }, 'not-found'],
    ['a partition without super network', { ...CHILD, partitionId: 'p2' }, 'not-found'],
    ['an unknown family', { ...CHILD, addressFamily: 'IPv5' }, 'malformed'],
    ['a family that the super network has not', { ...CHILD, addressFamily: 'ipv6' }, 'malformed'],
    ['a length for an unknown family', { ...CHILD, lengths: { x: 24 } }, 'malformed'],
    ['a length that fits no byte', { ...CHILD, lengths: { IPv4: 256 } }, 'malformed'],
    ['a length that no address has', { ...CHILD, lengths: { IPv4: 33 } }, 'invalid'],
    ['a length of a family without prefix', { ...CHILD, lengths: { IPv6: 64 } }, 'invalid'],
    ['a length not longer than the parent', { ...CHILD, lengths: { IPv4: 16 } }, 'invalid'],
    ['an invalid destination', { ...CHILD, destinationPrefixes: ['x'] }, 'malformed'],
  ])('rejects %s and leaves nothing behind', async (_, spec, kind) => {
    const before = leftovers();
    await expect(s.networks.allocate(spec).catch(kindOf)).resolves.toBe(kind);
    expect(leftovers()).toEqual(before);
  });

  it('rejects super networks without child prefix lengths as invalid, not as a server error', async () => {
    await s.tables.networks.update('s1', (network) => ({ ...network, defaultChildPrefixLength: {} }));
    await expect(s.networks.allocate(CHILD).catch(kindOf)).resolves.toBe('invalid');
  });

  it('allocates 60 prefixes and VRFs for 60 concurrent callers of two processes, and releases all', async () => {
    const other = networkServices(s.engine);
    const before = leftovers();
    const children = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        (i % 2 ? s : other).networks.allocate({ ...CHILD, lengths: { ipv4: 22 + (i % 3) } }),
      ),
    );
    expect(new Set(children.map(({ vrf }) => vrf)).size).toBe(60);
    expect(new Set(children.flatMap(({ prefixes }) => prefixes)).size).toBe(60);
    expect(s.networks.consumption(s.networks.get('s1')).IPv4?.usedPrefixes).toBe(60);
    await Promise.all(children.map(({ id }, i) => (i % 2 ? other : s).networks.free(id)));
    expect(leftovers()).toEqual(before);
    expect(s.tables.children.get('s1')?.spaces[0]?.free).toEqual(['10.0.0.0/16']);
  });

  it('is dual-stack if the super network is, IPv4 first, or has one family on request', async () => {
    await s.networks.create({
      id: 's2',
      partitionId: 'p2',
      prefixes: ['2001:db8::/48', '10.9.0.0/16'],
      privateSuper: true,
      defaultChildPrefixLength: { IPv6: 64, IPv4: 24 },
    });
    const dual = await s.networks.allocate({ ...CHILD, partitionId: 'p2' });
    expect(dual.prefixes).toEqual(['10.9.0.0/24', '2001:db8::/64']);
    const six = await s.networks.allocate({
      ...CHILD,
      partitionId: 'p2',
      addressFamily: 'ipv6',
      lengths: { IPv6: 60 },
    });
    expect(six.prefixes).toEqual(['2001:db8:0:10::/60']);
    expect(s.networks.consumption(dual)).toEqual({
      IPv4: { availableIps: 256, usedIps: 2, availablePrefixes: 64, usedPrefixes: 0 },
      IPv6: { availableIps: 2147483647, usedIps: 1, availablePrefixes: 2147483647, usedPrefixes: 0 },
    });
  });

  it('leaves nothing behind if only one family has room', async () => {
    await s.networks.create({
      id: 's2',
      partitionId: 'p2',
      prefixes: ['10.9.0.0/16', '2001:db8::/63'],
      privateSuper: true,
      defaultChildPrefixLength: { IPv6: 64, IPv4: 24 },
    });
    const spec = { ...CHILD, partitionId: 'p2' };
    await s.networks.allocate(spec);
    await s.networks.allocate(spec);
    const before = leftovers();
    await expect(s.networks.allocate(spec)).rejects.toThrow('no free IPv6 child prefix');
    expect(leftovers()).toEqual(before);
  });
});

describe('freeing and deleting a network', () => {
  beforeEach(() => create(SUPER));

  it('rejects freeing a network with addresses until they are freed, and freeing a top-level network', async () => {
    const child = await s.networks.allocate(CHILD);
    const ip = await s.ips.allocate({ networkId: child.id, projectId: 'a' });
    await expect(s.networks.free(child.id).catch(kindOf)).resolves.toBe('invalid');
    expect(s.networks.get(child.id).status).toBe('active');
    await s.ips.allocate({ networkId: child.id, projectId: 'a' });
    await expect(s.networks.free('s1').catch(kindOf)).resolves.toBe('invalid');
    await expect(s.networks.delete('s1').catch(kindOf)).resolves.toBe('invalid');
    for (const { id } of s.ips.search({ networkId: child.id })) await s.ips.free(id);
    expect(s.ips.find(ip.id)).toBeUndefined();
    await s.networks.free(child.id);
    await expect(s.networks.free(child.id).catch(kindOf)).resolves.toBe('not-found');
    await s.networks.delete('s1');
    expect(leftovers()).toEqual({ networks: 0, vrfs: 0, reserved: 0, ledgers: 0, children: [] });
  });

  it('deletes a child like free does', async () => {
    const child = await s.networks.allocate(CHILD);
    await s.networks.delete(child.id);
    expect(s.networks.consumption(s.networks.get('s1')).IPv4?.usedPrefixes).toBe(0);
  });

  it('checks whether other features use it', async () => {
    const child = await s.networks.allocate(CHILD);
    s.references.networks.add({ what: 'machines', idsOf: (id) => (id === child.id ? ['m1'] : []) });
    await expect(s.networks.free(child.id)).rejects.toThrow('m1');
  });

  /** At the nth check for uses of networks, another request runs `act`; from then on a machine uses them. */
  const atLook = (nth: number, act: () => void): void => {
    let looks = 0;
    s.references.networks.add({
      what: 'machines',
      idsOf: () => {
        looks += 1;
        if (looks === nth) act();
        return looks > nth ? ['m1'] : [];
      },
    });
  };

  it('checks again if another request reopened the network after the check', async () => {
    const { id } = await s.networks.allocate(CHILD);
    atLook(2, () => void s.tables.networks.update(id, (n) => ({ ...n, status: 'active', deadline: undefined })));
    await expect(s.networks.free(id)).rejects.toThrow('m1');
    expect(s.networks.get(id).status).toBe('active');
  });

  it('never reopens a network that another request is deleting', async () => {
    const { id } = await s.networks.allocate(CHILD);
    atLook(1, () => void s.tables.networks.update(id, (n) => ({ ...n, status: 'deleting' })));
    await s.networks.free(id);
    expect(s.networks.find(id)).toBeUndefined();
  });

  it('never lets an address outlive its network, whichever request is faster', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { id } = await s.networks.allocate(CHILD);
      const [ip, freed] = await Promise.allSettled([
        s.ips.allocate({ networkId: id, projectId: 'a' }),
        s.networks.free(id),
      ]);
      expect([ip.status, freed.status]).not.toEqual(['fulfilled', 'fulfilled']);
      expect(s.networks.find(id) === undefined).toBe(freed.status === 'fulfilled');
      expect(s.ips.search({ networkId: id })).toHaveLength(ip.status === 'fulfilled' ? 1 : 0);
      for (const address of s.ips.search({})) await s.ips.free(address.id);
      if (s.networks.find(id)) await s.networks.free(id);
    }
  });
});

describe('sweeping', () => {
  beforeEach(() => create(SUPER));

  /** Makes another process act on the claim of the next network, just before it becomes active. */
  function beforeActivation(act: (id: string) => Promise<unknown>): void {
    const other = s.tables.networks.update.bind(s.tables.networks);
    s.tables.networks.update = async (id, change) => {
      s.tables.networks.update = other;
      await act(id);
      return other(id, change);
    };
  }

  it('creates a network whose claim a migration rewrites', async () => {
    const { tables } = networkServices(s.engine);
    beforeActivation((id) => tables.networks.update(id, (claim) => ({ ...claim })));
    const child = await s.networks.allocate(CHILD);
    expect(child).toMatchObject({ status: 'active', prefixes: ['10.0.0.0/22'] });
    expect(leftovers()).toMatchObject({ vrfs: 1, networks: 2, children: [1] });
  });

  it('refuses a network whose creation took so long that it was undone, and leaves nothing behind', async () => {
    const before = leftovers();
    const sweeper = networkServices(s.engine, s.clock);
    beforeActivation(() => sweeper.networks.sweep(s.clock.now() + 6 * 60_000));
    await expect(s.networks.allocate(CHILD)).rejects.toMatchObject({ kind: 'not-found' });
    expect(leftovers()).toEqual(before);
  });

  it('undoes a creation that a crash interrupted', async () => {
    const before = leftovers();
    const dead = networkServices(s.engine);
    // The process dies at its last write.
    await new Promise<void>((reached) => {
      dead.tables.networks.update = () => (reached(), new Promise(() => undefined));
      void dead.networks.allocate(CHILD);
    });
    expect(leftovers()).toMatchObject({ vrfs: 1, networks: 2, children: [1] });
    expect(s.networks.list()).toHaveLength(1);
    expect(await s.networks.sweep()).toEqual([]);
    s.clock.advance(6 * 60_000);
    expect(await s.networks.sweep()).toHaveLength(1);
    expect(leftovers()).toEqual(before);
  });

  it('finishes a deletion that a crash interrupted, without touching the new owner of the prefix', async () => {
    const child = await s.networks.allocate(CHILD);
    const dead = networkServices(s.engine);
    await new Promise<void>((reached) => {
      dead.tables.networks.remove = () => (reached(), new Promise(() => undefined));
      void dead.networks.free(child.id);
    });
    const heir = await s.networks.allocate(CHILD);
    expect(heir.prefixes).toEqual(child.prefixes);
    await s.ips.allocate({ networkId: heir.id, projectId: 'a' });
    s.clock.advance(6 * 60_000);
    expect(await s.networks.sweep()).toEqual([child.id]);
    expect(s.networks.consumption(s.networks.get('s1')).IPv4?.usedPrefixes).toBe(1);
    expect(s.tables.vrfs.size).toBe(1);
    const next = await s.networks.allocate(CHILD);
    expect(next.prefixes).not.toEqual(heir.prefixes);
  });
});

describe('changing a network', () => {
  const update = (id: string, change: Parameters<typeof s.networks.update>[1], force = false) =>
    s.networks.update(id, change, force).catch(kindOf);

  beforeEach(() => create({ ...SUPER, additionalAnnouncableCidrs: ['10.240.0.0/12'] }));

  it('makes a super network dual-stack in one request', async () => {
    expect(await update('s1', { prefixes: ['10.0.0.0/16', '2001:db8::/48'] })).toBe('malformed');
    await update('s1', {
      prefixes: ['10.0.0.0/16', '2001:db8::/48'],
      defaultChildPrefixLength: { IPv4: 22, ipv6: 64 },
    });
    expect((await s.networks.allocate(CHILD)).prefixes).toEqual(['10.0.0.0/22', '2001:db8::/64']);
  });

  it('drops a family with its last prefix, even if the client repeats the lengths that it read', async () => {
    const both = { prefixes: ['10.0.0.0/16', '2001:db8::/48'], defaultChildPrefixLength: { IPv4: 22, IPv6: 64 } };
    await update('s1', both);
    const other = { IPv4: 23, IPv6: 64 };
    expect(await update('s1', { prefixes: ['10.0.0.0/16'], defaultChildPrefixLength: other })).toBe('invalid');
    await update('s1', { ...both, prefixes: ['10.0.0.0/16'] });
    expect(s.networks.get('s1').defaultChildPrefixLength).toEqual({ IPv4: 22 });
  });

  it('keeps prefixes that have children or addresses, and those of child networks', async () => {
    await update('s1', { prefixes: ['10.0.0.0/16', '10.1.0.0/16'] });
    const child = await s.networks.allocate(CHILD);
    expect(await update('s1', { prefixes: ['10.1.0.0/16'] })).toBe('invalid');
    expect(await update(child.id, { prefixes: ['10.0.4.0/22'] })).toBe('invalid');
    await update('s1', { prefixes: ['10.0.0.0/16'] });
    expect(await create({ id: 'x', prefixes: ['10.1.0.0/16'] })).toBe('x');
    await s.ips.allocate({ networkId: 'x', projectId: 'a' });
    expect(await update('x', { prefixes: ['192.0.2.0/24'] })).toBe('invalid');
    expect(await create({ id: 'y', prefixes: ['192.0.2.0/24'] })).toBe('y');
    expect(await update('x', { prefixes: ['10.1.0.0/16', '192.0.2.0/25'] })).toBe('invalid');
    expect(s.networks.get('x').prefixes).toEqual(['10.1.0.0/16']);
  });

  it('never has overlapping prefixes, whose common part would be allocated twice', async () => {
    const twice = ['10.0.0.0/16', '10.1.0.0/16', '10.1.0.0/16'];
    expect(await update('s1', { prefixes: twice })).toBe('invalid');
    expect(await update('s1', { prefixes: ['10.0.0.0/16', '10.0.0.0/16'] })).toBe('invalid');
    expect(await update('s1', { prefixes: ['10.0.0.0/16', '10.0.128.0/17'] })).toBe('invalid');
    expect(s.networks.get('s1').prefixes).toEqual(['10.0.0.0/16']);
    expect(await create({ id: 'x', prefixes: ['10.1.0.0/16'] })).toBe('x');
  });

  it('extends and shrinks an unused prefix', async () => {
    await update('s1', { prefixes: ['10.0.0.0/15'] });
    expect(s.networks.get('s1').prefixes).toEqual(['10.0.0.0/15']);
    expect(await create({ id: 'x', prefixes: ['10.1.0.0/16'] })).toBe('invalid');
    await update('s1', { prefixes: ['10.0.0.0/17', '10.0.128.0/17'] });
    expect(await create({ id: 'x', prefixes: ['10.1.0.0/16'] })).toBe('x');
    expect((await s.networks.allocate(CHILD)).prefixes).toEqual(['10.0.0.0/22']);
    expect(await update('s1', { prefixes: ['10.0.0.0/16'] })).toBe('invalid');
    expect(s.networks.get('s1').prefixes).toEqual(['10.0.0.0/17', '10.0.128.0/17']);
    expect([...s.tables.children.list()].map(({ spaces }) => spaces.map(({ prefix }) => prefix))).toEqual([
      ['10.0.0.0/17', '10.0.128.0/17'],
    ]);
  });

  it('allocates children from the prefixes in their order, even after the order changed', async () => {
    await update('s1', { prefixes: ['10.1.0.0/16', '10.0.0.0/16'] });
    expect((await s.networks.allocate(CHILD)).prefixes).toEqual(['10.1.0.0/22']);
    await update('s1', { prefixes: ['10.0.0.0/16', '10.1.0.0/16'] });
    expect((await s.networks.allocate(CHILD)).prefixes).toEqual(['10.0.0.0/22']);
  });

  it('drops additional CIDRs only if forced', async () => {
    expect(await update('s1', { additionalAnnouncableCidrs: [] })).toBe('malformed');
    await update('s1', { name: 'n' });
    expect(s.networks.get('s1').additionalAnnouncableCidrs).toEqual(['10.240.0.0/12']);
    await update('s1', { additionalAnnouncableCidrs: ['10.240.0.0/12', '10.9.0.0/24'] });
    await update('s1', {}, true);
    expect(s.networks.get('s1').additionalAnnouncableCidrs).toEqual([]);
  });

  it('updates the network type when a child becomes shared, and never makes it private again', async () => {
    const child = await s.networks.allocate(CHILD);
    expect(networkTypeOf(child)).toBe('child');
    await update(child.id, { shared: true });
    expect(networkTypeOf(s.networks.get(child.id))).toBe('child-shared');
    expect(await update(child.id, { shared: false })).toBe('malformed');
    await update(child.id, { name: 'n', labels: { a: '' } });
    expect(s.networks.get(child.id)).toMatchObject({ shared: true, name: 'n', labels: { a: '' } });
  });
});

describe('finding networks', () => {
  it('matches all given fields, prefixes by element', async () => {
    await create(SUPER);
    await create({ id: 'x', prefixes: ['10.1.0.0/16', '10.2.0.0/24'], labels: { a: '', b: '1' }, nat: true });
    const ids = (query: Parameters<typeof s.networks.search>[0]) => s.networks.search(query).map(({ id }) => id);
    expect(ids({})).toEqual(['s1', 'x']);
    expect(ids({ prefixes: ['10.1.0.0/24'] })).toEqual([]);
    expect(ids({ prefixes: ['10.2.0.0/24'] })).toEqual(['x']);
    expect(ids({ labels: { a: '' } })).toEqual(['x']);
    expect(ids({ labels: { b: '' } })).toEqual([]);
    expect(ids({ nat: false })).toEqual(['s1']);
    expect(ids({ partitionId: '' })).toEqual(['x']);
    expect(ids({ privateSuper: true, addressFamily: 'ipv4' })).toEqual(['s1']);
    expect(() => ids({ prefixes: ['x'] })).toThrow('"x"');
    expect(() => ids({ addressFamily: 'x' })).toThrow('"x"');
  });
});
