import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { RestClient } from '../../../src/agent/rest-client.js';
import { installLab } from '../../../src/agent/simulator/lab.js';
import type { Lab } from '../../../src/agent/simulator/lab.js';
import { RunningPartition } from '../../../src/agent/simulator/running-partition.js';
import type { Role } from '../../../src/platform/auth/role.js';
import { NatsBus } from '../../../src/platform/bus/nats/nats-bus.js';
import { agentName } from '../../../src/platform/bus/nats/subjects.js';
import { MemoryLogger } from '../../../src/shared/app-logger.js';
import { temporaryFolder } from '../engines.js';
import { eventually } from '../eventually.js';
import { DEV_KEYS } from '../hmac.js';
import { ServerProcess } from '../server-process.js';
import type { Backing } from './backing.js';
import { Balancer } from './balancer.js';
import { programIn } from './release.js';
import type { Release } from './release.js';

/** One of two servers on one database; another release may take its place, on its ports and with its data folder. */
class Replica {
  private constructor(
    private readonly variables: Record<string, string>,
    public process: ServerProcess,
  ) {}

  static async start(release: Release, variables: Record<string, string>): Promise<Replica> {
    return new Replica(variables, await ServerProcess.start(variables, undefined, release.folder));
  }

  async become({ folder }: Release): Promise<void> {
    await this.process.stop();
    this.process = await ServerProcess.start(this.variables, this.process.ports, folder);
  }
}

/** The outcome of a command. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** A partition whose agent `deploy/nats.conf` knows. */
const PARTITION = 'fra-equ01';

/**
 * Two replicas on a database and a broker, behind a load balancer, and a simulated partition with an agent of this release.
 */
export class RollingSite {
  private constructor(
    private readonly backing: Backing,
    readonly replicas: readonly [Replica, Replica],
    readonly balancer: Balancer,
    private readonly folders: readonly string[],
    private readonly bus: NatsBus,
    private readonly partition: RunningPartition,
    readonly lab: Lab,
    /** A private network of `project-a`. */
    readonly network: string,
  ) {}

  /** Resolves when all machines wait. The site stops `backing` in the end. */
  static async start(release: Release, machines: number, seed: number, backing: Backing): Promise<RollingSite> {
    const folders = [temporaryFolder(), temporaryFolder()];
    const variables = (index: number): Record<string, string> => ({
      ...backing.settings(index),
      METAL_API_DATA_DIR: folders[index]!,
    });
    const one = await Replica.start(release, variables(0));
    await backing.replicate();
    const two = await Replica.start(release, variables(1));
    const lab = await installLab(one.process.rest('admin'), PARTITION);
    const { id } = await one.process
      .rest('editor')
      .post<{ id: string }>('v1/network/allocate', { partitionid: lab.partition, projectid: lab.projects.a });
    const balancer = await Balancer.start([one.process.ports, two.process.ports]);
    const log = new MemoryLogger();
    const bus = new NatsBus({ ...backing.agent, name: agentName(PARTITION), role: 'agent', log });
    const partition = new RunningPartition({
      url: balancer.url,
      grpc: `127.0.0.1:${balancer.ports[1]}`,
      bus,
      editorKey: DEV_KEYS.editor,
      log,
      ...{ partition: lab.partition, machines, racks: 4, seed, stepTime: 60 },
      ...{ switchInterval: 2000, lifeInterval: 5000, reportInterval: 5000 },
    });
    await partition.start();
    const site = new RollingSite(...([backing, [one, two], balancer, folders, bus, partition, lab, id] as const));
    await eventually('all machines wait', async () => (await site.waiting()).length === machines, 120_000);
    return site;
  }

  /** A client behind the load balancer. */
  rest(role: Role): RestClient {
    return new RestClient({ url: this.balancer.url, role, key: DEV_KEYS[role] });
  }

  /** Replaces one replica after the other; waits each time until the load balancer sends requests to it again. */
  async roll(release: Release): Promise<void> {
    for (const [index, name] of (['one', 'two'] as const).entries()) {
      const replica = this.replicas[index]!;
      await replica.become(release);
      await isReady(replica);
      await this.balancer.takes(name);
    }
  }

  /** Resolves when both replicas are ready. */
  async ready(): Promise<void> {
    await Promise.all(this.replicas.map(isReady));
  }

  /** Runs a command of a release, such as `migrate`, with the settings of the replicas. */
  async command({ folder }: Release, ...args: readonly string[]): Promise<Outcome> {
    const env = {
      PATH: process.env['PATH'],
      METAL_API_DEV: 'true',
      METAL_API_DATA_DIR: this.folders[0],
      ...this.backing.settings(0),
    };
    const child = spawn(process.execPath, [programIn(folder), ...args], { env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
    const [code] = (await once(child, 'exit')) as [number];
    return { code, output };
  }

  /** IDs of machines that wait for an allocation. */
  async waiting(): Promise<string[]> {
    const viewer = this.replicas[0].process.rest('viewer');
    const machines = await viewer.post<{ id: string; events: { log: { event: string }[] } }[]>('v1/machine/find', {});
    return machines.filter(({ events }) => events.log[0]?.event === 'Waiting').map(({ id }) => id);
  }

  async stop(): Promise<void> {
    await this.partition.stop();
    await Promise.all(this.replicas.map(({ process }) => process.stop()));
    await this.bus.close();
    await this.balancer.stop();
    await this.backing.stop();
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }
}

const isReady = ({ process }: Replica): Promise<true> =>
  eventually(
    'the replica is ready',
    () =>
      fetch(`${process.url}ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    90_000,
  );
