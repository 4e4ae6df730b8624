import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NetworkingModel } from '../../../test/support/networking-model.js';
import { RUNS, SEED } from '../../../test/support/property-seed.js';
import { Prefix } from '../../shared/net/prefix.js';
import type { Network } from '../network/network.js';
import { isChild } from '../network/network.js';
import { reservedAddresses } from '../ipam/ipam.js';
import { violations } from './fsck.service.js';

const PROJECTS = ['stor', 'a', 'b'];
/** Small, so that resources are exhausted now and then. */
const SUPER = { IPv4: ['10.0.0.0/25', '10.0.1.0/26'], IPv6: ['2001:db8::/59', '2001:db8:1::/60'] };
/** Initial prefixes of a super network: mostly the usual one, otherwise an overlapping one, or the same one twice. */
const FIRST = [...Array<string[]>(5).fill(['10.0.0.0/25']), ['10.0.0.0/24'], ['10.0.0.0/25', '10.0.0.0/25']];
const OUTSIDE = ['203.0.113.0/29', '203.0.113.8/30', '2001:db8:ffff::/125', '2001:db8:fffe::/126', '203.0.113.0/28'];

type Kind =
  | 'create'
  | 'update'
  | 'delete'
  | 'super'
  | 'child'
  | 'free-child'
  | 'share'
  | 'address'
  | 'this-address'
  | 'free-address'
  | 'allocate'
  | 'release';

const KINDS: readonly Kind[] = [
  ...(['create', 'update', 'delete', 'super', 'share', 'free-address', 'this-address'] as const),
  ...(['child', 'child', 'free-child', 'address', 'address', 'allocate', 'allocate', 'release'] as const),
];

interface Operation {
  readonly kind: Kind;
  readonly process: number;
  /** Seed of all choices that the operation leaves open. */
  readonly n: number;
}

const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constantFrom(...KINDS),
  process: fc.nat(1),
  n: fc.nat(1_000_000),
});

const step = fc.record({
  operations: fc.array(operation, { minLength: 1, maxLength: 4 }),
  crash: fc.option(fc.record({ process: fc.nat(1), atWrite: fc.nat(9), carriedOut: fc.boolean() }), { freq: 2 }),
});

const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(list.length, 1)];

/** Executes an operation; its choices depend only on `n` and the stored state. */
function perform(model: NetworkingModel, { kind, process, n }: Operation): Promise<unknown> {
  const { networks, ips, tables } = model.process(process);
  const all = networks.list();
  const of = (accept: (network: Network) => boolean): Network | undefined => pick(all.filter(accept), n);
  const project = pick(PROJECTS, n)!;
  const machineId = `m${n % 6}`;
  const address = pick([...tables.ips.list()], n);
  const nothing = Promise.resolve();
  switch (kind) {
    case 'create': {
      const prefixes = [pick(OUTSIDE, n)!, ...(n % 3 === 0 ? [pick(OUTSIDE, n + 1)!] : [])];
      return networks.create({ id: `x${n % 3}`, prefixes, vrf: n % 4, vrfShared: n % 2 === 0 });
    }
    case 'update': {
      const target = of((network) => !isChild(network) && !network.privateSuper);
      const prefixes = [pick(OUTSIDE, n)!, ...(n % 2 ? (target?.prefixes ?? []) : [])];
      return target ? networks.update(target.id, { prefixes }, true) : nothing;
    }
    case 'super': {
      const prefixes = [...pick(FIRST, n)!, ...SUPER.IPv4.slice(1, 1 + (n % 2)), ...SUPER.IPv6.slice(0, (n >> 1) % 3)];
      const defaultChildPrefixLength = { IPv4: 28, ...((n >> 1) % 3 > 0 && { IPv6: 62 }) };
      return networks.find('s1')
        ? networks.update('s1', { prefixes, defaultChildPrefixLength }, true)
        : networks.create({ id: 's1', partitionId: 'p1', privateSuper: true, prefixes, defaultChildPrefixLength });
    }
    case 'delete':
      return networks.delete(of((network) => !isChild(network))?.id ?? 'none');
    case 'child': {
      const lengths = { IPv4: 27 + (n % 3) };
      return networks.allocate({ partitionId: 'p1', projectId: project, shared: n % 2 === 0, lengths });
    }
    case 'free-child':
      return networks.free(of(isChild)?.id ?? 'none');
    case 'share':
      return networks.update(of(isChild)?.id ?? 'none', { shared: true }, false);
    case 'address': {
      const target = of((network) => !network.privateSuper);
      const addressFamily = n % 5 === 0 ? 'IPv6' : undefined;
      return ips.allocate({ networkId: target?.id, projectId: project, type: n % 2 ? 'static' : '', addressFamily });
    }
    case 'this-address': {
      const target = of((network) => network.prefixes.length > 0);
      const prefix = target && Prefix.parse(pick(target.prefixes, n)!);
      const text = prefix
        ? Prefix.around(prefix.family, prefix.first + BigInt(n % 16), prefix.hostBits + prefix.bits)
        : '';
      return ips.allocateSpecific(text.toString().split('/')[0]!, { networkId: target?.id, projectId: project });
    }
    case 'free-address':
      return address ? ips.free(address.id) : nothing;
    case 'allocate': {
      const mine = (network: Network): boolean =>
        !network.privateSuper && (!isChild(network) || network.shared || network.projectId === project);
      const chosen = all.filter((network, i) => network.status === 'active' && mine(network) && (n >> i) % 2);
      return model.allocate(machineId, process, chosen.slice(0, 3), project);
    }
    case 'release':
      return model.release(machineId, process);
  }
}

/** Recounts all documents: the expected `consumption`. */
function recount(model: NetworkingModel, network: Network, prefix: string) {
  const { networks, tables } = model.process(0);
  const children = networks.listAll().filter(({ parentNetworkId }) => parentNetworkId === network.id);
  const whole = Prefix.parse(prefix);
  return {
    usedIps: reservedAddresses(whole).length + [...tables.ips.list()].filter((ip) => ip.prefix === prefix).length,
    usedPrefixes: children
      .flatMap(({ prefixes }) => prefixes)
      .filter((text) => whole.containsPrefix(Prefix.parse(text))).length,
  };
}

function checkConsumption(model: NetworkingModel): void {
  const { networks, ipam } = model.process(0);
  for (const network of networks.list())
    for (const prefix of network.prefixes)
      expect(ipam.usage(network.id, prefix)).toMatchObject(recount(model, network, prefix));
}

/** Releases everything, and checks that the initial state is restored. */
async function giveEverythingBack(model: NetworkingModel): Promise<void> {
  const { networks, ips, tables, ipam } = model.process(0);
  for (const id of model.machines.keys()) await model.release(id, 0);
  for (const { id } of [...tables.ips.list()]) await ips.free(id);
  for (const { id } of networks.list(isChild)) await networks.free(id);
  for (const ledger of ipam.ledgers())
    expect(ledger.spaces).toEqual(ledger.spaces.map(({ prefix }) => ({ prefix, free: [prefix], children: 0 })));
  for (const { id } of networks.list()) await networks.delete(id);
  expect([tables.networks.size, tables.ips.size, tables.vrfs.size, tables.asns.size, tables.children.size]).toEqual([
    0, 0, 0, 0, 0,
  ]);
  expect(ipam.reserved()).toEqual([]);
}

describe('random operations of two processes', () => {
  it(`leave no violations for fsck, whatever crashes interrupt (seed ${SEED})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const model = new NetworkingModel(2);
        await model.run([() => perform(model, { kind: 'super', process: 0, n: 2 })]);
        await model.run([() => perform(model, { kind: 'create', process: 0, n: 4 })]);
        for (const { operations, crash } of steps) {
          model.clock.advance(20_000);
          await model.run(
            operations.map((one) => () => perform(model, one)),
            crash ?? undefined,
          );
          for (const process of [0, 1]) expect(violations(model.snapshot(process))).toEqual([]);
          checkConsumption(model);
        }
        await giveEverythingBack(model);
      }),
      { numRuns: RUNS },
    );
  }, 600_000);
});
