import type { Bus } from '../../platform/bus/bus.js';
import { systemClock } from '../../shared/clock.js';
import type { Log } from '../../shared/log.js';
import { BootClient } from '../boot-client.js';
import { AGENT_DEFAULTS, PartitionAgent } from '../partition-agent.js';
import { RestClient } from '../rest-client.js';
import type { SimulatedMachine } from './simulated-machine.js';
import { SimulatedPartition } from './simulated-partition.js';
import type { PartitionSettings } from './simulated-partition.js';
import { SimulatedBmcs } from './simulated-bmcs.js';

export interface RunningPartitionOptions extends PartitionSettings {
  /** REST address with base path. */
  readonly url: string;
  /** gRPC host and port. */
  readonly grpc: string;
  /** HMAC key of the role editor. */
  readonly editorKey: string;
  /** Where commands come from; without it the machines get none. */
  readonly bus: Bus | undefined;
  readonly log: Log;
  readonly onPhase?: (machine: SimulatedMachine) => void;
}

/** A simulated partition with its agent, connected to a server over the server's real faces. */
export class RunningPartition {
  readonly partition: SimulatedPartition;
  private readonly boot: BootClient;
  private readonly agent: PartitionAgent | undefined;

  constructor({ url, grpc, editorKey, bus, log, onPhase, ...settings }: RunningPartitionOptions) {
    this.boot = new BootClient({ address: grpc });
    this.partition = new SimulatedPartition(settings, {
      boot: this.boot,
      rest: new RestClient({ url, role: 'editor', key: editorKey }),
      onError: (what, error) => log.warn(`${what} failed`, error),
      onPhase,
    });
    const options = { ...AGENT_DEFAULTS, partition: settings.partition, retryMs: 200 };
    const bmcs = new SimulatedBmcs(this.partition.machines);
    this.agent = bus && new PartitionAgent(bus, bmcs, options, systemClock, log);
  }

  async start(): Promise<void> {
    this.agent?.start();
    await this.partition.start();
  }

  async stop(): Promise<void> {
    await this.agent?.stop();
    this.partition.stop();
    this.boot.close();
  }
}
