import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BmcDirectory } from '../../src/modules/command/command.js';
import type { Command, CommandName, CommandState } from '../../src/modules/command/command.js';
import { CommandService } from '../../src/modules/command/command.service.js';
import { AgentProcess } from '../support/agent-process.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';
import { TestBmc } from '../support/ipmi-sim.js';
import { hastenRedelivery, NatsServer } from '../support/nats.js';
import { freePort } from '../support/port.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const PARTITION = 'fra-equ01';
const here = installed('an agent without its broker', 'nats-server', 'ipmitool', 'ipmi_sim');
if (here && !existsSync('dist/main.js')) throw new Error('the program is not built: npm run build');

describe.skipIf(!here)('an agent that is cut off from the broker', () => {
  let broker: NatsServer;
  let server: TestApp;
  let proxy: TcpProxy;
  let agent: AgentProcess;
  let status: string;
  const bmcs = new Map<string, TestBmc>();

  beforeAll(async () => {
    broker = await NatsServer.start();
    proxy = await TcpProxy.start({ host: '127.0.0.1', port: broker.port });
    server = await startTestApp({ METAL_API_NATS_URL: broker.url, METAL_API_COMMAND_TIMEOUT: '4s' });
    for (const machine of ['begun', 'waiting']) bmcs.set(machine, await TestBmc.start());
    server.app.get(BmcDirectory).ipmi.provide((machine) => bmcs.get(machine)?.ipmi);
    const port = await freePort();
    status = `http://127.0.0.1:${port}`;
    agent = await AgentProcess.start(PARTITION, {
      METAL_API_NATS_URL: `nats://127.0.0.1:${proxy.port}`,
      METAL_API_AGENT_BMC_PROTOCOL: 'ipmi',
      METAL_API_AGENT_BMC_TIMEOUT: '30s',
      METAL_API_AGENT_CIPHER_SUITES: '3',
      METAL_API_AGENT_STATUS_BIND_ADDR: `127.0.0.1:${port}`,
    });
  });
  afterAll(async () => {
    await agent.kill();
    await server.close();
    await proxy.stop();
    for (const bmc of bmcs.values()) await bmc.stop();
    await broker.stop();
  });

  const health = async (): Promise<number> => (await fetch(`${status}/health`)).status;
  const issue = (machine: string, command: CommandName): Promise<Command> =>
    server.app.get(CommandService).issue({ machine, partition: PARTITION, kind: 'command', command });
  const becomes = ({ id }: Command, state: CommandState): Promise<Command> =>
    eventually(
      `command is ${state}`,
      () => {
        const command = server.app.get(CommandService).get(id);
        return command.state === state && command;
      },
      60_000,
    );

  it('executes no late command, reports its results, and shows its state', async () => {
    await eventually('the agent is connected', async () => (await health()) === 200);
    const [begun, waiting] = [bmcs.get('begun')!, bmcs.get('waiting')!];
    begun.setPower(false);
    waiting.setPower(true);
    begun.freeze();
    const on = await issue('begun', 'ON');
    await becomes(on, 'delivered');
    proxy.refuse(true);
    proxy.cut();
    await eventually('the agent notices', async () => (await health()) === 503);
    await hastenRedelivery(broker, PARTITION); // which asks for the result of what the agent has begun
    const off = await issue('waiting', 'OFF');
    const { deadline } = await becomes(off, 'published');
    begun.thaw();
    await eventually('what it has begun is executed', () => begun.chassisEvents().includes('power 1'));
    await eventually('the deadline has passed', () => new Date().toISOString() > deadline!);
    proxy.refuse(false);
    await becomes(on, 'done');
    expect((await becomes(off, 'expired')).error).toMatch(/reached the agent after/);
    expect(await waiting.isOn()).toBe(true);
    expect(waiting.chassisEvents()).toEqual([]);
    expect(await health()).toBe(200);
    const metrics = await (await fetch(`${status}/metrics`)).text();
    expect(metrics).toContain('metal_agent_commands_total{command="ON",state="done"} 1');
    expect(metrics).toContain('metal_agent_commands_total{command="OFF",state="expired"} 1');
  });
});
