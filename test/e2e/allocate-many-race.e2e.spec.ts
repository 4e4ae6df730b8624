import { afterAll, beforeAll, expect, it } from 'vitest';
import { AllocationSite } from '../support/allocation-site.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { describeOnDatabases } from '../support/databases.js';
import type { Database } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { allocatedAt, firewallBody, ipBody, machineBody, violationsAt } from '../support/many.js';

const MACHINES = 8;

/** Numbers of machines, firewalls and addresses of concurrent requests; `single` is an allocation of v1. */
const ROUNDS: readonly (readonly ('single' | readonly [number, number, number])[])[] = [
  [[3, 0, 2], [3, 0, 2], [3, 0, 0], 'single', [2, 1, 1], 'single', [4, 0, 1], 'single', [1, 1, 0]],
  [[8, 0, 1], [5, 0, 0], [4, 0, 3], [4, 0, 3], 'single'],
  [[2, 0, 4], [2, 0, 4], [2, 0, 4], [2, 0, 4], [2, 0, 4], [2, 0, 4], 'single', 'single', 'single', 'single'],
];

interface Members {
  readonly machines: readonly string[];
  readonly ips: readonly string[];
}

const NOTHING: Members = { machines: [], ips: [] };

interface ManyAnswer {
  readonly machines: readonly { readonly id: string }[];
  readonly firewalls: readonly { readonly id: string }[];
  readonly ips: readonly { readonly ipaddress: string }[];
}

describeOnDatabases('concurrent allocations of many and of one', ({ start }) => {
  let database: Database;
  let site: AllocationSite;
  let servers: readonly TestApp[];

  beforeAll(async () => {
    database = await start();
    site = await AllocationSite.start(MACHINES, database.variables);
    const others = database.shared ? [{ ...database.variables, METAL_API_DATA_DIR: '/nonexistent' }] : [];
    servers = [site.server, ...(await Promise.all(others.map((variables) => startTestApp(variables))))];
  }, 120_000);

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await database.stop();
  });

  const serverOf = (index: number): TestApp => servers[index % servers.length]!;

  async function single(index: number): Promise<Members> {
    const answer = await serverOf(index)
      .as('editor')
      .post('/v1/machine/allocate')
      .send(machineBody(site, { name: '' }));
    if (answer.status === 200) return { machines: [(answer.body as { id: string }).id], ips: [] };
    expect([answer.status, errorOf(answer).message]).toEqual([422, expect.stringContaining('no machine available')]);
    return NOTHING;
  }

  async function many(index: number, [machines, firewalls, ips]: readonly [number, number, number]): Promise<Members> {
    const repeat = <T>(times: number, item: T): T[] => Array.from({ length: times }, () => item);
    const body = {
      machines: repeat(machines, machineBody(site)),
      firewalls: repeat(firewalls, firewallBody(site)),
      ips: repeat(ips, ipBody(site)),
    };
    const answer = await serverOf(index).as('editor').post('/allocation/many').send(body);
    if (answer.status !== 200) {
      expect([answer.status, errorOf(answer).message]).toEqual([422, expect.stringContaining('no machine available')]);
      return NOTHING;
    }
    const all = answer.body as ManyAnswer;
    expect([all.machines.length, all.firewalls.length, all.ips.length]).toEqual([machines, firewalls, ips]);
    return {
      machines: [...all.machines, ...all.firewalls].map(({ id }) => id),
      ips: all.ips.map((ip) => ip.ipaddress),
    };
  }

  async function freeAll(): Promise<void> {
    const { machines, ips } = allocatedAt(site.server);
    await Promise.all(machines.map((id) => site.server.as('editor').delete(`/v1/machine/${id}/free`).expect(200)));
    await Promise.all(ips.map((ip) => site.server.as('editor').delete(`/v1/ip/free/${ip}`).expect(200)));
    await site.seed(MACHINES);
  }

  it.each(ROUNDS.map((round, index) => [index, round] as const))(
    'give every machine and address to one of them, all members of each or none (round %i)',
    async (_, round) => {
      const answers = await Promise.all(
        round.map((wanted, index) => (wanted === 'single' ? single(index) : many(index, wanted))),
      );
      const machines = answers.flatMap((answer) => answer.machines);
      const ips = answers.flatMap((answer) => answer.ips);
      expect(machines.length).toBeGreaterThan(0);
      expect([new Set(machines).size, new Set(ips).size]).toEqual([machines.length, ips.length]);
      for (const server of servers) {
        const expected = { machines: [...machines].sort(), ips: [...ips].sort() };
        await eventually('every replica has all of it', async () => {
          const isThere = JSON.stringify(allocatedAt(server)) === JSON.stringify(expected);
          return isThere && (await violationsAt(server)).length === 0;
        }).catch(() => undefined);
        expect(allocatedAt(server)).toEqual(expected);
        expect(await violationsAt(server)).toEqual([]);
      }
      await freeAll();
    },
    120_000,
  );
});
