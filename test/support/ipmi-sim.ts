import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './eventually.js';
import { searchPath } from './installed.js';
import { freeUdpPort } from './port.js';

const run = promisify(execFile);

/**
 * A real IPMI 2.0 BMC in software (OpenIPMI's ipmi_sim) on a free loopback port. What it is told about its chassis lands
 * in files by a script; power state and boot device are read back through IPMI, by ipmitool.
 */
export class IpmiSim {
  readonly host = '127.0.0.1';
  readonly user = 'metal';
  private process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    readonly password: string,
    private readonly folder: string,
  ) {}

  static async start(password = 'bmc-secret-1'): Promise<IpmiSim> {
    const sim = new IpmiSim(await freeUdpPort(), password, mkdtempSync(join(tmpdir(), 'metal-bmc-')));
    sim.writeFiles();
    await sim.up();
    return sim;
  }

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  /** The block of a command's payload. */
  get ipmi(): { address: string; user: string; password: string; interface: string } {
    return { address: this.address, user: this.user, password: this.password, interface: 'lanplus' };
  }

  async up(): Promise<void> {
    const args = [
      '-c',
      join(this.folder, 'lan.conf'),
      '-f',
      join(this.folder, 'sim.emu'),
      '-s',
      this.stateFolder,
      '-n',
    ];
    this.process = spawn('ipmi_sim', args, { stdio: 'ignore', env: { ...process.env, PATH: searchPath() } });
    await eventually('ipmi_sim answers', () =>
      this.isOn().then(
        () => true,
        () => false,
      ),
    );
  }

  /** Ends the BMC at once; nothing answers at its port any more. */
  async kill(): Promise<void> {
    if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }

  /** Freezes the BMC: its port is open, but it does not answer. */
  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async isOn(): Promise<boolean> {
    return /is on/.test(await this.tool('chassis', 'power', 'status'));
  }

  setPower(on: boolean): void {
    writeFileSync(join(this.folder, 'power'), on ? '1' : '0');
  }

  /** The device byte of the boot flags, read back by `get system boot options`. */
  async bootDevice(): Promise<number> {
    const bytes = (await this.tool('raw', '0x00', '0x09', '0x05', '0x00', '0x00')).trim().split(/\s+/);
    return parseInt(bytes[3] ?? '', 16);
  }

  /** What `chassis bootparam get 5` says about the device. */
  async bootSelector(): Promise<string> {
    return /Boot Device Selector : (.*)/.exec(await this.tool('chassis', 'bootparam', 'get', '5'))?.[1] ?? '';
  }

  /** What the chassis was told, in order, e.g. `power 1`, `reset 1`, `boot pxe`, `identify 0 1`. */
  told(): string[] {
    const file = join(this.folder, 'told');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean) : [];
  }

  private get stateFolder(): string {
    return join(this.folder, 'state');
  }

  private async tool(...args: string[]): Promise<string> {
    const connection = ['-I', 'lanplus', '-H', this.host, '-p', String(this.port), '-U', this.user, '-E', '-C', '3'];
    const env = { PATH: searchPath(), IPMITOOL_PASSWORD: this.password };
    const { stdout } = await run('ipmitool', [...connection, '-N', '1', '-R', '2', ...args], { env });
    return stdout;
  }

  private writeFiles(): void {
    const { folder, port, user, password } = this;
    const script = join(folder, 'chassis.sh');
    mkdirSync(this.stateFolder);
    writeFileSync(script, CHASSIS_SCRIPT.replaceAll('@FOLDER@', folder));
    chmodSync(script, 0o755);
    const auths = ['callback', 'user', 'operator', 'admin'].map((level) => `  allowed_auths_${level} md2 md5`);
    const lines = [
      `name "bmc${port}"`,
      'set_working_mc 0x20',
      'startlan 1',
      `  addr 127.0.0.1 ${port}`,
      '  priv_limit admin',
      ...auths,
      '  guid a123456789abcdefa123456789abcdef',
      'endlan',
      `chassis_control "${script} 0x20"`,
      `user 2 true "${user}" "${password}" admin 10 md2 md5`,
    ];
    writeFileSync(join(folder, 'lan.conf'), `${lines.join('\n')}\n`);
    const setup = ['mc_setbmc 0x20', 'mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr'];
    writeFileSync(join(folder, 'sim.emu'), `${[...setup, 'mc_enable 0x20'].join('\n')}\n`);
  }
}

/** Called by ipmi_sim as `chassis.sh 0x20 get NAME...` and `chassis.sh 0x20 set NAME VALUE`. */
const CHASSIS_SCRIPT = `#!/bin/sh
cd "@FOLDER@" || exit 1
shift
verb=$1
shift
if [ "$verb" = get ]; then
  for name in "$@"; do
    case $name in
      power) echo "power:$(cat power 2>/dev/null || echo 0)" ;;
      boot) echo "boot:$(cat boot 2>/dev/null || echo none)" ;;
      *) echo "$name:0" ;;
    esac
  done
  exit 0
fi
echo "$@" >> told
echo "$2" > "$1"
`;

/** Passes datagrams on to a BMC and keeps what it passes: readable where nothing is encrypted (cipher suite 2). */
export class IpmiTap {
  readonly datagrams: Buffer[] = [];
  private constructor(
    readonly port: number,
    private readonly inner: Socket,
    private readonly outer: Socket,
  ) {}

  static async start(bmc: IpmiSim): Promise<IpmiTap> {
    const [outer, inner] = [createSocket('udp4'), createSocket('udp4')];
    await new Promise<void>((resolve) => outer.bind(0, '127.0.0.1', resolve));
    const tap = new IpmiTap(outer.address().port, inner, outer);
    let client = 0;
    outer.on('message', (data, { port }) => {
      client = port;
      tap.datagrams.push(data);
      inner.send(data, bmc.port, bmc.host);
    });
    inner.on('message', (data) => outer.send(data, client, '127.0.0.1'));
    return tap;
  }

  /** True when these bytes went to the BMC, in this order, in one datagram. */
  saw(...bytes: number[]): boolean {
    return this.datagrams.some((datagram) => datagram.includes(Buffer.from(bytes)));
  }

  stop(): void {
    this.inner.close();
    this.outer.close();
  }
}
