import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { RestClient } from '../../agent/rest-client.js';
import { installLab } from '../../agent/simulator/lab.js';
import type { IpmiSims } from '../../agent/simulator/ipmi-sims.js';
import { ipmiSimProblem } from '../../agent/simulator/ipmi-sims.js';
import { RunningPartition } from '../../agent/simulator/running-partition.js';
import type { Config } from '../../config/config.js';
import { loadDemoConfig } from '../../config/demo-config.js';
import type { DemoConfig } from '../../config/demo-config.js';
import type { Role } from '../../platform/auth/role.js';
import { createApiToken } from '../../platform/auth/token/api-token.js';
import { tokenKeyOf } from '../../platform/auth/token/token-key.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { pluralize } from '../../shared/text.js';
import { consoleLogger as log, warning } from '../console-logger.js';
import { readOptions } from '../read-options.js';
import { realBmcs } from '../real-bmcs.js';
import { untilSignalled } from '../signals.js';
import { OptionError, UsageError } from '../usage-error.js';
import { DemoImages } from './demo-images.js';
import { startDemoServer } from './demo-server.js';
import { imageSteps } from './image-steps.js';
import { LiveView } from './live-view.js';
import { story } from './story.js';
import type { Step } from './step.js';

export const USAGE = `usage: metal-api demo [--smoke] [--machines N] [--ipmi]

Runs a server on loopback with a simulated partition until SIGTERM or SIGINT; prints examples to try. Requires no
settings, and stores nothing permanently unless METAL_API_DATA_DIR names a folder.
--smoke tests the life cycle of a machine and a firewall once, on free ports; exits with 0 only if every step passed.
--machines sets the number of machines; defaults to 8, or 4 with --smoke.
--ipmi gives every machine a real BMC (OpenIPMI's ipmi_sim on loopback), driven by ipmitool; at most 32 machines.`;

const DAY = 24 * 3_600_000;

/** Exit code of an interrupted `--smoke` run. */
const INTERRUPTED = 130;

const OPTIONS = { smoke: { type: 'boolean' }, machines: { type: 'string' }, ipmi: { type: 'boolean' } } as const;

interface Options {
  readonly smoke: boolean;
  readonly machines: number;
  readonly ipmi: boolean;
}

/** Runs a server with a simulated partition until a signal, or, with `--smoke`, runs the end-to-end test once. */
export async function run(args: readonly string[]): Promise<number> {
  const asked = options(args);
  return untilSignalled(async (signal) => {
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
  let images: DemoImages | undefined;
  const play = async (): Promise<number> => {
    images = await DemoImages.start(client('viewer'), keyOf(config, 'viewer'), smoke, smoke ? log : logTo(view));
    const lab = await installLab(client('admin'), partition, images.storeUrl);
    await refuseFewer(client('viewer'), site, machines, config);
    await site.start();
    const clients = { viewer: client('viewer'), editor: client('editor'), admin: client('admin') };
    if (smoke) {
      const steps = story({ ...clients, lab, site: site.partition, bmc: site.bmc });
      return tell([...steps, ...imageSteps(clients.viewer, images, lab.machineImage)], started);
    }
    await images.sync();
    view.open(...whatToTry(config, server.url, server.grpc, lab.machineImage, images.cacheUrl));
    await signal;
    return 0;
  };
  try {
    return await Promise.race([signal.then(() => (smoke ? INTERRUPTED : 0)), play()]);
  } finally {
    await site.stop();
    await images?.stop();
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

/** Prepares real BMCs if requested, and for `--smoke` also whenever possible; undefined for BMCs in memory. */
async function chooseBmcs({ smoke, ipmi, machines }: Options, path: string): Promise<IpmiSims | undefined> {
  if (!ipmi && !smoke) return undefined;
  const obstacle = ipmi ? undefined : ipmiSimProblem(machines, path);
  if (obstacle !== undefined) return void console.log(`BMCs: in memory, ${obstacle}`);
  const real = await realBmcs(machines, path);
  console.log('BMCs: ipmi_sim over RMCP+, driven by ipmitool');
  return real;
}

/** Runs the steps in order and prints a line for each; stops at the first failure. Resolves to the exit code. */
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
  console.log(`all steps passed in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return 0;
}

/** Throws UsageError if the stored partition has machines that would not be simulated: their ports would be missing. */
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
    `${where} has ${pluralize(stored.length, 'machine')} from an earlier demo, but --machines is ${asked}: ` +
      `use --machines ${asked + missing} or another METAL_API_DATA_DIR`,
  );
}

/** Prints warnings above the table; otherwise the table would be drawn over them. */
const logTo = (view: LiveView): AppLogger => ({
  info: () => undefined,
  warn: (message, cause) => view.printLine(warning(message, cause)),
});

/** What the terminal shows; the second text is for small windows. */
function whatToTry(config: Config, url: string, grpc: string, image: string, cache: string): readonly string[] {
  const [token] = createApiToken(tokenKeyOf(config), { subject: 'demo', role: 'admin', lifetime: DAY }, Date.now());
  const links = `
metal-api is running, with a simulated partition. Its machines are booting:

  console     ${url}console/#token=${token}
  Swagger UI  ${url}swagger
`;
  const more = `  token       export TOKEN=${token}
  curl        curl -s -H "Authorization: Bearer $TOKEN" ${url}v1/image/${image}
  image cache curl -sI ${cache}/images/${image}.tar.lz4
  metalctl    export METALCTL_API_URL=${url.replace(/\/$/, '')} METALCTL_HMAC=${config.auth.hmac.admin.key}
              metalctl machine list
  gRPC        ${grpc}
`;
  const end = '\nPress Ctrl-C to stop.\n';
  return [`${links}${more}${end}`, `${links}\nMore to try: a larger window, or docs/api.md. Press Ctrl-C to stop.\n`];
}

const keyOf = ({ auth }: Config, role: Role): string =>
  ({ viewer: auth.hmac.view.key, editor: auth.hmac.edit.key, admin: auth.hmac.admin.key })[role];
