import { RestClient } from '../agent/rest-client.js';
import { Conditions } from '../agent/simulator/faults/conditions.js';
import { describeFault } from '../agent/simulator/faults/fault.js';
import { faultPlan, faultsBefore } from '../agent/simulator/faults/fault-plan.js';
import { faultSiteOf, FaultTrial, verdictOf } from '../agent/simulator/faults/fault-trial.js';
import { installLab } from '../agent/simulator/lab.js';
import { RunningPartition } from '../agent/simulator/running-partition.js';
import type { RunningPartitionOptions } from '../agent/simulator/running-partition.js';
import { loadSimulatorConfig } from '../config/simulator-config.js';
import type { SimulatorConfig } from '../config/simulator-config.js';
import { NatsBus } from '../platform/bus/nats/nats-bus.js';
import { agentName } from '../platform/bus/nats/subjects.js';
import { sleep } from '../shared/concurrency/timers.js';
import { withUsageErrors } from './server-client.js';
import { consoleLogger as log } from './console-logger.js';
import { realBmcs } from './real-bmcs.js';
import { untilSignalled } from './signals.js';
import { OptionError } from './usage-error.js';

export { SIMULATOR_USAGE as USAGE } from '../config/simulator-config.js';

/** Runs a simulated partition against a server; prints the phases of its machines, and its faults. */
export async function run(args: readonly string[]): Promise<number> {
  const config = settings(args);
  return config.plan ? printPlan(config) : simulate(config);
}

async function simulate(config: SimulatorConfig): Promise<number> {
  const { url, keys, nats, partition } = config;
  const ipmi = config.ipmi ? await realBmcs(config.machines, config.path) : undefined;
  const admin = new RestClient({ url, role: 'admin', key: keys.admin });
  if (config.installLab) await withUsageErrors(() => installLab(admin, partition));
  if (nats === undefined) log.warn('METAL_API_NATS_URL is not set: the machines receive no commands');
  const bus = nats && new NatsBus({ ...nats, name: agentName(partition), role: 'agent', log });
  const conditions = new Conditions({ speed: config.faultSpeed });
  const site = siteOf(config, { bus, ipmi, conditions, onPhase: ({ id, phase }) => print(`${id} ${phase}`) });
  return untilSignalled(async (signal) => {
    const end = config.duration === undefined ? signal : Promise.race([signal, sleep(config.duration)]);
    try {
      await Promise.race([end, withUsageErrors(() => site.start())]);
      const trial = config.faults ? new FaultTrial({ site, conditions, seed: config.seed, admin, print }) : undefined;
      trial?.start();
      await end;
      return trial ? await conclude(trial, config.settleTime) : 0;
    } finally {
      await site.stop();
      await bus?.close();
    }
  });
}

const siteOf = (config: SimulatorConfig, parts: Partial<RunningPartitionOptions>): RunningPartition =>
  new RunningPartition({ ...config, editorKey: config.keys.editor, bus: undefined, ipmi: undefined, log, ...parts });

/** Prints what happened and whether server and partition agree. Resolves to the exit code. */
async function conclude(trial: FaultTrial, settleTime: number): Promise<number> {
  print('no further faults; waiting until server and partition agree');
  const report = await withUsageErrors(() => trial.conclude(settleTime));
  const counts = Object.entries(trial.counts).map(([kind, count]) => `${kind} ${count}`);
  console.log([`faults: ${counts.join(', ')}`, ...verdictOf(report)].join('\n'));
  return report.differences.length === 0 ? 0 : 1;
}

async function printPlan(config: SimulatorConfig): Promise<number> {
  const site = siteOf(config, {});
  const plan = faultPlan(config.seed, faultSiteOf(site.partition));
  const faults = faultsBefore((config.duration ?? 0) * config.faultSpeed, plan);
  for (const fault of faults) console.log(describeFault(fault));
  await site.stop();
  return 0;
}

const print = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);

function settings(args: readonly string[]): SimulatorConfig {
  try {
    return loadSimulatorConfig(args);
  } catch (error) {
    if (error instanceof TypeError) throw new OptionError(error.message);
    throw error;
  }
}
