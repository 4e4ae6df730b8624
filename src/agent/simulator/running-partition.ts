import type { Bus } from '../../platform/bus/bus.js';
import { systemClock } from '../../shared/clock.js';
import type { TlsFiles } from '../../config/tls-files.js';
import type { Log } from '../../shared/log.js';
import { bmcTarget } from '../bmc/bmc-target.js';
import type { Bmc, BmcState, BmcTarget } from '../bmc/bmc.js';
import { BootClient } from '../boot-client.js';
import { AGENT_DEFAULTS, PartitionAgent } from '../partition-agent.js';
import { RestClient } from '../rest-client.js';
import type { IpmiSims } from './ipmi-sims.js';
import type { SimulatedMachine } from './simulated-machine.js';
import { SimulatedPartition } from './simulated-partition.js';
import type { PartitionSettings } from './simulated-partition.js';
import { SimulatedBmcs } from './simulated-bmcs.js';

export interface RunningPartitionOptions extends PartitionSettings {
  /** REST address with base path. */
  readonly url: string;
  /** gRPC host and port. */
  readonly grpc: string;
  /** The certificate with which gRPC is called; without it there is no encryption. */
  readonly tls?: TlsFiles;
  /** HMAC key of the role editor. */
  readonly editorKey: string;
  /** Where commands come from; without it the machines get none. */
  readonly bus: Bus | undefined;
  /** Real BMCs, one for each machine; without them they are in memory. */
  readonly ipmi?: IpmiSims;
  readonly log: Log;
  readonly onPhase?: (machine: SimulatedMachine) => void;
}

/** A simulated partition with its agent, connected to a server over the server's real faces. */
export class RunningPartition {
  readonly partition: SimulatedPartition;
  /** All machines' BMCs: over IPMI when they are real. */
  readonly bmc: Bmc & BmcState;
  private readonly boot: BootClient;
  private readonly ipmi: IpmiSims | undefined;
  private readonly agent: PartitionAgent | undefined;
  private stopped = false;

  constructor({ url, grpc, tls, editorKey, bus, ipmi, log, onPhase, ...settings }: RunningPartitionOptions) {
    this.boot = new BootClient({ address: grpc, tls });
    this.ipmi = ipmi;
    this.partition = new SimulatedPartition(
      { ...settings, bmcs: ipmi?.logins },
      {
        boot: this.boot,
        rest: new RestClient({ url, role: 'editor', key: editorKey }),
        onError: (what, error) => log.warn(`${what} failed`, error),
        onPhase,
      },
    );
    const options = { ...AGENT_DEFAULTS, partition: settings.partition, retryMs: 200 };
    this.bmc = ipmi?.bmc ?? new SimulatedBmcs(this.partition.machines);
    this.agent = bus && new PartitionAgent(bus, this.bmc, options, systemClock, log);
  }

  /** Resolves when every machine is switched on, or when it was stopped before. */
  async start(): Promise<void> {
    if (this.stopped) return;
    await this.ipmi?.start();
    this.ipmi?.drive(this.partition.machines);
    this.agent?.start();
    await this.partition.start();
    if (this.stopped) return;
    await Promise.all(this.partition.machines.map((machine) => this.bmc.power(targetOf(machine), 'on')));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.agent?.stop();
    await this.ipmi?.stop();
    this.partition.stop();
    this.boot.close();
  }
}

/** The BMC of a machine, as an agent would reach it. */
export const targetOf = ({ settings: { bmc } }: SimulatedMachine): BmcTarget =>
  bmcTarget({ address: bmc.address, user: bmc.user, password: bmc.password, interface: 'lanplus' });
