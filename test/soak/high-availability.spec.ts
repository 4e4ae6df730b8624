import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clusters } from '../support/high-availability/clusters.js';
import type { Node, RankedNode } from '../support/high-availability/node.js';
import { Readiness } from '../support/high-availability/readiness.js';
import { installed } from '../support/installed.js';
import { SEED } from '../support/property-seed.js';
import { rethinkdbKillable } from '../support/rethinkdb.js';
import { Load } from '../support/upgrade/load.js';
import { thisRelease } from '../support/upgrade/release.js';
import { RollingSite } from '../support/upgrade/rolling-site.js';

const SUITE = 'the loss of each node';
const here = [installed(SUITE, 'nats-server', 'haproxy'), rethinkdbKillable(SUITE)].every(Boolean);

const MACHINES = 24;

/** A loss, the checks while the node is away, its return, and the checks again. */
const TIME_LIMIT = 600_000;

describe.skipIf(!here)(`${SUITE} (seed ${SEED})`, { shuffle: false }, () => {
  let clusters: Clusters;
  let site: RollingSite;
  let load: Load;
  const report: string[] = [];

  beforeAll(async () => {
    clusters = await Clusters.start();
    site = await RollingSite.start(thisRelease, MACHINES, SEED, clusters);
    load = new Load(site, await site.waiting(), SEED);
  }, 600_000);
  afterAll(async () => {
    console.log(report.join('\n'));
    await site?.stop();
  }, 120_000);

  /** Does it under load, checks that nothing is lost, and adds to the report what clients and balancer noticed. */
  async function measured(what: string, change: () => Promise<void>): Promise<void> {
    const [one, two] = site.replicas;
    const readiness = new Readiness({ one: one.process.url, two: two.process.url, balancer: site.balancer.url });
    const calls = await load.during(change).finally(() => readiness.end());
    const unready = [...(await readiness.end())].map(([name, time]) => `${name} ${time} ms`).join(', ');
    report.push(`${what}: ${calls.summary()}; longest time unready: ${unready}`);
    expect(calls.violations.map((violation) => withLog(violation))).toEqual([]);
  }

  /** A violation, and what the replicas logged about its request. */
  function withLog(violation: string): string {
    const request = /request (\S+)$/.exec(violation)?.[1];
    if (request === undefined) return violation;
    const lines = site.replicas.flatMap(({ process }) =>
      process.log.split('\n').filter((line) => line.includes(request)),
    );
    return [violation, ...lines].join('\n');
  }

  async function survives(node: Node, what: string): Promise<void> {
    const dies = measured(`${what} dies`, async () => {
      await node.kill();
      await load.more();
    });
    // Whatever was found: the next loss must not be the second one at a time.
    await dies.catch(async (error: unknown) => {
      await node.comeBack();
      throw error;
    });
    await measured(`${what} comes back`, async () => {
      await node.comeBack();
      await site.ready();
    });
  }

  /** Kills each of three nodes once: the one that is first in rank, then the others. */
  function eachSurvived(kind: string, first: string, ranked: () => Promise<readonly RankedNode[]>): void {
    const killed = new Set<string>();
    it.each([first, 'the second server', 'the third server'])(
      `${kind}: %s`,
      async () => {
        const node = (await ranked()).find(({ name }) => !killed.has(name))!;
        killed.add(node.name);
        await survives(node, `${node.name}, ${node.role},`);
      },
      TIME_LIMIT,
    );
  }

  eachSurvived('RethinkDB', 'the primary of most tables', () => clusters.databases());
  eachSurvived('NATS', 'the leader of the commands', () => clusters.brokers());

  it(
    'metal-api: a replica',
    async () => {
      const [replica] = site.replicas;
      await survives(
        {
          name: 'replica',
          kill: () => replica.process.kill(),
          comeBack: async () => {
            await replica.become(thisRelease);
            await site.balancer.takes('one');
          },
        },
        'a replica',
      );
    },
    TIME_LIMIT,
  );
});
