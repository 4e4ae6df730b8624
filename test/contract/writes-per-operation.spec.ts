import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/platform/store/engine.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { AllocationSite } from '../support/allocation-site.js';
import { override } from '../support/engines.js';
import { eventually } from '../support/eventually.js';

interface Cost {
  /** Written documents of each table. */
  readonly documents: Readonly<Record<string, number>>;
  /** How many writes follow each other; concurrent ones count once. */
  readonly rounds: number;
}

/** More turns of the event loop than any operation takes between two writes. */
const TURNS = 20;

/** A database that completes writes in rounds: all that are waiting once nothing else happens. */
class WriteRounds {
  readonly engine: Engine;
  private waiting: { readonly table: string; readonly complete: () => void }[] = [];
  private measuring = false;

  constructor() {
    const database = new MemoryEngine();
    const held = async <T>(table: string, write: () => Promise<T>): Promise<T> => {
      if (this.measuring) await new Promise<void>((complete) => this.waiting.push({ table, complete }));
      return write();
    };
    this.engine = override(database, {
      insert: (table, content) => held(table, () => database.insert(table, content)),
      remove: (table, id, revision) => held(table, () => database.remove(table, id, revision)),
      replace: (table, content, revision) => {
        const write = () => database.replace(table, content, revision);
        // The dispatcher records the progress of commands beside the operation.
        return table === 'command' ? write() : held(table, write);
      },
    });
  }

  async costOf<T>(act: () => Promise<T>): Promise<{ readonly result: T; readonly cost: Cost }> {
    this.measuring = true;
    let ended = false;
    const running = act().finally(() => (ended = true));
    const documents: Record<string, number> = {};
    let rounds = 0;
    while (!ended) {
      await eventually('the next write, or the end', () => ended || this.waiting.length > 0);
      for (let turn = 0; turn < TURNS; turn++) await nextTurn();
      if (this.waiting.length > 0) rounds++;
      for (const { table } of this.waiting) documents[table] = (documents[table] ?? 0) + 1;
      this.completeAll();
    }
    this.measuring = false;
    this.completeAll();
    return { result: await running, cost: { documents, rounds } };
  }

  private completeAll(): void {
    for (const { complete } of this.waiting.splice(0)) complete();
  }
}

const DATABASES = [
  {
    database: 'a database of one process',
    variables: {},
    allocation: { documents: { machine: 2, asn: 1, ip: 1 }, rounds: 2 },
  },
  {
    database: 'a shared database',
    variables: { METAL_API_DB: 'rethinkdb', METAL_API_DATA_DIR: '/nonexistent' },
    allocation: { documents: { placementledger: 1, machine: 2, asn: 1, ip: 1 }, rounds: 3 },
  },
];

describe.each(DATABASES)('writes to $database for', ({ variables, allocation }) => {
  const rounds = new WriteRounds();
  let site: AllocationSite;
  const send = (method: 'post' | 'delete', path: string, body: object = {}) =>
    rounds.costOf(async () => {
      const response = await site.server.as('editor')[method](`/v1/${path}`).send(body);
      expect(response.status, response.text).toBeLessThan(300);
      return response.body as { readonly id: string; readonly ipaddress: string };
    });

  beforeAll(async () => void (site = await AllocationSite.start(2, variables, { engine: rounds.engine })));
  afterAll(() => site.close());

  it('machine allocation and release', async () => {
    const { project, body } = { project: site.lab.projects.a, body: { name: 'node', hostname: 'node' } };
    const allocated = await send('post', 'machine/allocate', {
      ...body,
      projectid: project,
      partitionid: site.lab.partition,
      sizeid: site.lab.size,
      imageid: site.lab.machineImage,
      networks: [{ networkid: site.network, autoacquire: true }],
    });
    expect(allocated.cost).toEqual(allocation);
    const freed = await send('delete', `machine/${allocated.result.id}/free`);
    const documents = { machine: 2, ip: 1, asn: 1, event: 1, command: 2 };
    expect(freed.cost).toEqual({ documents, rounds: 3 });
  });

  it('network allocation and release, and addresses', async () => {
    const owner = { projectid: site.lab.projects.a, partitionid: site.lab.partition, name: 'net' };
    const network = await send('post', 'network/allocate', owner);
    expect(network.cost).toEqual({ documents: { network: 2, vrf: 1, childprefix: 1 }, rounds: 3 });
    const ip = await send('post', 'ip/allocate', {
      networkid: network.result.id,
      projectid: owner.projectid,
      type: 'static',
    });
    expect(ip.cost).toEqual({ documents: { ip: 1 }, rounds: 1 });
    const freedIp = await send('post', `ip/free/${ip.result.ipaddress}`);
    expect(freedIp.cost).toEqual({ documents: { ip: 1 }, rounds: 1 });
    const freed = await send('delete', `network/free/${network.result.id}`);
    expect(freed.cost).toEqual({ documents: { network: 3, vrf: 1, childprefix: 1 }, rounds: 4 });
  });
});
