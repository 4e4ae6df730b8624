import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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

const PARTITION = 'fra-equ01';
const here = installed('commands from the journal to the BMC', 'nats-server', 'ipmitool', 'ipmi_sim');
if (here && !existsSync('dist/main.js')) throw new Error('the program is not built: npm run build');

const AGENT = { METAL_API_AGENT_RETRY_PAUSE: '100ms', METAL_API_AGENT_CIPHER_SUITES: '3' };

/** So that the agent gives up on a silent BMC soon. */
const IMPATIENT = { METAL_API_AGENT_BMC_TIMEOUT: '1500ms' };

// A machine and its clock go from one state to the next.
describe.skipIf(!here)('journal → NATS → agent process → ipmitool → BMC', { shuffle: false }, () => {
  let broker: NatsServer;
  let server: TestApp;
  let bmc: TestBmc;
  let agent: AgentProcess | undefined;
  /** How much the clock of the server is ahead, in milliseconds. */
  let ahead = 0;
  const ipmi = new Map<string, { address: string; user: string; password: string; interface: string }>();

  beforeAll(async () => {
    broker = await NatsServer.start();
    const settings = { METAL_API_NATS_URL: broker.url, METAL_API_COMMAND_TIMEOUT: '60s' };
    server = await startTestApp(settings, { clock: { now: () => Date.now() + ahead } });
    server.app.get(BmcDirectory).ipmi.provide((machine) => ipmi.get(machine));
    bmc = await TestBmc.start();
    ipmi.set('m1', bmc.ipmi);
    await issue('LED-ON');
    await hastenRedelivery(broker, PARTITION);
  });
  afterAll(async () => {
    await server.close();
    await bmc.stop();
    await broker.stop();
  });
  afterEach(async () => {
    await agent?.kill();
    bmc.thaw();
  });

  const startAgent = async (more: Record<string, string> = {}): Promise<AgentProcess> => {
    agent = await AgentProcess.start(PARTITION, { METAL_API_NATS_URL: broker.url, ...AGENT, ...more });
    return agent;
  };
  const issue = (command: CommandName | 'reclaim', machine = 'm1'): Promise<Command> =>
    server.app.get(CommandService).issue({
      machine,
      partition: PARTITION,
      ...(command === 'reclaim' ? { kind: command } : { kind: 'command', command }),
    });
  const becomes = ({ id }: Command, state: CommandState, timeoutMs = 30_000): Promise<Command> =>
    eventually(
      `command is ${state}`,
      () => {
        const command = server.app.get(CommandService).get(id);
        if (command.state === 'failed' && state !== 'failed') throw new Error(`the command failed: ${command.error}`);
        return command.state === state && command;
      },
      timeoutMs,
    );
  const carriedOut = async (command: CommandName | 'reclaim'): Promise<Command> =>
    becomes(await issue(command), 'done');

  it('executes every power, boot and LED command, as the BMC confirms', async () => {
    await startAgent();
    await carriedOut('ON');
    expect(await bmc.isOn()).toBe(true);
    await carriedOut('PXE');
    expect(await bmc.bootDevice()).toBe(0x04);
    await carriedOut('DISK');
    expect(await bmc.bootDevice()).toBe(0x08);
    expect(await bmc.bootSelector()).toBe('Force Boot from default Hard-Drive');
    await carriedOut('BIOS');
    expect(await bmc.bootDevice()).toBe(0x18);
    const before = bmc.chassisEvents().length;
    await carriedOut('RESET');
    await carriedOut('LED-ON');
    await carriedOut('LED-OFF');
    expect(bmc.chassisEvents().slice(before)).toEqual(['reset 1', 'identify 0 1', 'identify 0 0']);
    await carriedOut('OFF');
    expect(await bmc.isOn()).toBe(false);
  });

  it('executes delete and REINSTALL in order of issue, and powers on a machine that is off', async () => {
    await startAgent();
    bmc.setPower(false);
    const before = bmc.chassisEvents().length;
    const [reclaim, reinstall] = [await issue('reclaim'), await issue('REINSTALL')];
    await becomes(reinstall, 'done');
    expect(server.app.get(CommandService).get(reclaim.id).state).toBe('done');
    await eventually('the cycle ends', () => bmc.isOn());
    expect(bmc.chassisEvents().slice(before)).toEqual(['boot pxe', 'power 1', 'boot pxe', 'power 0', 'power 1']);
    expect(await bmc.bootSelector()).toBe('Force PXE');
  });

  it('keeps commands in the journal until an agent starts', async () => {
    const command = await issue('OFF');
    await becomes(command, 'published');
    await startAgent();
    await becomes(command, 'done');
    expect(await bmc.isOn()).toBe(false);
  });

  it('records a wrong password in the journal, without the password', async () => {
    const running = await startAgent();
    ipmi.set('m2', { ...bmc.ipmi, password: 'wrong-secret' });
    const { error } = await becomes(await issue('ON', 'm2'), 'failed');
    expect(error).toBe(`BMC ${bmc.address} refuses user "metal" or its password`);
    expect(running.log).not.toContain('wrong-secret');
    const { text } = await server.as('viewer').get('/commands?machine=m2').expect(200);
    expect(text).toContain('refuses user');
    expect(text).not.toContain('secret');
  });

  it('records an unresponsive BMC in the journal, and keeps a reclaim pending', async () => {
    await startAgent(IMPATIENT);
    bmc.freeze();
    const off = await issue('OFF');
    expect((await becomes(off, 'failed', 60_000)).error).toMatch(/did not answer within 1500 ms|cannot be reached/);
    const reclaim = await issue('reclaim');
    const waiting = await eventually(
      'the reclaim is postponed',
      () => {
        const command = server.app.get(CommandService).get(reclaim.id);
        return command.state === 'pending' && command.attempt === 2 && command;
      },
      60_000,
    ).catch((error: Error) => {
      const command = JSON.stringify(server.app.get(CommandService).get(reclaim.id));
      throw new Error(`${error.message}; it is ${command}; agent log: ${agent?.log}`);
    });
    expect(waiting.error).toMatch(/did not answer|cannot be reached/);
    bmc.thaw();
    ahead += Date.parse(waiting.notBefore!) - Date.parse(waiting.changed); // the pause before the next attempt
    await becomes(reclaim, 'done', 60_000);
    expect(await bmc.bootSelector()).toBe('Force PXE');
  });

  it('executes a command with the next agent if the first one is killed', async () => {
    const first = await startAgent();
    bmc.setPower(false);
    bmc.freeze();
    const command = await issue('ON');
    await becomes(command, 'delivered');
    await first.kill();
    bmc.thaw();
    expect(await bmc.isOn()).toBe(false);
    await startAgent();
    await becomes(command, 'done');
    expect(await bmc.isOn()).toBe(true);
  });

  it('executes every command if the broker is killed and restarted meanwhile', async () => {
    await startAgent();
    const commands: Command[] = [];
    for (let n = 0; n < 30; n++) {
      if (n === 10) await broker.kill();
      if (n === 20) await broker.up();
      const machine = `load${n % 6}`;
      ipmi.set(machine, bmc.ipmi);
      commands.push(await issue(n % 2 ? 'LED-ON' : 'LED-OFF', machine));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await hastenRedelivery(broker, PARTITION); // the server set the time of its consumer again
    for (const command of commands) await becomes(command, 'done', 60_000);
  });

  it('stops gracefully: finishes commands in progress, and exits with 0', async () => {
    const running = await startAgent();
    bmc.setPower(false);
    bmc.freeze();
    const command = await issue('ON');
    await becomes(command, 'delivered');
    const stopped = running.stop();
    await eventually('it finishes what it has begun', () => running.log.includes('finishing commands in progress'));
    bmc.thaw();
    expect(await stopped).toBe(0);
    await becomes(command, 'done');
    expect(await bmc.isOn()).toBe(true);
  });
});
