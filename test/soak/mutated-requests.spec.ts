import { afterAll, beforeAll, expect, it } from 'vitest';
import { FsckService } from '../../src/modules/fsck/fsck.service.js';
import { HeadscaleServer } from '../support/headscale.js';
import { installed } from '../support/installed.js';
import { leaks } from '../support/invariants.js';
import { tableOf } from '../support/machines.js';
import { S3_PROGRAM, S3Server } from '../support/s3.js';
import { MutatingCalls, Reached } from '../e2e/golden/mutating-calls.js';
import type { Outcome } from '../e2e/golden/mutating-calls.js';
import { Recorder } from '../e2e/golden/recorder.js';
import { playScenario, startScenarioApp } from '../e2e/golden/scenario.js';
import type { Surroundings } from '../e2e/golden/scenario.js';

/** Fixed, so that failures are reproducible; RANDOM_SEED overrides it. */
const SEED = Number(process.env['RANDOM_SEED'] ?? 20_210_122);
/** Mutants of each call. */
const COUNT = Number(process.env['MUTANT_COUNT'] ?? 20);

let surroundings: Surroundings;

beforeAll(async () => {
  const s3 = installed('mutated requests for firmware', S3_PROGRAM) ? await S3Server.start() : undefined;
  surroundings = { headscale: await HeadscaleServer.start(), s3 };
});
afterAll(async () => {
  await surroundings.headscale.stop();
  await surroundings.s3?.stop();
});

/** Runs the scenario on a new server up to the call, and sends its mutants; undefined after the last call. */
async function outcomeAt(at: number): Promise<Outcome | undefined> {
  const server = await startScenarioApp(surroundings);
  const calls = new MutatingCalls(new Recorder(server), { at, count: COUNT, seed: SEED });
  try {
    await playScenario(calls, server, surroundings).catch((error: unknown) => {
      if (!(error instanceof Reached)) throw error;
    });
    if (!calls.outcome) return undefined;
    const { findings } = await server.app.get(FsckService, { strict: false }).check();
    // Clients may tag an address with any machine (docs/reference/ip-addresses.md#allocate-an-address).
    const unsound = findings.filter(({ invariant }) => invariant !== 'address-tag');
    const found = unsound.map((finding) => `fsck: ${JSON.stringify(finding)}`);
    const leaked = leaks((definition) => tableOf(server, definition));
    return { ...calls.outcome, complaints: [...calls.outcome.complaints, ...found, ...leaked] };
  } finally {
    await server.close();
  }
}

it(
  'requests that are right but for a part of them are answered below 500, and leave a sound store behind',
  { timeout: 900_000 },
  async () => {
    console.log(`mutated requests: seed ${SEED}, ${COUNT} of each call`);
    const outcomes: Outcome[] = [];
    for (let at = 0; ; at++) {
      const outcome = await outcomeAt(at);
      if (!outcome) break;
      outcomes.push(outcome);
    }
    const counts = tally(outcomes.flatMap(({ statuses }) => statuses));
    console.log(`answers to mutants of ${outcomes.length} calls by status: ${JSON.stringify(counts)}`);
    expect(outcomes.flatMap(({ operationId, complaints }) => complaints.map((c) => `${operationId}: ${c}`))).toEqual(
      [],
    );
    const lively = outcomes.filter(({ statuses }) => statuses.some((status) => status < 300));
    expect(lively.length, 'calls of which a mutant succeeds').toBeGreaterThan(100);
  },
);

function tally(statuses: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
