import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'nats';
import type { ClusterInfo, JetStreamManager } from 'nats';
import { BrokerNames } from '../../../src/platform/bus/nats/subjects.js';
import { eventually } from '../eventually.js';
import { NatsServer } from '../nats.js';
import { freePort } from '../port.js';
import type { RankedNode } from './node.js';

const SERVERS = [1, 2, 3] as const;
const PATIENCE = 120_000;
const STREAMS = [new BrokerNames().commandStream, new BrokerNames().resultStream];

const PASSWORDS = {
  METAL_NATS_API_PASSWORD: 'api-secret-1',
  METAL_NATS_FRA_EQU01_PASSWORD: 'agent-secret-1',
  METAL_NATS_FRA_EQU02_PASSWORD: 'agent-secret-2',
};

/** Three brokers with `deploy/nats.conf` and the block of docs/guide/high-availability.md. */
export class NatsCluster {
  private constructor(
    private readonly servers: ReadonlyMap<string, NatsServer>,
    private readonly folder: string,
  ) {}

  /** Resolves when they have elected a leader. */
  static async start(): Promise<NatsCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'metal-nats-cluster-'));
    const ports = await Promise.all(SERVERS.map(() => freePort()));
    const server = async (number: number): Promise<[string, NatsServer]> => {
      const name = `nats-${number}`;
      const file = join(folder, `${name}.conf`);
      writeFileSync(file, readFileSync('deploy/nats.conf', 'utf8') + clusterBlock(name, ports[number - 1]!, ports));
      return [name, await NatsServer.start(file, PASSWORDS)];
    };
    const cluster = new NatsCluster(new Map(await Promise.all(SERVERS.map(server))), folder);
    const hasLeader = (): Promise<boolean> => cluster.ask(async (manager) => Boolean(await manager.getAccountInfo()));
    await eventually('the brokers have a leader', () => hasLeader().catch(() => false), PATIENCE);
    return cluster;
  }

  get url(): string {
    return [...this.servers.values()].map(({ url }) => url).join(',');
  }

  readonly api = { user: 'metal-api', password: PASSWORDS.METAL_NATS_API_PASSWORD };
  readonly agent = { user: 'agent-fra-equ01', password: PASSWORDS.METAL_NATS_FRA_EQU01_PASSWORD };

  /** Gives both streams a copy at each broker. */
  async replicate(): Promise<void> {
    await this.ask(async (manager) => {
      for (const stream of STREAMS) {
        const { config } = await manager.streams.info(stream);
        await manager.streams.update(stream, { ...config, num_replicas: SERVERS.length });
      }
    });
    await this.whole();
  }

  /** The brokers; the leader of the commands first, then those that lead most of the rest. */
  async nodes(): Promise<RankedNode[]> {
    const leaders = await this.ask(leadersOf);
    const led = (name: string): string[] => [...leaders].filter(([, leader]) => leader === name).map(([what]) => what);
    const rank = (name: string): number => led(name).length + (leaders.get(STREAMS[0]!) === name ? leaders.size : 0);
    return [...this.servers]
      .sort(([a], [b]) => rank(b) - rank(a))
      .map(([name, server]) => ({
        name: `NATS ${name}`,
        role: `leader of ${led(name).join(', ') || 'nothing'}`,
        kill: () => server.kill(),
        comeBack: async () => {
          await server.up();
          await this.whole();
        },
      }));
  }

  /** Number of messages in both streams. */
  messages(): Promise<number> {
    return this.ask(async (manager) => {
      const states = await Promise.all(STREAMS.map((stream) => manager.streams.info(stream)));
      return states.reduce((sum, { state }) => sum + state.messages, 0);
    });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.servers.values()].map((server) => server.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Resolves when every broker has all of both streams and of their consumers. */
  private async whole(): Promise<void> {
    let state = '';
    const isWhole = (): Promise<boolean> =>
      this.ask(async (manager) => {
        const groups = await groupsOf(manager);
        state = JSON.stringify(groups);
        return groups.every(([, group]) => isComplete(group));
      });
    try {
      await eventually('all copies of both streams are current', () => isWhole().catch(() => false), PATIENCE);
    } catch (error) {
      throw new Error(`the brokers have not caught up: ${state}`, { cause: error });
    }
  }

  private async ask<T>(question: (manager: JetStreamManager) => Promise<T>): Promise<T> {
    const { user, password } = this.api;
    const servers = [...this.servers.values()].map(({ url }) => url);
    const connection = await connect({ servers, user, pass: password, inboxPrefix: '_INBOX.metal-api' });
    try {
      return await question(await connection.jetstreamManager());
    } finally {
      await connection.close();
    }
  }
}

const clusterBlock = (name: string, port: number, peers: readonly number[]): string => `
server_name: ${name}
cluster {
  name: metal
  listen: 127.0.0.1:${port}
  routes: [${peers.map((peer) => `"nats://127.0.0.1:${peer}"`).join(', ')}]
}
`;

/** The group of brokers of each stream and of each of its consumers, by name. */
async function groupsOf(manager: JetStreamManager): Promise<[string, ClusterInfo | undefined][]> {
  const groups: [string, ClusterInfo | undefined][] = [];
  for (const stream of STREAMS) {
    groups.push([stream, (await manager.streams.info(stream)).cluster]);
    for await (const { name, cluster } of manager.consumers.list(stream)) groups.push([name, cluster]);
  }
  return groups;
}

const leadersOf = async (manager: JetStreamManager): Promise<Map<string, string | undefined>> =>
  new Map((await groupsOf(manager)).map(([name, group]) => [name, group?.leader]));

const isComplete = (group: ClusterInfo | undefined): boolean =>
  Boolean(group?.leader) &&
  group?.replicas?.length === SERVERS.length - 1 &&
  group.replicas.every(({ current, offline }) => current && !offline);
