import type { Bus } from '../../platform/bus/bus.js';
import { systemClock } from '../../shared/clock.js';
import type { TlsFiles } from '../../config/tls-files.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { bmcTarget } from '../bmc/bmc-target.js';
import type { BmcDriver, BmcReader, BmcTarget } from '../bmc/bmc-driver.js';
import { BootClient } from '../boot-client.js';
import { ManagementNetworks, PRIVATE_NETWORKS } from '../bmc/management-networks.js';
import { LOCAL_NETWORKS } from '../../shared/net/bmc-address.js';
import { AGENT_DEFAULTS, PartitionAgent } from '../partition-agent.js';
import { Conditions } from './faults/conditions.js';
import { FaultyBmcDriver } from './faults/faulty-bmc-driver.js';
import { FaultyBootApi } from './faults/faulty-boot-api.js';
import { SeverableBus, SeverableRestClient } from './faults/severable.js';
import { Random } from './random.js';
import type { IpmiSims } from './ipmi-sims.js';
import type { SimulatedMachine } from './simulated-machine.js';
import { SimulatedPartition } from './simulated-partition.js';
import type { PartitionSettings } from './simulated-partition.js';
import { SimulatedBmcDriver } from './simulated-bmc-driver.js';

export interface RunningPartitionOptions extends PartitionSettings {
  /** REST address with base path. */
  readonly url: string;
  /** gRPC host and port. */
  readonly grpc: string;
  /** Client certificate for gRPC; without it, gRPC is not encrypted. */
  readonly tls?: TlsFiles | undefined;
  /** HMAC key of the editor role. */
  readonly editorKey: string;
  /** Transport of the commands; without it the machines receive none. */
  readonly bus: Bus | undefined;
  /** Real BMCs, one per machine; without them the BMCs are simulated in memory. */
  readonly ipmi?: IpmiSims | undefined;
  readonly log: AppLogger;
  readonly onPhase?: ((machine: SimulatedMachine) => void) | undefined;
  /** The faults that are in effect; none unless given. */
  readonly conditions?: Conditions | undefined;
}

/** A simulated partition with its agent, connected to a server over REST, gRPC and the bus. */
export class RunningPartition {
  readonly partition: SimulatedPartition;
  /** Driver for the BMCs of all machines; uses IPMI if they are real. */
  readonly bmc: BmcDriver & BmcReader;
  /** The agent's connection to the bus; undefined without one. */
  readonly bus: SeverableBus | undefined;
  private readonly boot: FaultyBootApi;
  private readonly ipmi: IpmiSims | undefined;
  private readonly agent: PartitionAgent | undefined;
  private stopped = false;

  constructor(options: RunningPartitionOptions) {
    const { url, grpc, tls, editorKey, bus, ipmi, log, onPhase, ...settings } = options;
    const { conditions = new Conditions(), seed = 1 } = options;
    this.boot = new FaultyBootApi(new BootClient({ address: grpc, tls }), conditions, new Random(seed + 2));
    this.ipmi = ipmi;
    this.partition = new SimulatedPartition(
      { ...settings, bmcs: ipmi?.logins },
      {
        boot: this.boot,
        rest: new SeverableRestClient({ url, role: 'editor', key: editorKey }, conditions),
        onError: (what, error) => log.warn(`${what} failed`, error),
        onPhase,
        conditions,
      },
    );
    this.bmc = ipmi?.bmc ?? new SimulatedBmcDriver(this.partition.machines);
    this.bus = bus && new SeverableBus(bus);
    const machines = new Map(this.partition.machines.map((machine) => [machine.settings.bmc.address, machine.id]));
    const machineAt = ({ host, port }: BmcTarget): string | undefined => machines.get(`${host}:${port}`);
    const driver = new FaultyBmcDriver(this.bmc, conditions, new Random(seed + 3), machineAt);
    const networks = new ManagementNetworks([...PRIVATE_NETWORKS, ...LOCAL_NETWORKS]);
    const agentOptions = { ...AGENT_DEFAULTS, partition: settings.partition, retryMs: 200, networks };
    const clock = { now: () => systemClock.now() + conditions.skew };
    this.agent = this.bus && new PartitionAgent(this.bus, driver, agentOptions, clock, log);
  }

  /** Starts the partition. Resolves when every machine is powered on, or without effect if `stop` was called before. */
  async start(): Promise<void> {
    if (this.stopped) return;
    await this.ipmi?.start();
    this.ipmi?.drive(this.partition.machines);
    this.agent?.start();
    await this.partition.start();
    const installed = await this.partition.installedBefore();
    await Promise.all(installed.map((machine) => this.bmc.setBootDevice(targetOf(machine), 'disk')));
    if (this.stopped) return;
    await Promise.all(this.partition.machines.map((machine) => this.bmc.power(targetOf(machine), 'on')));
  }

  /** Delivers the events that faults of their transport hold back. */
  flush(): Promise<void> {
    return this.boot.flush();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.agent?.stop();
    await this.partition.shutDown();
    await this.ipmi?.stop();
    this.boot.close();
  }
}

/** Returns the BMC of a machine in the form that agents use. */
export const targetOf = ({ settings: { bmc } }: SimulatedMachine): BmcTarget =>
  bmcTarget({ address: bmc.address, user: bmc.user, password: bmc.password, interface: 'lanplus' });
