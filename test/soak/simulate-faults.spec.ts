import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';
import { NatsServer } from '../support/nats.js';
import { ServerProcess } from '../support/server-process.js';

const here = installed('simulated faults', 'nats-server');
if (here && !existsSync('dist/main.js')) throw new Error('the program is not built: npm run build');

/** `metal-api simulate` as a process of its own. */
class Simulation {
  output = '';
  readonly exit: Promise<number | null>;

  constructor(args: readonly string[], variables: Readonly<Record<string, string>>) {
    const env = { PATH: process.env['PATH'], METAL_API_DEV: 'true', ...variables };
    const child: ChildProcess = spawn(process.execPath, ['dist/main.js', 'simulate', ...args], { env });
    child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.exit = once(child, 'exit').then(([code]) => code as number | null);
  }

  /** Lines of the faults that began. */
  get faults(): string[] {
    return this.output.split('\n').flatMap((line) => /\+\d\d:\d\d:\d\d .*/.exec(line) ?? []);
  }
}

describe.skipIf(!here)('simulate --faults', { shuffle: false }, () => {
  let broker: NatsServer;
  let server: ServerProcess;

  beforeAll(async () => {
    broker = await NatsServer.start();
    server = await ServerProcess.start({ METAL_API_DB: 'memory', METAL_API_NATS_URL: broker.url });
  });
  afterAll(async () => {
    await server.stop();
    await broker.stop();
  });

  const simulate = (partition: string, ...args: string[]): Simulation =>
    new Simulation(
      ['--partition', partition, '--install-lab', '--machines', '6', '--racks', '2', '--step-time', '50ms', ...args],
      { METAL_API_NATS_URL: broker.url },
    );
  const at = (): string[] => ['--url', server.url, '--grpc', server.grpcAddress];

  it('ends with 0 when server and partition agree, and follows the schedule of its seed', async () => {
    const faults = ['--faults', '--seed', '1', '--duration', '15s', '--fault-speed', '60'];
    const simulation = simulate('lab', ...at(), ...faults);
    expect(await simulation.exit, simulation.output).toBe(0);
    expect(simulation.output).toContain('server and partition agree: 6 machines, 4 switches');
    const plan = simulate('lab', '--plan', ...faults.slice(1));
    expect(await plan.exit).toBe(0);
    expect(simulation.faults.length).toBeGreaterThan(10);
    expect(plan.faults.slice(0, simulation.faults.length)).toEqual(simulation.faults);
  });

  it('ends with 1 and names the machine when they do not agree', async () => {
    const stranger = '5f2b9dd2-1f1f-4b0c-8a59-6d2a3c9f0e11';
    const simulation = simulate('other', ...at(), '--faults', '--duration', '5s', '--settle-time', '1s');
    await eventually('machines wait', () => simulation.output.includes(' waiting'));
    await server.rest('editor').post('v1/machine/ipmi', {
      partitionid: 'other',
      reports: { [stranger]: { BMCIp: '10.99.0.1', PowerState: 'ON' } },
    });
    expect(await simulation.exit, simulation.output).toBe(1);
    expect(simulation.output).toContain('server and partition disagree:');
    expect(simulation.output).toContain(`${stranger}: the server has this machine, the partition does not`);
  });
});
