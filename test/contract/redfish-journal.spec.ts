import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BmcDirectory } from '../../src/modules/command/command.js';
import type { Command, CommandRequest, CommandState } from '../../src/modules/command/command.js';
import { CommandService } from '../../src/modules/command/command.service.js';
import { AgentProcess } from '../support/agent-process.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';
import { TestBmc } from '../support/ipmi-sim.js';
import { plantMachine } from '../support/machines.js';
import { NatsServer } from '../support/nats.js';
import { SushyEmulator } from '../support/sushy.js';

const PARTITION = 'fra-equ01';
const MACHINE = '3f1c0a5e-0000-4000-8000-0000000000aa';
const IPMI_MACHINE = 'machine-with-ipmi';
const URL = 'https://s3.example/bios?X-Amz-Signature=very-secret';
const programs = ['nats-server', 'sushy-emulator', 'openssl', 'ipmitool', 'ipmi_sim'];
const here = installed('commands from the journal to BMCs over Redfish and IPMI', ...programs);
if (here && !existsSync('dist/main.js')) throw new Error('the program is not built: npm run build');

describe.skipIf(!here)('journal → NATS → agent process → Redfish and IPMI', () => {
  let broker: NatsServer;
  let server: TestApp;
  let sushy: SushyEmulator;
  let sim: TestBmc;
  let agent: AgentProcess | undefined;

  beforeAll(async () => {
    broker = await NatsServer.start();
    server = await startTestApp({ METAL_API_NATS_URL: broker.url, METAL_API_COMMAND_TIMEOUT: '60s' });
    sushy = await SushyEmulator.start([{ uuid: MACHINE, on: false }], '127.3.0.1');
    sim = await TestBmc.start();
    const directory = server.app.get(BmcDirectory);
    directory.ipmi.provide((machine) => (machine === MACHINE ? sushy.ipmi : sim.ipmi));
    directory.firmwareUrl.provide(() => Promise.resolve(URL));
    agent = await AgentProcess.start(PARTITION, {
      METAL_API_NATS_URL: broker.url,
      METAL_API_AGENT_REDFISH_PORT: String(sushy.port),
      METAL_API_AGENT_REDFISH_CA_FILE: sushy.caFile,
      METAL_API_AGENT_BMC_TIMEOUT: '5s',
      METAL_API_AGENT_RETRY_PAUSE: '100ms',
      METAL_API_AGENT_CIPHER_SUITES: '3',
    });
  });
  afterAll(async () => {
    await agent?.kill();
    await server.close();
    await sim.stop();
    await sushy.stop();
    await broker.stop();
  });
  afterEach(() => {
    for (const secret of [sushy.ipmi.password, sim.ipmi.password, 'very-secret'])
      expect(agent?.log).not.toContain(secret);
  });

  const issue = (machine: string, request: Partial<CommandRequest>): Promise<Command> =>
    server.app.get(CommandService).issue({ machine, partition: PARTITION, kind: 'command', ...request });
  const becomes = ({ id }: Command, state: CommandState): Promise<Command> =>
    eventually(`command is ${state}`, () => {
      const command = server.app.get(CommandService).get(id);
      return command.state === state && command;
    });
  const run = async (machine: string, request: Partial<CommandRequest>): Promise<Command> =>
    becomes(await issue(machine, request), 'done');
  const system = () => sushy.system(MACHINE);

  it('reaches a BMC that speaks Redfish, and one that speaks IPMI only', async () => {
    await run(MACHINE, { command: 'ON' });
    await eventually('it is on', async () => (await system())['PowerState'] === 'On');
    await run(MACHINE, { command: 'LED-ON' });
    expect((await system())['IndicatorLED']).toBe('Lit');
    sim.setPower(false);
    await run(IPMI_MACHINE, { command: 'ON' });
    expect(await sim.isOn()).toBe(true);
    await run(IPMI_MACHINE, { command: 'PXE' });
    expect(await sim.bootDevice()).toBe(0x04);
  });

  it('shuts down gracefully, and boots from the network once, as an editor has asked for', async () => {
    await plantMachine(server, MACHINE, { machine: { partitionId: PARTITION } });
    const ask = async (command: object): Promise<void> => {
      const { body } = await server
        .as('editor')
        .post('/commands')
        .send({ machine: MACHINE, ...command })
        .expect(200);
      await becomes(body as Command, 'done');
    };
    await ask({ command: 'PXE', persistence: 'once' });
    expect((await system())['Boot']).toMatchObject({ BootSourceOverrideTarget: 'Pxe' });
    await ask({ command: 'OFF', graceful: true });
    await eventually('it is off', async () => (await system())['PowerState'] === 'Off');
    await run(MACHINE, { command: 'ON' });
    await eventually('it is on', async () => (await system())['PowerState'] === 'On');
  });

  it('boots a freed machine from the network, also when it is off', async () => {
    await run(MACHINE, { command: 'DISK' });
    await run(MACHINE, { command: 'OFF' });
    await eventually('it is off', async () => (await system())['PowerState'] === 'Off');
    await run(MACHINE, { kind: 'reclaim' });
    await eventually('it is on', async () => (await system())['PowerState'] === 'On');
    expect((await system())['Boot']).toMatchObject({ BootSourceOverrideTarget: 'Pxe', BootSourceOverrideMode: 'UEFI' });
  });

  it('installs firmware by Redfish and shows its progress; by IPMI it fails at once', async () => {
    const firmware = { kind: 'bios', revision: '1.8' } as const;
    const done = await run(MACHINE, { command: 'UPDATE-FIRMWARE', firmware });
    expect(done).toMatchObject({ progress: 'Completed, 100 %', attempt: 1 });
    expect((await system())['BiosVersion']).toBe('1.8');
    const { body } = await server.as('viewer').get(`/commands?machine=${MACHINE}&state=done`);
    expect(body).toContainEqual(expect.objectContaining({ id: done.id, progress: 'Completed, 100 %' }));
    const failed = await becomes(await issue(IPMI_MACHINE, { command: 'UPDATE-FIRMWARE', firmware }), 'failed');
    expect(failed.error).toMatch(/is reached by IPMI, which cannot update firmware/);
  });

  it('says why a reset of a machine that is off fails', async () => {
    await run(MACHINE, { command: 'OFF' });
    await eventually('it is off', async () => (await system())['PowerState'] === 'Off');
    const failed = await becomes(await issue(MACHINE, { command: 'RESET' }), 'failed');
    expect(failed.error).toMatch(/the machine is off and cannot be reset/);
    await run(MACHINE, { command: 'OFF' });
  });
});
