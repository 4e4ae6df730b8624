import { endsWithin } from '../../shared/concurrency/deadline.js';
import { Scheduler } from '../../shared/concurrency/scheduler.js';
import type { BootApi } from '../boot-api.js';
import type { RestClient } from '../rest-client.js';
import { bmcReportOf } from './bmc-report.js';
import { Conditions } from './faults/conditions.js';
import type { BmcLogin } from './ipmi-sims.js';
import { leafName, macOf, portName } from './hardware-names.js';
import { Random } from './random.js';
import { SimulatedMachine } from './simulated-machine.js';
import type { Wire } from './simulated-machine.js';
import { SimulatedSwitch } from './simulated-switch.js';
import type { Surroundings } from './surroundings.js';

export interface PartitionSettings {
  readonly partition: string;
  readonly machines: number;
  /** Number of racks that the machines are spread over; each has two leaves. */
  readonly racks?: number;
  readonly seed?: number;
  /** Average duration of a boot step in milliseconds. */
  readonly stepTime?: number;
  /** Probability that an installation crashes. */
  readonly crashes?: number;
  /** Milliseconds between two synchronizations of a switch. */
  readonly switchInterval?: number;
  /** Milliseconds between two heartbeats of each machine. */
  readonly lifeInterval?: number;
  /** Milliseconds between two BMC reports. */
  readonly reportInterval?: number;
  /** Address and credentials of the BMCs, in the order of the machines; without it the BMCs are in memory. */
  readonly bmcs?: readonly BmcLogin[] | undefined;
}

/** The API clients of a partition, and its observers. */
export interface PartitionClients {
  readonly boot: BootApi;
  /** Client with the editor role, like that of leaf switches and the BMC reporter. */
  readonly rest: RestClient;
  /** Called with errors of background tasks; the simulation continues. */
  readonly onError?: (what: string, error: unknown) => void;
  readonly onPhase?: ((machine: SimulatedMachine) => void) | undefined;
  /** The faults that are in effect; none unless given. */
  readonly conditions?: Conditions | undefined;
}

/** The fields of an API machine that a new run of the simulation uses. */
interface StoredMachine {
  readonly id: string;
  readonly allocation: { readonly reinstall: boolean; readonly boot_info: object | null } | null;
}

/** A complete simulated site: machines with BMCs, two leaves per rack, and periodic reports. */
export class SimulatedPartition {
  readonly machines: readonly SimulatedMachine[];
  readonly switches: readonly SimulatedSwitch[];
  private jobs = this.newJobs();
  private readonly conditions: Conditions;
  private readonly reporter: Random;
  private readonly plugs: ReadonlyMap<string, SimulatedMachine>;

  constructor(
    readonly settings: PartitionSettings,
    private readonly clients: PartitionClients,
  ) {
    this.conditions = clients.conditions ?? new Conditions();
    this.reporter = new Random(settings.seed ?? 1);
    const { partition, machines: count, racks = 1, seed = 1 } = settings;
    const random = new Random(seed);
    const rackOf = (index: number): string => `${partition}-rack-${(index % racks) + 1}`;
    this.machines = Array.from({ length: count }, (_, index) => this.machine(index, rackOf(index), random));
    this.plugs = new Map(
      this.machines.flatMap((machine) =>
        machine.wires.map(({ switchName, switchPort }) => [`${switchName} ${switchPort}`, machine] as const),
      ),
    );
    const rackNames = Array.from({ length: Math.min(racks, count) }, (_, index) => rackOf(index));
    this.switches = rackNames.flatMap((rack) => [1, 2].map((leaf) => this.leaf(rack, leaf)));
  }

  machineById(id: string): SimulatedMachine | undefined {
    return this.machines.find((machine) => machine.id === id);
  }

  switchByName(name: string): SimulatedSwitch | undefined {
    return this.switches.find(({ settings }) => settings.name === name);
  }

  /** The machine that is plugged in at that port. */
  machineAt(switchName: string, port: string): SimulatedMachine | undefined {
    return this.plugs.get(`${switchName} ${port}`);
  }

  /** Registers the switches and sends periodic reports until `stop`. Powering on the machines is up to the caller. */
  async start(): Promise<void> {
    for (const leaf of this.switches) await leaf.register();
    const { switchInterval = 10_000, lifeInterval = 60_000, reportInterval = 300_000 } = this.settings;
    this.jobs.every(switchInterval, 'switch', () => this.synchronizeSwitches());
    this.jobs.every(lifeInterval, 'signs of life', () => this.sendSignsOfLife());
    this.jobs.every(reportInterval, 'BMC report', () => this.reportBmcs());
  }

  /**
   * Powers off every machine and reports `Planned Reboot` to the API, as an installer does before it reboots, so that
   * the next boot is expected. Waits at most two seconds for the response and ignores errors.
   */
  async shutDown(): Promise<void> {
    const running = this.machines.filter(({ phase }) => phase !== 'off');
    this.stop();
    const told = this.send(running, 'Planned Reboot', 'the simulation ends').catch(() => undefined);
    await endsWithin(told, 2000);
  }

  /** Finds the machines that an earlier run installed, and marks them so that they can boot from disk. */
  async installedBefore(): Promise<readonly SimulatedMachine[]> {
    const query = { partition_id: this.settings.partition };
    const stored = await this.clients.rest.post<StoredMachine[]>('v1/machine/find', query);
    const installed = new Set(
      stored.filter(({ allocation }) => allocation?.boot_info && !allocation.reinstall).map(({ id }) => id),
    );
    const machines = this.machines.filter(({ id }) => installed.has(id));
    for (const machine of machines) machine.resume();
    return machines;
  }

  /** Stops everything at once, like a power failure. */
  stop(): void {
    void this.jobs.stop();
    this.jobs = this.newJobs();
    for (const machine of this.machines) machine.bmc.powerOff();
  }

  /** Each switch works on its own: one that fails does not delay the others. Throws the first error. */
  async synchronizeSwitches(): Promise<void> {
    const rounds = await Promise.allSettled(this.switches.map((leaf) => leaf.synchronize()));
    const failed = rounds.find((round) => round.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** Sends `Phoned Home` for running systems, as leaves do on LLDP, and `Alive` for installers. */
  async sendSignsOfLife(): Promise<void> {
    const running = this.machines.filter(({ phase }) => phase === 'running');
    const installing = this.machines.filter(({ phase }) => phase === 'waiting' || phase === 'installing');
    await this.send(running, 'Phoned Home');
    await this.send(installing, 'Alive');
  }

  /** Sends all periodic reports at once. */
  async reportAll(): Promise<void> {
    await this.synchronizeSwitches();
    await this.sendSignsOfLife();
    await this.reportBmcs();
  }

  /** Sends the periodic BMC report (docs/reference/bmc-reports.md#effects-on-a-machine). Dead BMCs are missing in it. */
  async reportBmcs(): Promise<void> {
    const alive = this.machines.filter(({ id }) => !this.conditions.has('BMC dead', id));
    const reports = Object.fromEntries(alive.map((machine) => [machine.id, this.reportOf(machine)]));
    for (const part of portions(Object.entries(reports), MAX_REPORTS))
      await this.clients.rest.post('v1/machine/ipmi', {
        partitionid: this.settings.partition,
        reports: Object.fromEntries(part),
      });
  }

  /** A lying BMC shows a machine that is on as off, and the other way round. */
  private reportOf(machine: SimulatedMachine): object {
    const report = bmcReportOf(machine, this.reporter);
    if (!this.conditions.has('BMC lying', machine.id)) return report;
    return { ...report, PowerState: report.PowerState === 'ON' ? 'OFF' : 'ON' };
  }

  private async send(machines: readonly SimulatedMachine[], event: string, message = 'provisioned'): Promise<void> {
    if (machines.length === 0) return;
    await this.clients.boot.send(Object.fromEntries(machines.map(({ id }) => [id, { event, message }])));
  }

  private newJobs(): Scheduler {
    return new Scheduler((what, error) => this.clients.onError?.(what, error));
  }

  private readonly surroundings: Surroundings = {
    crashes: ({ id }) => this.conditions.has('machine in a crash loop', id),
    uuidOf: ({ id }) => this.conditions.find('UUID of another machine', id)?.detail ?? id,
    registersTwice: ({ id }) => this.conditions.has('machine registering twice', id),
    neighbourOf: ({ switchName, switchPort }) => this.switchByName(switchName)?.linkAt(switchPort),
  };

  /** A system phones home as soon as it runs. */
  private readonly onPhase = (machine: SimulatedMachine): void => {
    this.clients.onPhase?.(machine);
    if (machine.phase !== 'running') return;
    this.send([machine], 'Phoned Home').catch((error: unknown) => this.clients.onError?.('phone home', error));
  };

  private machine(index: number, rack: string, random: Random): SimulatedMachine {
    const { partition, stepTime = 1000, crashes = 0 } = this.settings;
    const wires = [1, 2].map((leaf): Wire => ({
      mac: macOf(index, leaf),
      nic: `eth${leaf - 1}`,
      switchName: leafName(rack, leaf),
      switchPort: portName(index),
      switchPortMac: macOf(index, leaf + 0x10),
    }));
    const inMemory = { address: bmcAddress(index), user: 'metal', password: random.hex(10) };
    const bmc = { ...(this.settings.bmcs?.[index] ?? inMemory), mac: macOf(index, 0xbc) };
    const id = `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`;
    const settings = { id, partition, wires, bmc, serial: `SN${index + 1}`, stepTime, crashes };
    const own = new Random(random.between(1, 2 ** 31));
    return new SimulatedMachine(settings, this.clients.boot, this.clients.rest, own, this.onPhase, this.surroundings);
  }

  private leaf(rack: string, leaf: number): SimulatedSwitch {
    const name = leafName(rack, leaf);
    const wires = this.machines
      .flatMap(({ settings }) => settings.wires)
      .filter(({ switchName }) => switchName === name);
    const ports = wires.map(({ switchPort, switchPortMac }) => ({ name: switchPort, mac: switchPortMac }));
    const { partition } = this.settings;
    const settings = { name, partition, rack, room: `${partition}-room-1`, ports };
    return new SimulatedSwitch(settings, this.clients.rest, {
      isGone: (leaf) => this.conditions.has('switch gone', leaf),
      isLinkLost: (leaf, port) => this.conditions.isLinkLost(leaf, port),
    });
  }
}

const bmcAddress = (index: number): string => `10.255.${(index >> 8) & 0xff}.${index & 0xff}:623`;

/** The most machines of one report that the API takes. */
const MAX_REPORTS = 5000;

const portions = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
