import { afterAll, describe, expect, it } from 'vitest';
import { verdictOf } from '../../src/agent/simulator/faults/fault-trial.js';
import { Random } from '../../src/agent/simulator/random.js';
import type { FsckReportDto } from '../../src/modules/fsck/fsck.dto.js';
import { ChaoticInstallation } from '../support/chaos/installation.js';
import { ResidentMemory } from '../support/chaos/resident-memory.js';
import { Ledger, Tenant } from '../support/chaos/tenant.js';
import type { TenantMachine } from '../support/chaos/tenant.js';
import { Troublemaker } from '../support/chaos/troublemaker.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';
import { SEED } from '../support/property-seed.js';
import { rethinkdbKillable } from '../support/rethinkdb.js';

const SUITE = 'chaos on RethinkDB and NATS';
const here = [installed(SUITE, 'nats-server'), rethinkdbKillable(SUITE)].every(Boolean);

/** A full run takes 780. */
const SECONDS = Number(process.env['METAL_API_TEST_CHAOS_SECONDS'] ?? 45);
const MACHINES = Number(process.env['METAL_API_TEST_CHAOS_MACHINES'] ?? 40);
const TENANTS = 20;

/** MiB that a replica may take at most, and by which it may grow after it has settled. */
const MOST_MEMORY = 1000;
const MOST_GROWTH = 200;

interface Entry {
  readonly id: string;
  readonly state: string;
}

describe.skipIf(!here)(`${SECONDS} s of kills and freezes (seed ${SEED})`, () => {
  let installation: ChaoticInstallation | undefined;
  afterAll(() => installation?.stop(), 120_000);

  it(
    'lose, double and leak nothing, and every command has an end',
    async () => {
      installation = await ChaoticInstallation.start(MACHINES, SEED);
      const { replicas } = installation;
      const end = Date.now() + SECONDS * 1000;
      const ledger = new Ledger();
      const memory = new ResidentMemory(replicas);
      const troublemaker = new Troublemaker(installation, new Random(SEED));
      const tenants = Array.from(
        { length: TENANTS },
        (_, n) => new Tenant(`t${n}`, installation!, ledger, new Random(SEED + n + 1)),
      );
      installation.faults.start();
      const lastKill = end - (SECONDS * 1000) / 3;
      await Promise.all([
        troublemaker.run(end, lastKill),
        memory.run(end),
        ...tenants.map((tenant) => tenant.run(end)),
      ]);
      await installation.settled();
      const verdict = await installation.faults.conclude(120_000 + MACHINES * 500);
      console.log('troubles:', troublemaker.done, 'calls:', ledger.calls, 'faults:', installation.faults.counts);
      console.log('memory:', memory.settledLives, 'peak:', memory.peak);
      console.log(verdictOf(verdict).join('\n'));

      const [one, two] = replicas.map(({ process }) => process.rest('admin')) as [never, never];
      await expectNothingInProgress(one);
      expect(verdict.differences).toEqual([]);
      expect(ledger.violations).toEqual([]);
      expect(memory.peak).toBeLessThan(MOST_MEMORY);
      for (const { settled, last } of memory.settledLives) expect(last - settled).toBeLessThan(MOST_GROWTH);
      expect(ledger.calls['allocated'] ?? 0).toBeGreaterThan(TENANTS);
      for (const replica of [one, two]) {
        await eventually(
          'the replica has what the ledger says',
          async () => (await differences(replica, ledger)) === '',
        ).catch(() => undefined);
        expect(await differences(replica, ledger)).toBe('');
        expect((await fsck(replica)).findings).toEqual([]);
      }
    },
    SECONDS * 1000 + 1_000_000 + MACHINES * 1000,
  );
});

type Client = ReturnType<ChaoticInstallation['replicas'][0]['process']['rest']>;

const fsck = (client: Client): Promise<FsckReportDto> => client.get<FsckReportDto>('fsck');

/** Waits for the ends of all commands, and for the sweeper to undo what crashes have left. */
async function expectNothingInProgress(client: Client): Promise<void> {
  const open = async (): Promise<Entry[]> =>
    (await client.get<Entry[]>('commands')).filter(({ state }) => !ENDS.includes(state));
  await eventually('every command has an end', async () => (await open()).length === 0, 120_000).catch(() => undefined);
  expect(await open()).toEqual([]);
  await eventually('fsck is empty', async () => (await fsck(client)).consistent, 120_000).catch(() => undefined);
}

const ENDS = ['done', 'failed', 'expired'];

/** Acknowledged allocations that are gone, and acknowledged releases that never happened, one a line. */
async function differences(client: Client, { owned, freed }: Ledger): Promise<string> {
  const machines = new Map((await client.get<TenantMachine[]>('v1/machine')).map((machine) => [machine.id, machine]));
  const lost = [...owned].flatMap(([id, { name, ips }]) => {
    const allocation = machines.get(id)?.allocation;
    if (allocation?.name !== name) return `${id} was given to ${name}, but belongs to ${allocation?.name}`;
    const current = allocation.networks.flatMap(({ ips }) => ips);
    return current.join() === ips.join() ? [] : `${id} has ${current.join()} instead of ${ips.join()}`;
  });
  const kept = [...machines.values()].flatMap(({ id, allocation }) =>
    allocation && freed.has(allocation.name) ? `${id} of ${allocation.name} was freed, but is allocated` : [],
  );
  return [...lost, ...kept].join('\n');
}
