import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from '../../shared/concurrency/timers.js';
import { bmcTarget } from '../bmc/bmc-target.js';
import type { BmcTarget } from '../bmc/bmc-driver.js';
import { IpmiBmcDriver } from '../bmc/ipmi-bmc-driver.js';
import { Ipmitool, IPMITOOL_DEFAULTS } from '../bmc/ipmitool.js';

const STARTUP_MS = 20_000;

export interface IpmiSimOptions {
  /** UDP port on loopback. */
  readonly port: number;
  readonly user: string;
  /** At most 20 characters, the limit of IPMI 2.0. */
  readonly password: string;
  /** PATH with `ipmi_sim` and `ipmitool`. */
  readonly path: string;
  /** TCP port on loopback that is the serial port of the machine; undefined: it has none. */
  readonly serialPort?: number | undefined;
}

/**
 * A real IPMI 2.0 BMC in software (OpenIPMI's ipmi_sim) on a loopback port. A script writes the commands to its chassis
 * to files. ipmi_sim exits with this process, even if this process is killed, because its standard input then ends.
 */
export class IpmiSim {
  protected process: ChildProcess | undefined;
  protected readonly folder = mkdtempSync(join(tmpdir(), 'metal-bmc-'));
  private watcher: FSWatcher | undefined;

  constructor(private readonly options: IpmiSimOptions) {
    // Only the owner may read the file, because it contains the password.
    this.write('lan.conf', lanConfiguration(options, `/bin/sh ${join(this.folder, 'chassis.sh')}`), 0o600);
    this.write('sim.emu', EMULATOR);
    this.write('chassis.sh', CHASSIS_SCRIPT.replace('@FOLDER@', this.folder));
    this.write('power', '0\n');
    for (const name of ['boot', 'permanent']) this.write(name, 'pxe\n');
    this.write('told', '');
    mkdirSync(join(this.folder, 'state'));
  }

  get address(): string {
    return `127.0.0.1:${this.options.port}`;
  }

  get target(): BmcTarget {
    const { user, password } = this.options;
    return bmcTarget({ address: this.address, user, password, interface: 'lanplus' });
  }

  /** Starts the BMC and waits until it responds. Throws an Error if it exits or does not respond within 20 seconds. */
  async waitUntilReady(): Promise<void> {
    const file = (name: string): string => join(this.folder, name);
    const args = ['-c', file('lan.conf'), '-f', file('sim.emu'), '-s', file('state')];
    const env = { PATH: this.options.path };
    // A separate session shields it from Ctrl-C in a terminal: the BMC must outlive the machines and agent that use it.
    const child = spawn('ipmi_sim', args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env });
    child.on('error', () => undefined);
    this.process = child;
    await this.answers(child);
  }

  /** Calls `listener` with each further chassis command, e.g. `power 1`, once it has taken effect. */
  onChassisEvent(listener: (told: string) => void): void {
    let heard = this.chassisEvents().length;
    this.watcher = watch(join(this.folder, 'told'), () => {
      for (const told of this.chassisEvents().slice(heard)) {
        heard += 1;
        listener(told);
      }
    });
  }

  /** All chassis commands so far, in order, e.g. `power 1`, `reset 1`, `boot pxe`, `identify 0 1`. */
  chassisEvents(): string[] {
    return readFileSync(join(this.folder, 'told'), 'utf8').split('\n').filter(Boolean);
  }

  /** Kills the BMC; its port no longer responds. Idempotent. */
  async kill(): Promise<void> {
    const child = this.process;
    if (child === undefined || hasEnded(child)) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Kills the BMC and removes its files. Idempotent. */
  async stop(): Promise<void> {
    this.watcher?.close();
    await this.kill();
    this.removeFiles();
  }

  removeFiles(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  protected write(name: string, content: string, mode?: number): void {
    writeFileSync(join(this.folder, name), content, { mode });
  }

  private async answers(child: ChildProcess): Promise<void> {
    // ipmi_sim supports no cipher suite above 3.
    const tool = { ...IPMITOOL_DEFAULTS, path: this.options.path, cipherSuites: [3], answerTries: 1 };
    const bmc = new IpmiBmcDriver(new Ipmitool(tool));
    const end = Date.now() + STARTUP_MS;
    for (;;) {
      try {
        await bmc.isOn(this.target);
        return;
      } catch (error) {
        if (hasEnded(child)) throw new Error(`ipmi_sim for ${this.address} exited during start-up`, { cause: error });
        if (Date.now() > end)
          throw new Error(`ipmi_sim does not respond: ${(error as Error).message}`, { cause: error });
        await sleep(20, { keepsAlive: true });
      }
    }
  }
}

/** Whether the process has exited or could not be started. */
const hasEnded = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid === undefined || exitCode !== null || signalCode !== null;

const lanConfiguration = (
  { port, user, password, serialPort }: IpmiSimOptions,
  script: string,
): string => `name "bmc${port}"
set_working_mc 0x20
startlan 1
  addr 127.0.0.1 ${port}
  priv_limit admin
${['callback', 'user', 'operator', 'admin'].map((level) => `  allowed_auths_${level} md2 md5`).join('\n')}
  guid a123456789abcdefa123456789abcdef
endlan
${serialPort === undefined ? '' : `sol "tcp:127.0.0.1:${serialPort}" 115200\n`}chassis_control "${script} 0x20"
user 2 true "${user}" "${password}" admin 10 md2 md5
`;

const EMULATOR = `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
mc_enable 0x20
`;

/**
 * Called by ipmi_sim as `chassis.sh 0x20 get NAME...` and `chassis.sh 0x20 set NAME VALUE`. ipmi_sim drops the byte
 * that makes a boot device persistent, so the script assumes what agents send: BIOS setup for one boot, the other
 * devices permanently.
 */
const CHASSIS_SCRIPT = `cd "@FOLDER@" || exit 1
shift
verb=$1
shift
if [ "$verb" = get ]; then
  for name in "$@"; do
    case $name in
      power | boot) echo "$name:$(cat "$name")" ;;
      *) echo "$name:0" ;;
    esac
  done
  exit 0
fi
before=$(cat power)
echo "$2" > "$1"
case "$1 $2 $before" in
  "boot bios "*) ;;
  "boot "*) cp boot permanent ;;
  "power 1 0" | "reset 1 1") cp permanent boot ;;
esac
echo "$@" >> told
`;
