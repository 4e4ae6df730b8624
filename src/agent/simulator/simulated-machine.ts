import { sleep } from '../../shared/concurrency/timers.js';
import type { BootDevice } from '../bmc/bmc-driver.js';
import type { BootApi } from '../boot-api.js';
import type { RestClient } from '../rest-client.js';
import type { Random } from './random.js';
import { registrationOf } from './registration.js';
import { SimulatedBmc } from './simulated-bmc.js';
import type { PowerListener } from './simulated-bmc.js';
import { UNDISTURBED } from './surroundings.js';
import type { Surroundings } from './surroundings.js';

/**
 * The current phase of a simulated machine, in the order of its life
 * (docs/reference/partition-services.md#life-of-a-machine).
 */
export type Phase =
  | 'off'
  | 'pxe booting'
  | 'preparing'
  | 'registering'
  | 'waiting'
  | 'installing'
  | 'booting'
  | 'running'
  | 'bios'
  | 'crashed';

/** A network interface of a machine and the switch port that it is connected to. */
export interface Wire {
  readonly mac: string;
  readonly nic: string;
  readonly switchName: string;
  readonly switchPort: string;
  readonly switchPortMac: string;
}

export interface MachineSettings {
  readonly id: string;
  readonly partition: string;
  readonly wires: readonly Wire[];
  readonly bmc: { readonly address: string; readonly mac: string; readonly user: string; readonly password: string };
  readonly serial: string;
  /** Average duration of a boot step in milliseconds; steps take between 0.5 and 1.5 times as long. */
  readonly stepTime: number;
  /** Probability that an installation crashes. */
  readonly crashes: number;
}

/** The fields of an API machine that its installer uses. */
interface MachineResponse {
  readonly allocation?: { readonly reinstall: boolean; readonly hostname: string } | null;
}

/** A machine of a simulated partition: boots, registers, waits, installs and runs as its BMC and the API direct it. */
export class SimulatedMachine implements PowerListener {
  readonly bmc = new SimulatedBmc(this);
  private current: Phase = 'off';
  private boots = 0;
  /** Aborts all activity when the power goes off; replaced at each power-on. */
  private life = new AbortController();
  private installed = false;
  private everRegistered = false;
  private cards: readonly Wire[];

  constructor(
    readonly settings: MachineSettings,
    private readonly boot: BootApi,
    private readonly rest: RestClient,
    private readonly random: Random,
    private readonly onPhase: (machine: SimulatedMachine) => void = () => undefined,
    private readonly surroundings: Surroundings = UNDISTURBED,
  ) {
    this.cards = settings.wires;
  }

  get id(): string {
    return this.settings.id;
  }

  get phase(): Phase {
    return this.current;
  }

  /** Number of power-ons and resets. */
  get starts(): number {
    return this.boots;
  }

  /** Whether the API has accepted a registration of this machine. */
  get isRegistered(): boolean {
    return this.everRegistered;
  }

  /** Its network cards, and where they are plugged in. */
  get wires(): readonly Wire[] {
    return this.cards;
  }

  /** Exchanges the network card of that name for one with another MAC address. */
  replaceCard(nic: string, mac: string): void {
    this.cards = this.cards.map((wire) => (wire.nic === nic ? { ...wire, mac } : wire));
  }

  /** Marks the system as installed by an earlier run of the simulation. */
  resume(): void {
    this.installed = true;
  }

  started(device: BootDevice): void {
    this.boots += 1;
    this.life = new AbortController();
    const { signal } = this.life;
    void this.live(device, signal).catch((error: unknown) => this.crash(error, signal));
  }

  stopped(): void {
    this.life.abort();
    this.enter('off');
  }

  private async live(device: BootDevice, signal: AbortSignal): Promise<void> {
    if (device === 'bios') return this.enter('bios');
    if (device === 'disk' && this.installed) {
      await this.step('booting', signal);
      if (this.surroundings.crashes(this)) return this.panic(signal);
      return this.enter('running');
    }
    await this.install(signal);
  }

  /** An installed system that crashes reports nothing, and boots again. */
  private async panic(signal: AbortSignal): Promise<void> {
    this.enter('crashed');
    await sleep(this.settings.stepTime * 2, { signal, keepsAlive: true });
    this.bmc.reset();
  }

  /** From power-on to the running system: steps 1 to 16 of docs/reference/partition-services.md#life-of-a-machine. */
  private async install(signal: AbortSignal): Promise<void> {
    await this.step('pxe booting', signal);
    await this.boot.dhcp(this.uuid);
    await this.boot.boot(this.wires[0]!.mac, this.settings.partition);
    await this.step('preparing', signal);
    await this.report('Preparing', 'starting the simulated installer');
    if (this.surroundings.crashes(this)) throw new Error('simulated fault: the installer crashes');
    await this.boot.superUserPassword();
    await this.step('registering', signal);
    await this.report('Registering', '');
    await this.register();
    await this.waitForAllocation(signal);
    await this.step('installing', signal);
    await this.report('Installing', '');
    if (this.random.chance(this.settings.crashes)) throw new Error('simulated fault: the disk does not respond');
    await this.step('installing', signal);
    // The system is on the disk from here on, whether or not the response to the report arrives.
    this.installed = true;
    await this.boot.report({
      uuid: this.uuid,
      consolePassword: this.random.hex(16),
      bootInfo: {
        initrd: '/boot/initrd',
        cmdline: 'root=/dev/sda2',
        kernel: '/boot/vmlinuz',
        bootloaderId: 'simulated',
      },
      success: true,
      message: '',
    });
    await this.report('Booting New Kernel', '');
    await this.step('booting', signal);
    this.enter('running');
  }

  private async register(): Promise<void> {
    const seen = this.wires.map((wire) => ({ ...wire, switchPortMac: this.surroundings.neighbourOf(wire) }));
    const unplugged = seen.filter(({ switchPortMac }) => switchPortMac === undefined).map(({ nic }) => nic);
    if (unplugged.length > 0) throw new Error(`no neighbour at ${unplugged.join(' and ')}`);
    const request = registrationOf(this, seen as Wire[], this.uuid);
    const calls = this.surroundings.registersTwice(this) ? 2 : 1;
    await Promise.all(Array.from({ length: calls }, () => this.boot.register(request)));
    if (request.uuid === this.id) this.everRegistered = true;
  }

  /** Waits for an allocation. If the stream breaks, calls Wait again after a pause, like the real installer. */
  private async waitForAllocation(signal: AbortSignal): Promise<void> {
    if (await this.isAllocated()) return;
    this.installed = false;
    await this.report('Waiting', '');
    this.enter('waiting');
    for (;;) {
      try {
        await this.boot.wait(this.uuid, signal);
        return;
      } catch (error) {
        if (signal.aborted) throw error;
        await sleep(this.settings.stepTime, { signal, keepsAlive: true });
      }
    }
  }

  private get uuid(): string {
    return this.surroundings.uuidOf(this);
  }

  private async isAllocated(): Promise<boolean> {
    const { allocation } = await this.rest.get<MachineResponse>(`v1/machine/${this.uuid}`);
    return allocation !== null && allocation !== undefined;
  }

  private async step(phase: Phase, signal: AbortSignal): Promise<void> {
    this.enter(phase);
    await sleep(this.settings.stepTime * (0.5 + this.random.next()), { signal, keepsAlive: true });
  }

  private enter(phase: Phase): void {
    this.current = phase;
    this.onPhase(this);
  }

  private async report(event: string, message: string): Promise<void> {
    await this.boot.send({ [this.uuid]: { event, message } });
  }

  /** Reports the crash of the installer and reboots, unless the power goes off in the meantime. */
  private async crash(error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.enter('crashed');
    await this.report('Crashed', error instanceof Error ? error.message : String(error)).catch(() => undefined);
    try {
      await sleep(this.settings.stepTime * 2, { signal, keepsAlive: true });
      this.bmc.reset();
    } catch {
      // Powered off after the crash: no reboot.
    }
  }
}
