import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { promisify } from 'node:util';
import { IpmiSim } from '../../src/agent/simulator/ipmi-sim.js';
import { searchPath } from './installed.js';
import { freeUdpPort } from './port.js';

const run = promisify(execFile);

/**
 * A real BMC in software for tests: power state and boot device are read back with ipmitool, without the code under
 * test, and the BMC can be frozen.
 */
export class TestBmc extends IpmiSim {
  readonly host = '127.0.0.1';

  private constructor(
    readonly port: number,
    private readonly password: string,
    serialPort?: number,
  ) {
    super({ port, user: 'metal', password, path: searchPath(), serialPort });
  }

  static async start(password = 'bmc-secret-1', serialPort?: number): Promise<TestBmc> {
    const bmc = new TestBmc(await freeUdpPort(), password, serialPort);
    await bmc.waitUntilReady();
    return bmc;
  }

  /** The `ipmi` block of a command's payload. */
  get ipmi(): { address: string; user: string; password: string; interface: string } {
    return { address: this.address, user: 'metal', password: this.password, interface: 'lanplus' };
  }

  /** Freezes the BMC: its port stays open, but it does not respond. */
  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.process?.kill('SIGCONT');
  }

  async isOn(): Promise<boolean> {
    return /is on/.test(await this.tool('chassis', 'power', 'status'));
  }

  setPower(on: boolean): void {
    this.write('power', on ? '1' : '0');
  }

  /** The device byte of the boot flags, read back with `Get System Boot Options`. */
  async bootDevice(): Promise<number> {
    const bytes = (await this.tool('raw', '0x00', '0x09', '0x05', '0x00', '0x00')).trim().split(/\s+/);
    return parseInt(bytes[3] ?? '', 16);
  }

  /** The device in the output of `chassis bootparam get 5`. */
  async bootSelector(): Promise<string> {
    return /Boot Device Selector : (.*)/.exec(await this.tool('chassis', 'bootparam', 'get', '5'))?.[1] ?? '';
  }

  private async tool(...args: string[]): Promise<string> {
    const connection = ['-I', 'lanplus', '-H', this.host, '-p', String(this.port), '-U', 'metal', '-E', '-C', '3'];
    const env = { PATH: searchPath(), IPMITOOL_PASSWORD: this.password };
    const { stdout } = await run('ipmitool', [...connection, '-N', '1', '-R', '2', ...args], { env });
    return stdout;
  }
}

/** Forwards datagrams to a BMC and records them; they are readable without encryption (cipher suite 2). */
export class IpmiTap {
  readonly datagrams: Buffer[] = [];
  private constructor(
    readonly port: number,
    private readonly inner: Socket,
    private readonly outer: Socket,
  ) {}

  static async start(bmc: TestBmc): Promise<IpmiTap> {
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

  /** Whether a datagram to the BMC contained these bytes in this order. */
  saw(...bytes: number[]): boolean {
    return this.datagrams.some((datagram) => datagram.includes(Buffer.from(bytes)));
  }

  stop(): void {
    this.inner.close();
    this.outer.close();
  }
}
