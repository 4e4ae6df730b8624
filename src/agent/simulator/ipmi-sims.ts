import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { IpmiBmcDriver } from '../bmc/ipmi-bmc-driver.js';
import { Ipmitool, IPMITOOL_DEFAULTS } from '../bmc/ipmitool.js';
import { IpmiSim } from './ipmi-sim.js';
import type { SimulatedBmc } from './simulated-bmc.js';

/** Maximum number of BMCs, because each runs in a separate process. */
const MOST = 32;
const PROGRAMS = ['ipmitool', 'ipmi_sim'];
const HOST = '127.0.0.1';
const USER = 'metal';

/** Address and credentials of a machine's BMC. */
export interface BmcLogin {
  readonly address: string;
  readonly user: string;
  readonly password: string;
}

/** Why that many machines cannot have BMCs in separate processes; undefined if they can. */
export function ipmiSimProblem(machines: number, path: string): string | undefined {
  const missing = PROGRAMS.filter((program) => !isOnPath(program, path));
  if (missing.length > 0) return `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not installed`;
  return machines > MOST ? `${machines} machines are more than ${MOST}, and each needs a process` : undefined;
}

/** Real BMCs for the machines of a simulated partition: one ipmi_sim each, on loopback, accessed with ipmitool. */
export class IpmiSims {
  readonly bmc: IpmiBmcDriver;
  private readonly over = new AbortController();
  private sims: readonly IpmiSim[] = [];
  private readonly onExit = (): void => this.sims.forEach((sim) => sim.removeFiles());

  private constructor(
    private readonly ports: readonly number[],
    readonly logins: readonly BmcLogin[],
    private readonly path: string,
  ) {
    this.bmc = new IpmiBmcDriver(new Ipmitool({ ...IPMITOOL_DEFAULTS, path, signal: this.over.signal }));
  }

  /** Chooses free ports and passwords. Starts no process. */
  static async prepare(count: number, path: string): Promise<IpmiSims> {
    const ports = await freeUdpPorts(count);
    const password = (): string => randomBytes(8).toString('hex');
    const logins = ports.map((port) => ({ address: `${HOST}:${port}`, user: USER, password: password() }));
    return new IpmiSims(ports, logins, path);
  }

  /** Starts the BMCs and waits until all of them respond. */
  async start(): Promise<void> {
    process.once('exit', this.onExit);
    const { path, ports } = this;
    this.sims = this.logins.map(({ user, password }, n) => new IpmiSim({ port: ports[n]!, user, password, path }));
    await Promise.all(this.sims.map((sim) => sim.waitUntilReady()));
  }

  /** Applies further BMC commands to the machines, which are in the order of `logins`. */
  drive(machines: readonly { readonly bmc: SimulatedBmc }[]): void {
    machines.forEach(({ bmc }, index) => this.sims[index]?.onChassisEvent((told) => applyChassisEvent(bmc, told)));
  }

  /** Kills all processes permanently and removes their files. Idempotent; may be called during or after `start`. */
  async stop(): Promise<void> {
    this.over.abort();
    await Promise.all(this.sims.map((sim) => sim.stop()));
    process.off('exit', this.onExit);
  }
}

/** Applies a chassis command, in the notation of ipmi_sim, to a simulated machine. */
export function applyChassisEvent(bmc: SimulatedBmc, told: string): void {
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

/** Finds distinct UDP ports on loopback that are currently unused. */
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
