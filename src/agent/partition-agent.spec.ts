import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.js';
import type { CommandMessage, CommandResult, JsonObject } from '../platform/bus/bus.js';
import { InProcessBroker, InProcessBus } from '../platform/bus/in-process/in-process-bus.js';
import { ManualClock } from '../shared/clock.js';
import { DomainError } from '../shared/errors/domain-error.js';
import { MemoryLogger } from '../shared/app-logger.js';
import { BmcError } from './bmc/bmc-driver.js';
import type {
  BmcDriver,
  BmcTarget,
  BootDevice,
  BootPersistence,
  ChassisPowerAction,
  FirmwareImage,
  ReportProgress,
} from './bmc/bmc-driver.js';
import { AGENT_DEFAULTS, PartitionAgent } from './partition-agent.js';

const IPMI = { address: '10.0.0.1:6230', user: 'metal', password: 'very-secret', interface: 'lanplus' };

/** A BMC that records the operations it performs and fails on request. */
class PaperBmc implements BmcDriver {
  readonly told: string[] = [];
  on = true;
  failures: BmcError[] = [];

  async isOn(): Promise<boolean> {
    this.mayFail();
    return this.on;
  }
  /** Actions to refuse, as BMCs do if the machine is already in the requested state. */
  refuses: readonly ChassisPowerAction[] = [];
  /** Power state that the machine changes to while an action is refused. */
  meanwhile: boolean | undefined;

  async power({ host, port }: BmcTarget, action: ChassisPowerAction): Promise<void> {
    this.mayFail();
    if (this.refuses.includes(action)) {
      this.on = this.meanwhile ?? this.on;
      throw new BmcError('refused', 'Command not supported in present state');
    }
    this.told.push(`${host}:${port} ${action}`);
  }
  async setBootDevice({ host, port }: BmcTarget, device: BootDevice, persistence?: BootPersistence): Promise<void> {
    this.mayFail();
    this.told.push(`${host}:${port} boot ${device}${persistence ? ` ${persistence}` : ''}`);
  }
  async setIdentifyLed({ host, port }: BmcTarget, on: boolean): Promise<void> {
    this.mayFail();
    this.told.push(`${host}:${port} led ${on}`);
  }
  async updateFirmware(
    { host }: BmcTarget,
    { kind }: FirmwareImage,
    progress: ReportProgress,
    signal: AbortSignal,
  ): Promise<void> {
    this.mayFail();
    this.told.push(`${host} ${kind}`);
    await this.whileUpdating(progress, signal);
  }
  whileUpdating = async (_progress: ReportProgress, _signal: AbortSignal): Promise<void> => undefined;
  private mayFail(): void {
    const failure = this.failures.shift();
    if (failure) throw failure;
  }
}

/** A bus that rejects the next `deaf` results. */
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
  readonly log = new MemoryLogger();
  readonly clock = new ManualClock();
  readonly results: CommandResult[] = [];
  /** Messages of the reports on commands under way. */
  readonly delivered: string[] = [];
  readonly agent: PartitionAgent;

  constructor() {
    const options = { ...AGENT_DEFAULTS, partition: 'p', concurrency: 8, tries: 3, retryMs: 5 };
    this.agent = new PartitionAgent(this.bus, this.bmc, options, this.clock, this.log);
    this.agent.start();
    this.bus.consumeResults(async ({ message }) => {
      if (message.state === 'delivered') this.delivered.push(message.message);
      else this.results.push(message);
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
    return eventually('a result', () => this.results.shift());
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
  ])('executes %s', async (name, steps) => {
    const w = world();
    expect(await w.command(name)).toMatchObject({ id: 'c1', attempt: 1, partition: 'p', machine: 'm1', state: 'done' });
    expect(w.bmc.told).toEqual(steps.map((step) => `10.0.0.1:6230 ${step}`));
  });

  it.each(['m2', '', 'M1', 'm1 ', 7, null])('rejects a command for m1 with target %j', async (target) => {
    const w = world();
    await w.send({ type: 'command', cmd: { target, cmd: 'OFF', ipmi: IPMI } });
    expect(await w.next()).toMatchObject({ state: 'failed', message: expect.stringContaining('machine "m1"') });
    expect(w.bmc.told).toEqual([]);
  });

  it('copies the installation of the command to the result', async () => {
    expect(await world().command('ON', { installation: 'i1' })).toMatchObject({ installation: 'i1' });
    expect(await world().command('ON')).not.toHaveProperty('installation');
  });

  it('reclaims a machine: sets PXE, then resets it or powers it on', async () => {
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

  it('powers on a machine that is off to reinstall it', async () => {
    const w = world();
    w.bmc.on = false;
    await w.command('REINSTALL');
    expect(w.bmc.told).toEqual(['10.0.0.1:6230 boot pxe', '10.0.0.1:6230 on']);
  });

  const steps = ({ bmc }: World) => bmc.told.map((line) => line.replace('10.0.0.1:6230 ', ''));
  const refusal = 'Command not supported in present state';

  it.each([
    // command, machine is on, actions that the BMC refuses, result, performed operations
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
  ] as const)('%s (machine on: %s, BMC refuses %j) results in: %s', async (name, on, refuses, end, told) => {
    const w = world();
    Object.assign(w.bmc, { on, refuses });
    const { state, message } = await w.command(name);
    expect(state === 'done' ? state : message).toBe(end);
    expect(steps(w)).toEqual(told);
  });

  it('powers on a machine that powers off during a cycle', async () => {
    const w = world();
    Object.assign(w.bmc, { refuses: ['cycle'], meanwhile: false });
    expect((await w.command('CYCLE')).state).toBe('done');
    expect(steps(w)).toEqual(['on']);
  });

  it('does not retry the reset of a machine that is off', async () => {
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

  it('retries from the first step if the BMC does not respond', async () => {
    const w = world();
    w.bmc.failures = [new BmcError('timeout', 'no answer'), new BmcError('unreachable', 'no answer')];
    expect((await w.command('REINSTALL')).state).toBe('done');
    expect(w.bmc.told).toEqual(['10.0.0.1:6230 boot pxe', '10.0.0.1:6230 cycle']);
  });

  it('gives up after three tries and reports the cause without secrets', async () => {
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

  it('does not retry if the BMC refuses the credentials', async () => {
    const w = world();
    w.bmc.failures = [new BmcError('credentials', 'refused'), new BmcError('credentials', 'refused again')];
    expect(await w.command('OFF')).toMatchObject({ state: 'failed', message: 'refused' });
    expect(w.bmc.failures).toHaveLength(1);
  });

  it('neither starts nor retries a command after its deadline', async () => {
    const w = world();
    const late = await w.command('OFF', { expiresAt: '2026-01-01T00:00:00.000Z' });
    expect(late).toMatchObject({ state: 'expired', message: 'reached the agent after 2026-01-01T00:00:00.000Z' });
    w.bmc.failures = [new BmcError('timeout', 'no answer')];
    const spoiled = await w.command('OFF', { id: 'c2', expiresAt: '2026-01-01T00:00:00.003Z' });
    expect(spoiled).toMatchObject({ state: 'failed', message: 'no answer' });
    expect(w.bmc.told).toEqual([]);
  });

  const FIRMWARE = { kind: 'bmc', url: 'https://s3.example/x?X-Amz-Signature=very-secret' };
  const update = {
    type: 'command',
    cmd: { target: 'm1', cmd: 'UPDATE-FIRMWARE', ipmi: IPMI, firmwareupdate: FIRMWARE },
  };

  it('reports the progress of a firmware update, at once and then at intervals, and its last word at the end', async () => {
    const w = world();
    w.bmc.whileUpdating = async (progress) => {
      for (const text of ['10 %', '20 %', '30 %']) progress(text);
      w.clock.advance(10_000);
      for (const text of ['40 %', '50 %']) progress(text);
      for (let minute = 0; minute < 3; minute++) {
        w.clock.advance(60_000);
        progress('50 %');
      }
      progress('100 %');
    };
    await w.send(update, { expiresAt: '2026-01-01T00:05:00.000Z' });
    expect(await w.next()).toMatchObject({ state: 'done', message: '100 %' });
    expect(w.bmc.told).toEqual(['10.0.0.1 bmc']);
    await eventually('all progress has arrived', () => w.delivered.length >= 6);
    expect(w.delivered).toEqual(['', '10 %', '40 %', '50 %', '50 %', '50 %']);
    expect(w.log.lines.join('\n')).not.toContain('very-secret');
  });

  it('reports a failed firmware update at once, without a second try', async () => {
    const w = world();
    w.bmc.failures = [new BmcError('update', 'the firmware update failed: bad image')];
    await w.send(update);
    expect(await w.next()).toMatchObject({ state: 'failed', message: 'the firmware update failed: bad image' });
  });

  it('does not wait for a firmware update when it stops', async () => {
    const w = world();
    w.bmc.whileUpdating = (_, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new BmcError('update', 'the BMC continues'))),
      );
    await w.send(update);
    await eventually('it runs', () => w.bmc.told.length > 0);
    await w.agent.stop();
    expect(await w.next()).toMatchObject({ state: 'failed', message: 'the BMC continues' });
  });

  it.each([
    [undefined, 'the command has no "cmd.firmwareupdate"'],
    [{ kind: 'nic', url: FIRMWARE.url }, '"cmd.firmwareupdate.kind" is invalid, expected bios or bmc'],
    [
      { kind: 'bmc', url: 'file:///etc/shadow' },
      '"cmd.firmwareupdate.url" is invalid, expected a URL of HTTP or HTTPS',
    ],
    [{ kind: 'bmc' }, '"cmd.firmwareupdate.url" is invalid, expected a URL of HTTP or HTTPS'],
  ])('rejects the firmware %j', async (firmwareupdate, message) => {
    const w = world();
    await w.send({ type: 'command', cmd: { ...update.cmd, firmwareupdate } });
    expect(await w.next()).toMatchObject({ state: 'failed', message });
  });

  it('shuts down gracefully and sets boot devices for one boot where the parameters say so', async () => {
    const w = world();
    const send = async (cmd: string, params: unknown, id: string) => {
      await w.send({ type: 'command', cmd: { target: 'm1', cmd, params, ipmi: IPMI } }, { id });
      return w.next();
    };
    expect((await send('OFF', ['graceful'], 'a')).state).toBe('done');
    w.bmc.on = false;
    expect((await send('OFF', ['graceful'], 'b')).state).toBe('done');
    expect((await send('PXE', ['once'], 'c')).state).toBe('done');
    expect((await send('BIOS', ['continuous'], 'd')).state).toBe('done');
    expect((await send('DISK', 'once', 'e')).state).toBe('done');
    expect(w.bmc.told.map((told) => told.replace('10.0.0.1:6230 ', ''))).toEqual([
      'soft',
      'boot pxe once',
      'boot bios continuous',
      'boot disk',
    ]);
  });

  it('executes a command once, even if its result is lost repeatedly', async () => {
    const w = world();
    w.bus.deaf = 2;
    expect((await w.command('RESET')).state).toBe('done');
    expect(w.bmc.told).toEqual(['10.0.0.1:6230 reset']);
    expect((await w.command('RESET', { attempt: 2 })).state).toBe('done');
    expect(w.bmc.told).toEqual(['10.0.0.1:6230 reset']);
  });

  it('executes the next attempt of a failed command', async () => {
    const w = world();
    w.bmc.failures = [new BmcError('credentials', 'refused')];
    expect((await w.command('RESET')).state).toBe('failed');
    expect(await w.command('RESET', { attempt: 2 })).toMatchObject({ state: 'done', attempt: 2 });
  });

  it.each([
    [{ type: 'command' }, 'the command has no "cmd"'],
    [{ type: 'command', cmd: { cmd: 'ON' } }, 'the command has no "cmd.ipmi"'],
    [{ type: 'create', cmd: { ipmi: IPMI } }, 'unknown command type "create", expected "command" or "delete"'],
    [{ type: 'command', cmd: { cmd: 'DANCE', ipmi: IPMI } }, 'this agent does not support the command "DANCE"'],
    [
      { type: 'command', cmd: { cmd: 'constructor', ipmi: IPMI } },
      'this agent does not support the command "constructor"',
    ],
    [
      { type: 'command', cmd: { cmd: 'ON', ipmi: { ...IPMI, address: '-H evil' } } },
      'BMC address "-H evil" is not valid, expected host:port',
    ],
    [
      { type: 'command', cmd: { cmd: 'ON', ipmi: { ...IPMI, user: '' } } },
      expect.stringMatching(/^the command has no BMC user: .*METAL_API_BMC_SUPERUSER_PWD_FILE$/),
    ],
  ])('reports invalid command %j as failed', async (payload, message) => {
    const w = world();
    await w.send(payload);
    expect(await w.next()).toMatchObject({ state: 'failed', message });
    expect(w.bmc.told).toEqual([]);
  });
});
