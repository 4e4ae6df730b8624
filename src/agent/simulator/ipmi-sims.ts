import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { IpmiBmc } from '../bmc/ipmi-bmc.js';
import { Ipmitool, IPMITOOL_DEFAULTS } from '../bmc/ipmitool.js';
import { IpmiSim } from './ipmi-sim.js';
import type { SimulatedBmc } from './simulated-bmc.js';

/** Each has a process of its own. */
const MOST = 32;
const PROGRAMS = ['ipmitool', 'ipmi_sim'];
const HOST = '127.0.0.1';
const USER = 'metal';

/** Where a machine's BMC is reached, and how to log in. */
export interface BmcLogin {
  readonly address: string;
  readonly user: string;
  readonly password: string;
}

/** Why so many machines cannot have BMCs in processes of their own; undefined when they can. */
export function obstacleToIpmi(machines: number, path: string): string | undefined {
  const missing = PROGRAMS.filter((program) => !isOnPath(program, path));
  if (missing.length > 0) return `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not installed`;
  return machines > MOST ? `${machines} machines are more than ${MOST}, and each would take a process` : undefined;
}

/** Real BMCs for the machines of a simulated partition: one ipmi_sim for each, on loopback, reached by ipmitool. */
export class IpmiSims {
  readonly bmc: IpmiBmc;
  private readonly over = new AbortController();
  private sims: readonly IpmiSim[] = [];
  private readonly onExit = (): void => this.sims.forEach((sim) => sim.removeFiles());

  private constructor(
    private readonly ports: readonly number[],
    readonly logins: readonly BmcLogin[],
    private readonly path: string,
  ) {
    this.bmc = new IpmiBmc(new Ipmitool({ ...IPMITOOL_DEFAULTS, path, signal: this.over.signal }));
  }

  /** Chooses free ports and passwords; nothing runs yet. */
  static async choose(count: number, path: string): Promise<IpmiSims> {
    const ports = await freeUdpPorts(count);
    const password = (): string => randomBytes(8).toString('hex');
    const logins = ports.map((port) => ({ address: `${HOST}:${port}`, user: USER, password: password() }));
    return new IpmiSims(ports, logins, path);
  }

  /** Resolves when every BMC answers. */
  async start(): Promise<void> {
    process.once('exit', this.onExit);
    const { path, ports } = this;
    this.sims = this.logins.map(({ user, password }, n) => new IpmiSim({ port: ports[n]!, user, password, path }));
    await Promise.all(this.sims.map((sim) => sim.up()));
  }

  /** From now on the machines do what their BMCs are told; in the order of `logins`. */
  drive(machines: readonly { readonly bmc: SimulatedBmc }[]): void {
    machines.forEach(({ bmc }, index) => this.sims[index]?.follow((told) => obey(bmc, told)));
  }

  /** Ends every process for good and removes its files. May run again, also after or during a start. */
  async stop(): Promise<void> {
    this.over.abort();
    await Promise.all(this.sims.map((sim) => sim.stop()));
    process.off('exit', this.onExit);
  }
}

/** Passes on to a machine what the chassis of its BMC was told, in the words of ipmi_sim. */
export function obey(bmc: SimulatedBmc, told: string): void {
  const [what = '', value = '', force] = told.split(' ');
  if (what === 'power') return value === '1' ? bmc.powerOn() : bmc.powerOff();
  if (what === 'reset') return bmc.reset();
  if (what === 'boot') return bmc.setBootDevice(value === 'pxe' || value === 'bios' ? value : 'disk');
  if (what === 'identify') bmc.setLed(value !== '0' || force === '1');
}

function isOnPath(program: string, path: string): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}

/** Different UDP ports on loopback that nobody uses right now. */
async function freeUdpPorts(count: number): Promise<number[]> {
  const bind = async (): Promise<Socket> => {
    const socket = createSocket('udp4').bind(0, HOST);
    await once(socket, 'listening');
    return socket;
  };
  const sockets = await Promise.all(Array.from({ length: count }, bind));
  const ports = sockets.map((socket) => socket.address().port);
  sockets.forEach((socket) => socket.close());
  return ports;
}
