import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { RestClient } from '../../agent/rest-client.js';
import { installLab } from '../../agent/simulator/lab.js';
import type { IpmiSims } from '../../agent/simulator/ipmi-sims.js';
import { obstacleToIpmi } from '../../agent/simulator/ipmi-sims.js';
import { RunningPartition } from '../../agent/simulator/running-partition.js';
import type { Config } from '../../config/config.js';
import { loadDemoConfig } from '../../config/demo-config.js';
import type { DemoConfig } from '../../config/demo-config.js';
import type { Role } from '../../platform/auth/role.js';
import { createApiToken } from '../../platform/auth/token/api-token.js';
import { tokenKeyOf } from '../../platform/auth/token/token-key.js';
import type { Log } from '../../shared/log.js';
import { counted } from '../../shared/text.js';
import { consoleLog as log, warning } from '../console-log.js';
import { readOptions } from '../read-options.js';
import { realBmcs } from '../real-bmcs.js';
import { withSignals } from '../until-signal.js';
import { OptionError, UsageError } from '../usage-error.js';
import { startDemoServer } from './demo-server.js';
import { LiveView } from './live-view.js';
import { story } from './story.js';
import type { Step } from './step.js';

export const USAGE = `usage: metal-api demo [--smoke] [--machines N] [--ipmi]

A server on loopback with a simulated partition, until SIGTERM or SIGINT; prints what to try. Needs no settings, and
forgets everything afterwards unless METAL_API_DATA_DIR names a folder.
--smoke plays the life of a machine and a firewall once, on free ports, and ends with 0 only if every step held.
--machines says how many machines there are: 8, or 4 with --smoke, unless told otherwise.
--ipmi gives every machine a BMC of its own (OpenIPMI's ipmi_sim on loopback), driven by ipmitool; 32 machines at most.`;

const DAY = 24 * 3_600_000;

/** Exit code of a story that was interrupted. */
const INTERRUPTED = 130;

const OPTIONS = { smoke: { type: 'boolean' }, machines: { type: 'string' }, ipmi: { type: 'boolean' } } as const;

interface Options {
  readonly smoke: boolean;
  readonly machines: number;
  readonly ipmi: boolean;
}

/** A server with a simulated partition to look at, or, with `--smoke`, the whole story played once as a test. */
export async function run(args: readonly string[]): Promise<number> {
  const asked = options(args);
  return withSignals(async (signal) => {
    const demo = loadDemoConfig(asked.smoke);
    try {
      return await show(asked, demo, signal);
    } finally {
      if (demo.temporaryFolder) await rm(demo.temporaryFolder, { recursive: true, force: true });
    }
  });
}

async function show(asked: Options, { config, path }: DemoConfig, signal: Promise<string>): Promise<number> {
  const { smoke, machines } = asked;
  const ipmi = await chooseBmcs(asked, path);
  const started = Date.now();
  const partition = smoke ? `smoke-${randomBytes(3).toString('hex')}` : 'lab';
  const server = await startDemoServer(config, partition, log);
  const client = (role: Role): RestClient => new RestClient({ url: server.url, role, key: keyOf(config, role) });
  const view: LiveView = new LiveView(() => site.partition.machines);
  const site: RunningPartition = new RunningPartition({
    partition,
    machines,
    seed: smoke ? randomBytes(4).readUInt32LE() : 1,
    stepTime: smoke ? 100 : 2500,
    url: server.url,
    grpc: server.grpc,
    editorKey: keyOf(config, 'editor'),
    bus: server.bus,
    ipmi,
    log: smoke ? log : logTo(view),
    onPhase: (machine) => (smoke ? undefined : view.changed(machine)),
  });
  const play = async (): Promise<number> => {
    const lab = await installLab(client('admin'), partition);
    await refuseFewer(client('viewer'), site, machines, config);
    await site.start();
    const clients = { viewer: client('viewer'), editor: client('editor'), admin: client('admin') };
    if (smoke) return tell(story({ ...clients, lab, site: site.partition, bmc: site.bmc }), started);
    view.open(whatToTry(config, server.url, server.grpc, lab.machineImage));
    await signal;
    return 0;
  };
  try {
    return await Promise.race([signal.then(() => (smoke ? INTERRUPTED : 0)), play()]);
  } finally {
    await site.stop();
    view.close();
    await server.stop();
  }
}

function options(args: readonly string[]): Options {
  const { smoke = false, ipmi = false, machines = smoke ? '4' : '8' } = readOptions(args, OPTIONS);
  const least = smoke ? 2 : 1;
  if (!/^\d{1,3}$/.test(machines) || Number(machines) < least) {
    throw new OptionError(`--machines is "${machines}", expected a number from ${least} to 999`);
  }
  return { smoke, ipmi, machines: Number(machines) };
}

/** Real BMCs where they are asked for, and for a story also where they are possible; undefined for those in memory. */
async function chooseBmcs({ smoke, ipmi, machines }: Options, path: string): Promise<IpmiSims | undefined> {
  if (!ipmi && !smoke) return undefined;
  const obstacle = ipmi ? undefined : obstacleToIpmi(machines, path);
  if (obstacle !== undefined) return void console.log(`BMCs: in memory, ${obstacle}`);
  const real = await realBmcs(machines, path);
  console.log('BMCs: ipmi_sim over RMCP+, driven by ipmitool');
  return real;
}

/** Plays the steps in order, one line each; stops at the first that does not hold. */
async function tell(steps: readonly Step[], started: number): Promise<number> {
  console.log(
    `  ok  ${String(Date.now() - started).padStart(6)} ms  server, master data and a simulated partition are up`,
  );
  for (const { title, play: step } of steps) {
    const begin = Date.now();
    try {
      const seen = await step();
      console.log(`  ok  ${String(Date.now() - begin).padStart(6)} ms  ${title}: ${seen}`);
    } catch (error) {
      console.log(`FAIL  ${String(Date.now() - begin).padStart(6)} ms  ${title}: ${(error as Error).message}`);
      return 1;
    }
  }
  console.log(`the whole story held, ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return 0;
}

/** Throws UsageError when the stored partition has machines that would not be simulated: their ports would be missing. */
async function refuseFewer(
  viewer: RestClient,
  { partition: { settings, machines } }: RunningPartition,
  asked: number,
  { store }: Config,
): Promise<void> {
  const stored = await viewer.post<{ id: string }[]>('v1/machine/find', { partition_id: settings.partition });
  const missing = stored.filter(({ id }) => machines.every((machine) => machine.id !== id)).length;
  if (missing === 0) return;
  const where = store.engine === 'embedded' ? `the data folder ${store.dataDir}` : 'the database';
  throw new UsageError(
    `${where} has ${counted(stored.length, 'machine')} of an earlier demonstration, but --machines is ${asked}: ` +
      `run it with --machines ${asked + missing}, or with another METAL_API_DATA_DIR`,
  );
}

/** Warnings go above the table, which would else be drawn over them. */
const logTo = (view: LiveView): Log => ({
  info: () => undefined,
  warn: (message, cause) => view.tell(warning(message, cause)),
});

function whatToTry(config: Config, url: string, grpc: string, image: string): string {
  const [token] = createApiToken(tokenKeyOf(config), { subject: 'demo', role: 'admin', lifetime: DAY }, Date.now());
  return `
metal-api is up, with a simulated partition whose machines boot below.

  Swagger UI  ${url}swagger  (Authorize: paste the token under "jwt")
  token       export TOKEN=${token}
  curl        curl -s -H "Authorization: Bearer $TOKEN" ${url}v1/image/${image}
  metalctl    export METALCTL_API_URL=${url.replace(/\/$/, '')} METALCTL_HMAC=${config.auth.hmac.admin.key}
              metalctl machine list
  gRPC        ${grpc}

Ctrl-C ends it.
`;
}

const keyOf = ({ auth }: Config, role: Role): string =>
  ({ viewer: auth.hmac.view.key, editor: auth.hmac.edit.key, admin: auth.hmac.admin.key })[role];
