import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { RestClient } from '../../../src/agent/rest-client.js';
import { isInstalled } from '../program.js';
import type { Outcome } from '../program.js';
import type { SiteDescription } from '../site.js';
import { Metalctl } from './metalctl.js';
import { legacySteps } from './of-2021.js';
import type { Stage, Step } from './step.js';
import { todaysSteps } from './today.js';

/** Machines that are known only from BMC reports; each generation of the client removes one. */
const DEAD = ['00000000-0000-4000-8000-00000000904d', '00000000-0000-4000-8000-00000000905d'];

/**
 * Runs metalctl: the binaries in METAL_API_TEST_METALCTL, separated by colons, or the one on the PATH. A client without
 * the command `version` is treated as legacy.
 */
export async function metalctlSuites(site: SiteDescription): Promise<Outcome[]> {
  const named = process.env['METAL_API_TEST_METALCTL']?.split(':').filter(Boolean);
  const binaries = named ?? (isInstalled('metalctl', '--help') ? ['metalctl'] : []);
  if (binaries.length === 0) {
    const detail = 'NOT TESTED, neither METAL_API_TEST_METALCTL nor the path leads to a binary';
    return [{ name: 'metalctl', result: 'missing', detail }];
  }
  await reportDeadMachines(site);
  const outcomes: Outcome[] = [];
  for (const binary of binaries) outcomes.push(await suite(binary, site));
  return outcomes;
}

async function reportDeadMachines({ url, keys, lab }: SiteDescription): Promise<void> {
  const editor = new RestClient({ url: `${url}/`, role: 'editor', key: keys.editor });
  const report = { BMCIp: '10.255.255.6', PowerState: 'OFF', IndicatorLEDState: 'LED-OFF', FRU: {} };
  const reports = Object.fromEntries(DEAD.map((id) => [id, report]));
  await editor.post('v1/machine/ipmi', { partitionid: lab.partition, reports });
}

async function suite(binary: string, site: SiteDescription): Promise<Outcome> {
  const home = await mkdtemp(join(tmpdir(), 'metalctl-'));
  try {
    const cli = new Metalctl(binary, site, home);
    const isToday = (await cli.run('version')).code === 0;
    const stage: Stage = { cli, lab: site.lab };
    const steps = isToday ? todaysSteps(stage, site.firmware) : legacySteps(stage);
    const name = `${basename(binary)} (${isToday ? 'today' : '2021'})`;
    console.log(`::: ${name}`);
    const failed = await playAll(steps, stage);
    const detail = `${steps.length - failed} of ${steps.length} steps passed`;
    return { name, result: failed === 0 ? 'passed' : 'failed', detail };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Runs all steps, even after a failure; returns the number of failed steps. */
async function playAll(steps: readonly Step[], stage: Stage): Promise<number> {
  let failed = 0;
  for (const { title, play } of steps) {
    try {
      await play(stage);
      console.log(`  ok  ${title}`);
    } catch (error) {
      failed++;
      console.log(`FAIL  ${title}: ${(error as Error).message}`);
    }
  }
  return failed;
}
