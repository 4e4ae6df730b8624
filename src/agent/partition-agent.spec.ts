import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.js';
import type { CommandMessage, CommandResult, JsonObject } from '../platform/bus/bus.js';
import { InProcessBroker, InProcessBus } from '../platform/bus/in-process/in-process-bus.js';
import { ManualClock } from '../shared/clock.js';
import { DomainError } from '../shared/errors/domain-error.js';
import { MemoryLog } from '../shared/log.js';
import { BmcError } from './bmc/bmc.js';
import type { Bmc, BmcTarget, BootDevice, PowerAction } from './bmc/bmc.js';
import { AGENT_DEFAULTS, PartitionAgent } from './partition-agent.js';

const IPMI = { address: '10.0.0.1:6230', user: 'metal', password: 'very-secret', interface: 'lanplus' };

/** A BMC that writes down what it is told, and fails when it is told to. */
class PaperBmc implements Bmc {
  readonly told: string[] = [];
  on = true;
  failures: BmcError[] = [];

  async isOn(): Promise<boolean> {
    this.mayFail();
    return this.on;
  }
  /** Actions that it refuses, as BMCs do that are asked for what is done already. */
  refuses: readonly PowerAction[] = [];
  /** What becomes of the power while an action is refused. */
  meanwhile: boolean | undefined;

  async power({ host, port }: BmcTarget, action: PowerAction): Promise<void> {
    this.mayFail();
    if (this.refuses.includes(action)) {
      this.on = this.meanwhile ?? this.on;
      throw new BmcError('refused', 'Command not supported in present state');
    }
    this.told.push(`${host}:${port} ${action}`);
  }
  async boot({ host, port }: BmcTarget, device: BootDevice): Promise<void> {
    this.mayFail();
    this.told.push(`${host}:${port} boot ${device}`);
  }
  async identify({ host, port }: BmcTarget, on: boolean): Promise<void> {
    this.mayFail();
    this.told.push(`${host}:${port} led ${on}`);
  }
  private mayFail(): void {
    const failure = this.failures.shift();
    if (failure) throw failure;
  }
}

/** A bus that does not take results for a while. */
class DeafBus extends InProcessBus {
  deaf = 0;
  override async publishResult(result: CommandResult): Promise<void> {
    if (result.state !== 'delivered' && this.deaf-- > 0) throw new DomainError('unavailable', 'gone');
    await super.publishResult(result);
  }
}

class World {
  readonly bus = new DeafBus(new InProcessBroker());
  readonly bmc = new PaperBmc();
  readonly log = new MemoryLog();
  readonly clock = new ManualClock();
  readonly results: CommandResult[] = [];
  readonly agent: PartitionAgent;

  constructor() {
    const options = { ...AGENT_DEFAULTS, partition: 'p', concurrency: 8, tries: 3, retryMs: 5 };
    this.agent = new PartitionAgent(this.bus, this.bmc, options, this.clock, this.log);
    this.agent.start();
    this.bus.consumeResults(async ({ message }) => {
      if (message.state !== 'delivered') this.results.push(message);
      return 'done';
    });
  }

  async send(payload: JsonObject, more: Partial<CommandMessage> = {}): Promise<void> {
    await this.bus.publishCommand({ id: 'c1', attempt: 1, partition: 'p', machine: 'm1', payload, ...more });
  }

  async command(cmd: string, more: Partial<CommandMessage> = {}): Promise<CommandResult> {
    await this.send({ type: 'command', cmd: { target: 'm1', cmd, ipmi: IPMI } }, more);
    return this.next();
  }

  next(): Promise<CommandResult> {
    return eventually('a result', () => this.results.shift(), 3000);
  }
}

describe('partition agent', () => {
  const worlds: World[] = [];
  const world = (): World => {
    const created = new World();
    worlds.push(created);
    return created;
  };
  afterEach(() => Promise.all(worlds.splice(0).map(({ agent }) => agent.stop())));

  it.each([
    ['ON', ['on']],
    ['OFF', ['off']],
    ['RESET', ['reset']],
    ['CYCLE', ['cycle']],
    ['BIOS', ['boot bios']],
    ['DISK', ['boot disk']],
    ['PXE', ['boot pxe']],
    ['LED-ON', ['led true']],
    ['LED-OFF', ['led false']],
    ['REINSTALL', ['boot pxe', 'cycle']],
  ])('carries out %s', async (name, steps) => {
    const w = world();
    expect(await w.command(name)).toMatchObject({ id: 'c1', attempt: 1, partition: 'p', machine: 'm1', state: 'done' });
    expect(w.bmc.told).toEqual(steps.map((step) => `10.0.0.1:6230 ${step}`));
  });

  it.each(['m2', '', 'M1', 'm1 ', 7, null])('does nothing when the command for m1 is about %j', async (target) => {
    const w = world();
    await w.send({ type: 'command', cmd: { target, cmd: 'OFF', ipmi: IPMI } });
    expect(await w.next()).toMatchObject({ state: 'failed', message: expect.stringContaining('machine "m1"') });
    expect(w.bmc.told).toEqual([]);
  });

  it('says with the result whose command it was', async () => {
    expect(await world().command('ON', { installation: 'i1' })).toMatchObject({ installation: 'i1' });
    expect(await world().command('ON')).not.toHaveProperty('installation');
  });

  it('takes a machine back: PXE and reset, or on when it is off', async () => {
    const w = world();
    const payload = { type: 'delete', old: 'm1', cmd: { target: 'm1', ipmi: IPMI } };
    await w.send(payload);
    expect((await w.next()).state).toBe('done');
    w.bmc.on = false;
    await w.send(payload, { id: 'c2' });
    expect((await w.next()).state).toBe('done');
    expect(w.bmc.told.map((line) => line.replace('10.0.0.1:6230 ', ''))).toEqual([
      'boot pxe',
      'reset',
      'boot pxe',
      'on',
    ]);
  });

  it('switches on a machine that is off when it is to be reinstalled', async () => {
    const w = world();
    w.bmc.on = false;
    await w.command('REINSTALL');
    expect(w.bmc.told).toEqual(['10.0.0.1:6230 boot pxe', '10.0.0.1:6230 on']);
  });

  const steps = ({ bmc }: World) => bmc.told.map((line) => line.replace('10.0.0.1:6230 ', ''));
  const refusal = 'Command not supported in present state';

  it.each([
    // command, machine is on, what the BMC refuses, and how it ends
    ['ON', false, [], 'done', ['on']],
    ['ON', true, ['on'], 'done', []],
    ['OFF', false, ['off'], 'done', []],
    ['OFF', true, ['off'], refusal, []],
    ['ON', false, ['on'], refusal, []],
    ['CYCLE', false, [], 'done', ['on']],
    ['CYCLE', false, ['cycle'], 'done', ['on']],
    ['CYCLE', true, ['cycle'], refusal, []],
    ['CYCLE', false, ['cycle', 'on'], refusal, []],
    ['RESET', false, [], 'the machine is off and cannot be reset; power it on instead', []],
    ['RESET', true, ['reset'], refusal, []],
    ['REINSTALL', false, ['cycle'], 'done', ['boot pxe', 'on']],
  ] as const)('%s of a machine that is on: %s, at a BMC that refuses %j: %s', async (name, on, refuses, end, told) => {
    const w = world();
    Object.assign(w.bmc, { on, refuses });
    const { state, message } = await w.command(name);
    expect(state === 'done' ? state : message).toBe(end);
    expect(steps(w)).toEqual(told);
  });

  it('cycles a machine that goes off meanwhile by switching it on', async () => {
    const w = world();
    Object.assign(w.bmc, { refuses: ['cycle'], meanwhile: false });
    expect((await w.command('CYCLE')).state).toBe('done');
    expect(steps(w)).toEqual(['on']);
  });

  it('says at once that a machine that is off cannot be reset', async () => {
    const w = world();
    w.bmc.on = false;
    await w.command('RESET');
    expect(w.log.lines.join('\n')).not.toContain('try 1');
  });

  it.each(['8.8.8.8:623', '[2001:db8::1]:623', '203.0.113.1', '::ffff:198.51.100.7', '100.64.0.1'])(
    'does not log in at %s, outside the management networks',
    async (address) => {
      const w = world();
      const cmd = { target: 'm1', cmd: 'OFF', ipmi: { ...IPMI, user: 'root', address } };
      await w.send({ type: 'command', cmd });
      expect(await w.next()).toMatchObject({
        state: 'failed',
        message: expect.stringContaining('outside the management networks') as string,
      });
      expect([w.bmc.told, w.log.lines.join().includes('very-secret')]).toEqual([[], false]);
    },
  );

  it('tries again what a silent BMC spoils, from the first step', async () => {
    const w = world();
    w.bmc.failures = [new BmcError('timeout', 'no answer'), new BmcError('unreachable', 'no answer')];
    expect((await w.command('REINSTALL')).state).toBe('done');
    expect(w.bmc.told).toEqual(['10.0.0.1:6230 boot pxe', '10.0.0.1:6230 cycle']);
  });

  it('gives up after three tries and says why, without secrets', async () => {
    const w = world();
    w.bmc.failures = Array.from(
      { length: 3 },
      () => new BmcError('unreachable', 'BMC 10.0.0.1:6230 cannot be reached'),
    );
    expect(await w.command('OFF')).toMatchObject({ state: 'failed', message: 'BMC 10.0.0.1:6230 cannot be reached' });
    expect(w.bmc.told).toEqual([]);
    expect(w.log.lines.join('\n')).toContain('OFF of machine m1 (c1), try 1');
    expect(w.log.lines.join('\n')).not.toContain('very-secret');
  });

  it('does not knock again where the credentials were refused', async () => {
    const w = world();
    w.bmc.failures = [new BmcError('credentials', 'refused'), new BmcError('credentials', 'refused again')];
    expect(await w.command('OFF')).toMatchObject({ state: 'failed', message: 'refused' });
    expect(w.bmc.failures).toHaveLength(1);
  });

  it('does not begin with a command that came too late, nor try again beyond its time', async () => {
    const w = world();
    const late = await w.command('OFF', { expiresAt: '2026-01-01T00:00:00.000Z' });
    expect(late).toMatchObject({ state: 'expired', message: 'came to the agent after 2026-01-01T00:00:00.000Z' });
    w.bmc.failures = [new BmcError('timeout', 'no answer')];
    const spoiled = await w.command('OFF', { id: 'c2', expiresAt: '2026-01-01T00:00:00.003Z' });
    expect(spoiled).toMatchObject({ state: 'failed', message: 'no answer' });
    expect(w.bmc.told).toEqual([]);
  });

  it('carries out a command once, however often its result is lost', async () => {
    const w = world();
    w.bus.deaf = 2;
    expect((await w.command('RESET')).state).toBe('done');
    expect(w.bmc.told).toEqual(['10.0.0.1:6230 reset']);
    expect((await w.command('RESET', { attempt: 2 })).state).toBe('done');
    expect(w.bmc.told).toEqual(['10.0.0.1:6230 reset']);
  });

  it('carries out the next attempt of a command that failed before', async () => {
    const w = world();
    w.bmc.failures = [new BmcError('credentials', 'refused')];
    expect((await w.command('RESET')).state).toBe('failed');
    expect(await w.command('RESET', { attempt: 2 })).toMatchObject({ state: 'done', attempt: 2 });
  });

  it.each([
    [{ type: 'command' }, 'the command has no "cmd"'],
    [{ type: 'command', cmd: { cmd: 'ON' } }, 'the command has no "cmd.ipmi"'],
    [{ type: 'create', cmd: { ipmi: IPMI } }, 'type "create" of the command is unknown'],
    [{ type: 'command', cmd: { cmd: 'DANCE', ipmi: IPMI } }, 'this agent cannot carry out "DANCE"'],
    [{ type: 'command', cmd: { cmd: 'constructor', ipmi: IPMI } }, 'this agent cannot carry out "constructor"'],
    [
      { type: 'command', cmd: { cmd: 'ON', ipmi: { ...IPMI, address: '-H evil' } } },
      'address "-H evil" of the BMC is not valid, expected host:port',
    ],
    [{ type: 'command', cmd: { cmd: 'ON', ipmi: { ...IPMI, user: '' } } }, 'the command carries no user for the BMC'],
  ])('answers a command that makes no sense: %j', async (payload, message) => {
    const w = world();
    await w.send(payload);
    expect(await w.next()).toMatchObject({ state: 'failed', message });
    expect(w.bmc.told).toEqual([]);
  });
});
