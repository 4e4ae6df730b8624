import type { BootApi } from '../boot-api.js';
import type { RestClient } from '../rest-client.js';
import type { BmcLogin } from './ipmi-sims.js';
import { Random } from './random.js';
import { SimulatedMachine } from './simulated-machine.js';
import type { Wire } from './simulated-machine.js';
import { SimulatedSwitch } from './simulated-switch.js';

export interface PartitionSettings {
  readonly partition: string;
  readonly machines: number;
  /** Racks that the machines are spread over; each has two leaf switches. */
  readonly racks?: number;
  readonly seed?: number;
  /** Milliseconds that one step of a machine's boot takes on average. */
  readonly stepTime?: number;
  /** Probability that an installer crashes. */
  readonly faults?: number;
  /** Milliseconds between two rounds of a switch. */
  readonly switchInterval?: number;
  /** Milliseconds between two signs of life of every machine. */
  readonly lifeInterval?: number;
  /** Milliseconds between two reports of all BMCs. */
  readonly reportInterval?: number;
  /** Where the machines' BMCs are, in the order of the machines; without it they are in memory. */
  readonly bmcs?: readonly BmcLogin[];
}

/** How a partition reaches the API. */
export interface PartitionClients {
  readonly boot: BootApi;
  /** With the role editor, as leaf switches and the BMC reporter have. */
  readonly rest: RestClient;
  /** Hears of what goes wrong; the simulation goes on. */
  readonly onError?: (what: string, error: unknown) => void;
  readonly onPhase?: (machine: SimulatedMachine) => void;
}

/** A whole simulated site: machines with BMCs, two leaf switches for each rack, and what runs beside them. */
export class SimulatedPartition {
  readonly machines: readonly SimulatedMachine[];
  readonly switches: readonly SimulatedSwitch[];
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    readonly settings: PartitionSettings,
    private readonly clients: PartitionClients,
  ) {
    const { partition, machines: count, racks = 1, seed = 1 } = settings;
    const random = new Random(seed);
    const rackOf = (index: number): string => `${partition}-rack-${(index % racks) + 1}`;
    this.machines = Array.from({ length: count }, (_, index) => this.machine(index, rackOf(index), random));
    const rackNames = Array.from({ length: Math.min(racks, count) }, (_, index) => rackOf(index));
    this.switches = rackNames.flatMap((rack) => [1, 2].map((leaf) => this.leaf(rack, leaf)));
  }

  machineById(id: string): SimulatedMachine | undefined {
    return this.machines.find((machine) => machine.id === id);
  }

  /** Registers the switches and keeps the site alive until `stop`; whoever has the BMCs switches the machines on. */
  async start(): Promise<void> {
    for (const leaf of this.switches) await leaf.register();
    const { switchInterval = 10_000, lifeInterval = 60_000, reportInterval = 300_000 } = this.settings;
    this.every(switchInterval, 'switch', () => this.synchronizeSwitches());
    this.every(lifeInterval, 'signs of life', () => this.sendSignsOfLife());
    this.every(reportInterval, 'BMC report', () => this.reportBmcs());
  }

  /** Ends everything at once, as a power cut would. */
  stop(): void {
    this.timers.splice(0).forEach(clearInterval);
    for (const machine of this.machines) machine.bmc.powerOff();
  }

  async synchronizeSwitches(): Promise<void> {
    await Promise.all(this.switches.map((leaf) => leaf.synchronize()));
  }

  /** What leaf switches see by LLDP of running systems, and the minute's sign of life of the installers. */
  async sendSignsOfLife(): Promise<void> {
    const running = this.machines.filter(({ phase }) => phase === 'running');
    const installing = this.machines.filter(({ phase }) => phase === 'waiting' || phase === 'installing');
    await this.send(running, 'Phoned Home');
    await this.send(installing, 'Alive');
  }

  /** The regular report of all BMCs (reference/10 §9). */
  async reportBmcs(): Promise<void> {
    const reports = Object.fromEntries(this.machines.map((machine) => [machine.id, bmcReport(machine)]));
    await this.clients.rest.post('v1/machine/ipmi', { partitionid: this.settings.partition, reports });
  }

  private async send(machines: readonly SimulatedMachine[], event: string): Promise<void> {
    if (machines.length === 0) return;
    await this.clients.boot.send(Object.fromEntries(machines.map(({ id }) => [id, { event, message: 'provisioned' }])));
  }

  private every(interval: number, what: string, task: () => Promise<void>): void {
    const run = (): void => void task().catch((error: unknown) => this.clients.onError?.(what, error));
    this.timers.push(setInterval(run, interval).unref());
  }

  /** A system that comes up announces itself at once. */
  private readonly onPhase = (machine: SimulatedMachine): void => {
    this.clients.onPhase?.(machine);
    if (machine.phase !== 'running') return;
    this.send([machine], 'Phoned Home').catch((error: unknown) => this.clients.onError?.('phone home', error));
  };

  private machine(index: number, rack: string, random: Random): SimulatedMachine {
    const { partition, stepTime = 1000, faults = 0 } = this.settings;
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
    const settings = { id, partition, wires, bmc, serial: `SN${index + 1}`, stepTime, faults };
    const own = new Random(random.between(1, 2 ** 31));
    return new SimulatedMachine(settings, this.clients.boot, this.clients.rest, own, this.onPhase);
  }

  private leaf(rack: string, leaf: number): SimulatedSwitch {
    const name = leafName(rack, leaf);
    const wires = this.machines
      .flatMap(({ settings }) => settings.wires)
      .filter(({ switchName }) => switchName === name);
    const ports = wires.map(({ switchPort, switchPortMac }) => ({ name: switchPort, mac: switchPortMac }));
    const { partition } = this.settings;
    return new SimulatedSwitch({ name, partition, rack, room: `${partition}-room-1`, ports }, this.clients.rest);
  }
}

const leafName = (rack: string, leaf: number): string => `${rack}-leaf-${leaf}`;

/** SONiC numbers ports by lanes, four for each. */
const portName = (index: number): string => `Ethernet${index * 4}`;

/** Locally administered: the machine's number and one of its interfaces. */
const macOf = (index: number, nic: number): string =>
  [0x02, nic, 0, (index >> 16) & 0xff, (index >> 8) & 0xff, index & 0xff]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(':');

const bmcAddress = (index: number): string => `10.255.${(index >> 8) & 0xff}.${index & 0xff}:623`;

const bmcReport = ({ bmc, settings }: SimulatedMachine): object => ({
  BMCIp: settings.bmc.address.replace(/:\d+$/, ''),
  BMCVersion: '1.0',
  BIOSVersion: '1.0',
  FRU: { chassis_part_serial: settings.serial, board_mfg: 'Simulated', board_part_number: 'S1' },
  PowerState: bmc.powerState,
  IndicatorLEDState: bmc.ledState,
  PowerMetric: null,
  PowerSupplies: [],
});
