import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { bmcTarget } from '../../src/agent/bmc/bmc-target.js';
import { IpmiSims } from '../../src/agent/simulator/ipmi-sims.js';
import { SimulatedBmc } from '../../src/agent/simulator/simulated-bmc.js';
import { eventually } from '../support/eventually.js';
import { installed, searchPath } from '../support/installed.js';

/** Command lines of the ipmi_sim processes that serve one of these ports. */
const processesOf = (ports: readonly string[]): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(commandLine)
    .filter((line) => line.startsWith('ipmi_sim') && ports.some((port) => configuration(line).includes(` ${port}\n`)));

const portsOf = ({ logins }: IpmiSims): string[] => logins.map(({ address }) => address.split(':')[1]!);

/** The UDP ports that are in use. */
async function busy(ports: readonly string[]): Promise<string[]> {
  const taken: string[] = [];
  for (const port of ports) {
    const socket = createSocket('udp4').bind(Number(port), '127.0.0.1');
    await once(socket, 'listening').catch(() => taken.push(port));
    socket.close();
  }
  return taken;
}

const commandLine = (pid: string): string => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
const configuration = (line: string): string => read(fileOf(line));
const fileOf = (line: string): string => /-c (\S+)/.exec(line)?.[1] ?? '';

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

describe.skipIf(!installed('simulated machines with real BMCs', 'ipmitool', 'ipmi_sim'))('IpmiSims', () => {
  let sims: IpmiSims;
  afterEach(() => sims.stop());

  it('makes each machine follow its BMC, and applies BIOS setup for one boot only', async () => {
    sims = await IpmiSims.prepare(2, searchPath());
    await sims.start();
    const seen: string[] = [];
    const machine = (name: string) => ({
      bmc: new SimulatedBmc({
        started: (device) => seen.push(`${name} boots from ${device}`),
        stopped: () => seen.push(`${name} stops`),
      }),
    });
    const machines = [machine('a'), machine('b')];
    sims.drive(machines);
    const [a, b] = sims.logins.map((login) => bmcTarget({ ...login, interface: 'lanplus' }));
    expect(await sims.bmc.bootDevice(a!)).toBe('pxe');
    await sims.bmc.power(a!, 'on');
    await sims.bmc.setBootDevice(a!, 'disk');
    await sims.bmc.setBootDevice(a!, 'bios');
    expect(await sims.bmc.bootDevice(a!)).toBe('bios');
    await sims.bmc.power(a!, 'reset');
    expect(await sims.bmc.bootDevice(a!)).toBe('disk');
    await sims.bmc.power(a!, 'cycle');
    await eventually('a is on after the cycle', () => sims.bmc.isOn(a!));
    await sims.bmc.setIdentifyLed(b!, true);
    await eventually('the LED of b is on', () => machines[1]!.bmc.ledState === 'LED-ON');
    const starts = ['a boots from pxe', 'a stops', 'a boots from bios', 'a stops', 'a boots from disk'];
    await eventually('a has followed', () => seen.length === starts.length);
    expect(seen).toEqual(starts);
  });

  it('exposes no passwords, and leaves no processes or files behind', async () => {
    sims = await IpmiSims.prepare(2, searchPath());
    await sims.start();
    const ports = portsOf(sims);
    expect(await busy(ports)).toEqual(ports);
    const running = processesOf(ports);
    expect(running).toHaveLength(2);
    for (const { password } of sims.logins) expect(running.join('\n')).not.toContain(password);
    const folders = running.map((line) => dirname(fileOf(line)));
    for (const line of running) expect(statSync(fileOf(line)).mode & 0o777).toBe(0o600);
    for (const folder of folders) expect(statSync(folder).mode & 0o777).toBe(0o700);
    await sims.stop();
    expect(await busy(ports)).toEqual([]);
    expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
  });

  it('leaves nothing behind if its start is aborted', async () => {
    sims = await IpmiSims.prepare(2, searchPath());
    const start = sims.start().then(
      () => 'started',
      (error: Error) => error.message,
    );
    await sims.stop();
    expect(await start).toMatch(/exited during start-up/);
    expect(await busy(portsOf(sims))).toEqual([]);
  });
});
