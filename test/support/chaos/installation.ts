import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { installLab } from '../../../src/agent/simulator/lab.js';
import type { Lab } from '../../../src/agent/simulator/lab.js';
import { Conditions } from '../../../src/agent/simulator/faults/conditions.js';
import { FaultTrial } from '../../../src/agent/simulator/faults/fault-trial.js';
import { RunningPartition } from '../../../src/agent/simulator/running-partition.js';
import { MemoryLogger } from '../../../src/shared/app-logger.js';
import { temporaryFolder } from '../engines.js';
import { eventually } from '../eventually.js';
import { KillableAgent } from './killable-agent.js';
import { RestClient } from '../../../src/agent/rest-client.js';
import { DEV_KEYS } from '../hmac.js';
import { NatsServer } from '../nats.js';
import { RethinkServer } from '../rethinkdb.js';
import { ServerProcess } from '../server-process.js';
import { TcpProxy } from '../tcp-proxy.js';

/** Ten minutes of being cut off take one. */
const FAULT_SPEED = 10;

/** One of two servers that share database and broker; it comes back on the ports that it had. */
class Replica {
  private constructor(
    private readonly variables: Record<string, string>,
    public process: ServerProcess,
  ) {}

  static async start(variables: Record<string, string>): Promise<Replica> {
    return new Replica(variables, await ServerProcess.start(variables));
  }

  kill(): Promise<void> {
    return this.process.kill();
  }

  async up(): Promise<void> {
    this.process = await ServerProcess.start(this.variables, this.process.ports);
  }
}

/** Two replicas with RethinkDB, NATS and a simulated partition, all of which can be killed and frozen. */
export class ChaoticInstallation {
  private constructor(
    readonly database: RethinkServer,
    readonly broker: NatsServer,
    readonly replicas: readonly [Replica, Replica],
    private readonly balancers: readonly TcpProxy[],
    private readonly folders: readonly string[],
    /** The connection of the agent to the broker. */
    readonly agent: KillableAgent,
    readonly partition: RunningPartition,
    readonly lab: Lab,
    /** A private network of `project-a`. */
    readonly network: string,
    readonly faults: FaultTrial,
  ) {}

  /** Resolves when all machines wait. */
  static async start(machines: number, seed: number): Promise<ChaoticInstallation> {
    const [database, broker] = [await RethinkServer.start(), await NatsServer.start()];
    const folders = [temporaryFolder(), temporaryFolder()];
    const settings = {
      METAL_API_DB: 'rethinkdb',
      METAL_API_DB_ADDR: `${database.host}:${database.port}`,
      METAL_API_DB_NAME: `chaos_${randomBytes(4).toString('hex')}`,
      METAL_API_NATS_URL: broker.url,
      METAL_API_ALLOCATION_TIMEOUT: '10s',
      METAL_API_COMMAND_TIMEOUT: '30s',
    };
    const one = await Replica.start({ ...settings, METAL_API_DATA_DIR: folders[0]! });
    const two = await Replica.start({ ...settings, METAL_API_DATA_DIR: folders[1]! });
    const lab = await installLab(one.process.rest('admin'), 'chaos');
    const { id } = await one.process
      .rest('editor')
      .post<{ id: string }>('v1/network/allocate', { partitionid: lab.partition, projectid: lab.projects.a });
    const [http, grpc] = await Promise.all(
      one.process.ports.map((port) => TcpProxy.start({ host: '127.0.0.1', port })),
    );
    const log = new MemoryLogger();
    const agent = new KillableAgent(broker.url, log);
    const conditions = new Conditions({ speed: FAULT_SPEED });
    const partition = new RunningPartition({
      url: `http://127.0.0.1:${http!.port}/`,
      grpc: `127.0.0.1:${grpc!.port}`,
      bus: agent,
      conditions,
      editorKey: DEV_KEYS.editor,
      log,
      ...{ partition: lab.partition, machines, racks: Math.ceil(machines / 20), seed, stepTime: machines },
      ...{ switchInterval: 2000 + 10 * machines, lifeInterval: 5000 + 10 * machines, reportInterval: 5000 },
    });
    await partition.start();
    const balancers = [http!, grpc!];
    const admin = new RestClient({ url: `http://127.0.0.1:${http!.port}/`, role: 'admin', key: DEV_KEYS.admin });
    const faults = new FaultTrial({
      site: partition,
      conditions,
      seed,
      admin,
      print: (line) => (/^(skipped|failed)/.test(line) ? console.log(line) : log.info(line)),
    });
    const parts = [balancers, folders, agent, partition, lab, id, faults] as const;
    const all = new ChaoticInstallation(database, broker, [one, two], ...parts);
    // Polling without a pause would keep the server busy.
    const arrived = () => partition.partition.machines.every(({ phase }) => phase === 'waiting');
    await eventually('all machines wait', arrived, 600_000);
    await eventually('the server knows it', async () => (await all.waiting()) === machines, 600_000);
    return all;
  }

  /** Leads the partition to this replica, as a load balancer does when the other one is not ready. */
  prefer(index: number): void {
    const { ports } = this.replicas[index]!.process;
    this.balancers.forEach((balancer, n) => balancer.redirect({ host: '127.0.0.1', port: ports[n]! }));
  }

  /** Resolves when both replicas are ready to serve. */
  async settled(): Promise<void> {
    for (const { process } of this.replicas) {
      await eventually('the replica is ready', () => isReady(process.url), 90_000);
    }
  }

  async stop(): Promise<void> {
    this.database.thaw();
    for (const { process } of this.replicas) process.resume();
    await this.partition.stop();
    await Promise.all(this.replicas.map(({ process }) => process.stop()));
    await this.agent.close();
    await Promise.all(this.balancers.map((balancer) => balancer.stop()));
    await Promise.all([this.broker.stop(), this.database.stop()]);
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }

  private async waiting(): Promise<number> {
    const viewer = this.replicas[0].process.rest('viewer');
    const machines = await viewer.post<{ events: { log: { event: string }[] } }[]>('v1/machine/find', {});
    return machines.filter(({ events }) => events.log[0]?.event === 'Waiting').length;
  }
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}ready`).then(
    ({ ok }) => ok,
    () => false,
  );
