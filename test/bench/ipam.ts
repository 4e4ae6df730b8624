import { Ip } from '../../src/shared/net/ip.js';
import { Prefix } from '../../src/shared/net/prefix.js';
import type { IpAddress } from '../../src/modules/ip/ip.js';
import { spacesWithout } from '../../src/modules/ipam/ipam.js';
import type { Network } from '../../src/modules/network/network.js';
import { Store } from '../../src/platform/store/store.js';
import type { Content, Document, Table } from '../../src/platform/store/table.js';
import { eventually } from '../support/eventually.js';
import { networkServicesOn, type NetworkServicesOn } from '../support/networks.js';
import { bulkInsert } from './bulk-insert.js';
import { openDatabase } from './database.js';
import { closedLoop, inParallel, type Samples } from './load.js';
import type { EngineName } from './options.js';
import { perSecond } from './quantity.js';
import type { Figure } from './report.js';

/** Number of existing addresses and children before the measurement. */
const LEVELS = [10, 1000, 50_000];
/** Number of concurrent callers. */
export const CALLERS = 64;
const WRITERS = 256;
const CHILD_BITS = 26;

/** Rates of the existing IPAM on PostgreSQL, and the factor expected here. */
const PUBLISHED = { addresses: 331, children: 203 };
const FACTORS: Readonly<Record<EngineName, number>> = { embedded: 10, rethinkdb: 2, memory: 10 };

/** Durable acquisitions of addresses and child prefixes in one process, at several levels of use. */
export async function ipam(engine: EngineName, quick: boolean, progress: (text: string) => void): Promise<Figure[]> {
  const figures: Figure[] = [];
  progress('warming up');
  await measure(engine, LEVELS[0]!, 1000);
  for (const used of LEVELS) {
    progress(`${used} in use`);
    figures.push(...(await measure(engine, used, quick ? 1500 : 5000)));
  }
  return figures;
}

async function measure(engine: EngineName, used: number, milliseconds: number): Promise<Figure[]> {
  const database = await openDatabase(engine);
  const store = new Store(database.empty());
  try {
    const services = networkServicesOn((definition) => store.table(definition));
    await store.start();
    await fill(services, used, (name, documents) => bulkInsert(database, name, documents), engine);
    const { networks, ips, ipam: blocks } = services;
    const address = await closedLoop(CALLERS, { milliseconds }, () =>
      ips.allocate({ networkId: 'flat', projectId: 'a' }),
    );
    const child = await closedLoop(CALLERS, { milliseconds }, (number) =>
      blocks.acquireChildren('super', `bench-${number}`, [{ family: 'IPv4', bits: CHILD_BITS }], () => 'active'),
    );
    const network = await closedLoop(CALLERS, { milliseconds }, () =>
      networks.allocate({ partitionId: 'p1', projectId: 'a' }),
    );
    const factor = FACTORS[engine];
    return [
      figure(`addresses, ${used} in use`, address, PUBLISHED.addresses, factor),
      figure(`child prefixes, ${used} in use`, child, PUBLISHED.children, factor),
      // No external figure is comparable: each creation writes four documents.
      {
        what: `whole child networks, ${used} in use`,
        value: perSecond(rateOf('networks', network)),
        latency: network.latency,
      },
    ];
  } finally {
    await store.stop();
    await database.stop();
  }
}

function rateOf(what: string, { rate, errors }: Samples): number {
  if (errors.length > 0) throw new Error(`${what}: ${errors.length} failed, e.g. ${errors[0]}`);
  return rate;
}

function figure(what: string, samples: Samples, published: number, factor: number): Figure {
  const rate = rateOf(what, samples);
  return {
    what,
    value: perSecond(rate),
    latency: samples.latency,
    reference: { ...perSecond(published, 'on PostgreSQL'), published: true },
    target: { text: `≥ ${published * factor}/s`, met: rate >= published * factor },
  };
}

type Bulk = (table: string, documents: readonly { readonly id: string }[]) => Promise<void>;

/** Stores the documents that this number of acquisitions would have created. */
async function fill(services: NetworkServicesOn, used: number, bulk: Bulk, engine: EngineName): Promise<void> {
  const { networks, tables } = services;
  const flat = await networks.create({ id: 'flat', prefixes: ['11.0.0.0/8'] });
  const top = await networks.create({
    id: 'super',
    partitionId: 'p1',
    privateSuper: true,
    prefixes: ['10.0.0.0/8'],
    defaultChildPrefixLength: { IPv4: CHILD_BITS },
  });
  const numbers = Array.from({ length: used }, (_, i) => i);
  const vrf = (i: number) => ({ id: String(i + 1), owners: [`child-${i}`], acquired: flat.created });
  const put = async <T extends Document>(target: Table<T>, documents: readonly Content<T>[]): Promise<void> => {
    if (engine === 'rethinkdb') await bulk(target.name, documents);
    else await inParallel(WRITERS, documents, (document) => target.insert(document));
  };
  const addresses = numbers.map((i) => addressOf(flat, i));
  await put(tables.ips, addresses);
  await put(
    tables.networks,
    numbers.map((i) => childOf(top, i)),
  );
  await put(tables.vrfs, numbers.map(vrf));
  const spaces = spacesWithout(top.prefixes, numbers.map(blockOf));
  await tables.children.update('super', (ledger) => ({ ...ledger, spaces }));
  await eventually('the feeds tell of all', () => tables.vrfs.size >= used && tables.networks.size >= used, 120_000);
}

const blockOf = (i: number): string => {
  const whole = Prefix.parse('10.0.0.0/8');
  return Prefix.of(Ip.of('IPv4', whole.first + BigInt(i) * 64n), CHILD_BITS).toString();
};

const addressOf = ({ id, created }: Network, i: number): Content<IpAddress> => ({
  id: Ip.of('IPv4', Prefix.parse('11.0.0.0/8').first + BigInt(i + 1)).toString(),
  name: '',
  description: '',
  created,
  changed: created,
  allocationUuid: `u${i}`,
  prefix: '11.0.0.0/8',
  networkId: id,
  projectId: 'a',
  type: 'ephemeral',
  tags: [],
  attachments: [],
});

const childOf = (parent: Network, i: number): Content<Network> => ({
  ...parent,
  id: `child-${i}`,
  prefixes: [blockOf(i)],
  parentNetworkId: parent.id,
  privateSuper: false,
  defaultChildPrefixLength: undefined,
  projectId: 'a',
  vrf: i + 1,
});
