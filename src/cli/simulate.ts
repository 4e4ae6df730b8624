import { RestClient } from '../agent/rest-client.js';
import { installLab } from '../agent/simulator/lab.js';
import { RunningPartition } from '../agent/simulator/running-partition.js';
import { loadSimulatorConfig } from '../config/simulator-config.js';
import type { SimulatorConfig } from '../config/simulator-config.js';
import { NatsBus } from '../platform/bus/nats/nats-bus.js';
import { agentName } from '../platform/bus/nats/subjects.js';
import { asOperator } from './ask-server.js';
import { consoleLog as log } from './console-log.js';
import { realBmcs } from './real-bmcs.js';
import { withSignals } from './until-signal.js';
import { OptionError } from './usage-error.js';

export { SIMULATOR_USAGE as USAGE } from '../config/simulator-config.js';

/** Runs a simulated partition against a server until SIGTERM or SIGINT; prints what its machines do. */
export async function run(args: readonly string[]): Promise<number> {
  const config = settings(args);
  const { url, grpc, tls, keys, nats, partition } = config;
  const ipmi = config.ipmi ? await realBmcs(config.machines, config.path) : undefined;
  const admin = new RestClient({ url, role: 'admin', key: keys.admin });
  if (config.installLab) await asOperator(() => installLab(admin, partition));
  if (nats === undefined) log.warn('METAL_API_NATS_URL is not set: the machines get no commands');
  const bus = nats && new NatsBus({ ...nats, name: agentName(partition), role: 'agent', log });
  const site = new RunningPartition({
    ...config,
    url,
    grpc,
    tls,
    editorKey: keys.editor,
    bus,
    ipmi,
    log,
    onPhase: ({ id, phase }) => console.log(`${new Date().toISOString()} ${id} ${phase}`),
  });
  return withSignals(async (signal) => {
    try {
      await Promise.race([signal, asOperator(() => site.start())]);
      await signal;
      return 0;
    } finally {
      await site.stop();
      await bus?.close();
    }
  });
}

function settings(args: readonly string[]): SimulatorConfig {
  try {
    return loadSimulatorConfig(args);
  } catch (error) {
    if (error instanceof TypeError) throw new OptionError(error.message);
    throw error;
  }
}
