import type { BootDevice } from '../bmc/bmc.js';
import type { BootApi, RegisterRequest } from '../boot-api.js';
import type { RestClient } from '../rest-client.js';
import { LAB_HARDWARE } from './lab.js';
import type { Random } from './random.js';
import { SimulatedBmc } from './simulated-bmc.js';
import type { PowerListener } from './simulated-bmc.js';

/** What a simulated machine does right now, in the order of its life (reference/40 §9.3). */
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

/** A port of a machine and the switch port that it is wired to. */
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
  /** Milliseconds that one step of the boot takes on average; steps vary from half to one and a half of it. */
  readonly stepTime: number;
  /** Probability that an installer crashes in a step. */
  readonly faults: number;
}

/** How the API describes a machine, as far as its installer looks at it. */
interface MachineResponse {
  readonly allocation?: { readonly reinstall: boolean; readonly hostname: string } | null;
}

/** A server of a simulated partition: boots, registers, waits, installs and runs as its BMC and the API tell it. */
export class SimulatedMachine implements PowerListener {
  readonly bmc = new SimulatedBmc(this);
  private current: Phase = 'off';
  private boots = 0;
  /** Ends what the machine is doing; a new one for each power-on. */
  private life = new AbortController();
  private installed = false;

  constructor(
    readonly settings: MachineSettings,
    private readonly boot: BootApi,
    private readonly rest: RestClient,
    private readonly random: Random,
    private readonly onPhase: (machine: SimulatedMachine) => void = () => undefined,
  ) {}

  get id(): string {
    return this.settings.id;
  }

  get phase(): Phase {
    return this.current;
  }

  /** How often power came on or the machine was reset. */
  get starts(): number {
    return this.boots;
  }

  /** An earlier run of the simulation installed the system. */
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
      return this.enter('running');
    }
    await this.install(signal);
  }

  /** Power-on to running system, steps 1 to 16 of reference/40 §9.3. */
  private async install(signal: AbortSignal): Promise<void> {
    const { id, partition, wires } = this.settings;
    await this.step('pxe booting', signal);
    await this.boot.dhcp(id);
    await this.boot.boot(wires[0]!.mac, partition);
    await this.step('preparing', signal);
    await this.report('Preparing', 'starting the simulated installer');
    await this.boot.superUserPassword();
    await this.step('registering', signal);
    await this.report('Registering', '');
    await this.boot.register(this.registration());
    await this.waitForAllocation(signal);
    await this.step('installing', signal);
    await this.report('Installing', '');
    if (this.random.chance(this.settings.faults)) throw new Error('simulated fault: the disk does not answer');
    await this.step('installing', signal);
    // From here on the system is on the disk, whether or not the answer to the report arrives.
    this.installed = true;
    await this.boot.report({
      uuid: id,
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

  /** A broken stream is no allocation: like the real installer it calls again after a while. */
  private async waitForAllocation(signal: AbortSignal): Promise<void> {
    if (await this.isAllocated()) return;
    this.installed = false;
    await this.report('Waiting', '');
    this.enter('waiting');
    for (;;) {
      try {
        await this.boot.wait(this.id, signal);
        return;
      } catch (error) {
        if (signal.aborted) throw error;
        await pause(this.settings.stepTime, signal);
      }
    }
  }

  private async isAllocated(): Promise<boolean> {
    const { allocation } = await this.rest.get<MachineResponse>(`v1/machine/${this.id}`);
    return allocation !== null && allocation !== undefined;
  }

  private async step(phase: Phase, signal: AbortSignal): Promise<void> {
    this.enter(phase);
    await pause(this.settings.stepTime * (0.5 + this.random.next()), signal);
  }

  private enter(phase: Phase): void {
    this.current = phase;
    this.onPhase(this);
  }

  private async report(event: string, message: string): Promise<void> {
    await this.boot.send({ [this.id]: { event, message } });
  }

  /** The installer reports its crash and reboots, unless the power went away meanwhile. */
  private async crash(error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.enter('crashed');
    await this.report('Crashed', error instanceof Error ? error.message : String(error)).catch(() => undefined);
    try {
      await pause(this.settings.stepTime * 2, signal);
      this.bmc.reset();
    } catch {
      // Switched off while it was down: there is nothing to reboot.
    }
  }

  private registration(): RegisterRequest {
    const { id, partition, wires, bmc, serial } = this.settings;
    return {
      uuid: id,
      partitionId: partition,
      metalHammerVersion: 'simulated',
      tags: [],
      hardware: {
        memory: LAB_HARDWARE.memory,
        cpus: [{ vendor: 'Simulated', model: 'CPU', cores: LAB_HARDWARE.cores, threads: LAB_HARDWARE.cores * 2 }],
        gpus: [],
        disks: [LAB_HARDWARE.disk],
        nics: wires.map(nicOf),
      },
      bios: { version: '1.0', vendor: 'Simulated', date: '01/01/2026' },
      ipmi: {
        ...bmc,
        interface: 'lanplus',
        bmcVersion: '1.0',
        powerState: 'ON',
        fru: { chassisPartSerial: serial, boardMfg: 'Simulated', boardPartNumber: 'S1', productSerial: serial },
      },
    };
  }
}

const nicOf = ({
  mac,
  nic,
  switchName,
  switchPort,
  switchPortMac,
}: Wire): RegisterRequest['hardware']['nics'][number] => ({
  mac,
  name: nic,
  identifier: mac,
  hostname: '',
  neighbors: [{ mac: switchPortMac, name: switchPort, identifier: switchPort, hostname: switchName, neighbors: [] }],
});

/** Rejects as soon as the signal aborts. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Error('switched off'));
    const abort = (): void => {
      clearTimeout(timer);
      reject(new Error('switched off'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', abort, { once: true });
  });
}
