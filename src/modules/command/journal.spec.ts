import { afterEach, describe, expect, it } from 'vitest';
import { Scheduler } from '../../shared/concurrency/scheduler.js';
import { eventually } from '../../../test/support/eventually.js';
import { HeldFeed } from '../../../test/support/held-feed.js';
import { memoryLog, memoryTable } from '../../../test/support/store.js';
import type { Config } from '../../config/config.js';
import type { Bus, CommandMessage, CommandResult } from '../../platform/bus/bus.js';
import { InProcessBroker, InProcessBus } from '../../platform/bus/in-process/in-process-bus.js';
import type { Engine } from '../../platform/store/engine.js';
import { MemoryEngine } from '../../platform/store/memory/memory-engine.js';
import { ManualClock, timestamp } from '../../shared/clock.js';
import { DomainError } from '../../shared/errors/domain-error.js';
import { MemoryLogger } from '../../shared/app-logger.js';
import { CommandArchive } from './archive.service.js';
import { CommandSender } from './command-sender.js';
import { BmcDirectory } from './command.js';
import type { Command, CommandRequest } from './command.js';
import { CommandService } from './command.service.js';
import { commandLog, commandTable } from './command.table.js';
import { CommandDispatcher } from './dispatcher.service.js';

const IPMI = { address: '10.0.0.1:623', user: 'metal', password: 'very-secret', interface: 'lanplus' };
const config = { bus: { commandTimeout: 300_000 } } as Config;

/** A bus whose broker can be unavailable. */
class ShakyBus extends InProcessBus {
  away = false;
  sent: CommandMessage[] = [];

  override async publishCommand(message: CommandMessage): Promise<void> {
    if (this.away) throw new DomainError('unavailable', 'the bus is not available: gone');
    this.sent.push(message);
    await super.publishCommand(message);
  }
}

/** Everything that replicas share. */
class World {
  readonly engine = new MemoryEngine();
  readonly broker = new InProcessBroker();
  readonly clock = new ManualClock();
  readonly archive = memoryLog(commandLog, this.engine);
  readonly log = new MemoryLogger();
  readonly scheduler = new Scheduler((job, error) => this.log.warn(`job ${job} failed: ${String(error)}`));
  readonly bus = new ShakyBus(this.broker);
  readonly dispatchers: CommandDispatcher[] = [];

  async replica(bus: Bus = this.bus, engine: Engine = this.engine): Promise<Replica> {
    const table = memoryTable(commandTable, engine);
    const directory = new BmcDirectory();
    directory.refresh.provide(async () => undefined);
    directory.isReclaimStillNeeded.provide(() => true);
    directory.firmwareUrl.provide(async () => undefined);
    directory.ipmi.provide((machine) => (machine === 'gone' ? undefined : IPMI));
    const sender = new CommandSender();
    const service = new CommandService(table, this.archive, config, this.clock, sender);
    const dispatcher = new CommandDispatcher(table, this.clock, this.log, bus, directory, this.scheduler, sender);
    await dispatcher.start();
    this.dispatchers.push(dispatcher);
    return { table, directory, service, dispatcher, archive: new CommandArchive(table, this.archive, this.clock) };
  }

  /** An agent that reports the results of `answer`; undefined for no report. */
  agent(answer: (message: CommandMessage) => Pick<CommandResult, 'state' | 'message'> | undefined): CommandMessage[] {
    const got: CommandMessage[] = [];
    this.bus.consumeCommands('p', async ({ message }) => {
      got.push(message);
      const said = answer(message);
      const { id, attempt, partition, machine } = message;
      if (said) await this.bus.publishResult({ id, attempt, partition, machine, ...said, at: '' });
      return 'done';
    });
    return got;
  }
}

interface Replica {
  readonly table: ReturnType<typeof memoryTable<Command, 'machine' | 'open'>>;
  readonly directory: BmcDirectory;
  readonly service: CommandService;
  readonly dispatcher: CommandDispatcher;
  readonly archive: CommandArchive;
}

const order = (more: Partial<CommandRequest> = {}): CommandRequest => ({
  machine: 'm1',
  partition: 'p',
  kind: 'command',
  command: 'RESET',
  issuer: 'someone@example.com',
  ...more,
});
const reclaim = (more: Partial<CommandRequest> = {}): CommandRequest =>
  order({ kind: 'reclaim', command: undefined, ...more });
const done = (): { state: 'done'; message: string } => ({ state: 'done', message: '' });

describe('journal of commands', () => {
  const worlds: World[] = [];
  const world = (): World => {
    const created = new World();
    worlds.push(created);
    return created;
  };
  afterEach(async () => {
    for (const { dispatchers } of worlds.splice(0)) await Promise.all(dispatchers.map((each) => each.stop()));
  });
  const becomes = (replica: Replica, id: string, state: Command['state']) =>
    eventually(`${id} is ${state}`, () => replica.table.get(id)?.state === state && replica.table.get(id));

  it('stores a command, sends it with the BMC data, and records the result; the entry contains no secret', async () => {
    const w = world();
    const replica = await w.replica();
    const got = w.agent(done);
    const { id } = await replica.service.issue(order());
    const entry = await becomes(replica, id, 'done');
    expect(entry).toMatchObject({ attempt: 1, error: undefined, issuer: 'someone@example.com', command: 'RESET' });
    expect(got).toEqual([
      {
        id,
        attempt: 1,
        machine: 'm1',
        partition: 'p',
        expiresAt: '2026-01-01T00:05:00.000Z',
        payload: { type: 'command', cmd: { target: 'm1', cmd: 'RESET', ipmi: IPMI } },
      },
    ]);
    expect(JSON.stringify(entry)).not.toContain('very-secret');
  });

  it('rejects a machine without a partition and unknown commands, naming them', async () => {
    const { service } = await world().replica();
    await expect(service.issue(order({ partition: '' }))).rejects.toMatchObject({
      kind: 'invalid',
      message: 'machine "m1" does not belong to a partition, so no agent can execute RESET',
    });
    await expect(service.issue(order({ command: 'EXPLODE' as 'ON' }))).rejects.toMatchObject({ kind: 'malformed' });
    await expect(service.issue(order({ command: undefined }))).rejects.toMatchObject({ kind: 'malformed' });
    expect(() => service.list({ state: 'nope' })).toThrow(/"nope" is unknown/);
  });

  it('stores a command that can be sent at once as assigned to its sender, and a later one when its turn comes', async () => {
    const w = world();
    const { service, table } = await w.replica();
    const first = await service.issue(order());
    const second = await service.issue(order({ command: 'ON' }));
    await eventually('the first is published', () => table.get(first.id)?.state === 'published');
    // Stored, and published; no write in between.
    const { revision, claim } = table.get(first.id)!;
    expect([first.claim !== undefined, revision, claim]).toEqual([true, 2, undefined]);
    expect([second.claim, second.after]).toEqual([undefined, first.id]);
  });

  it('sends a command of a replica that died before it sent it, after its claim has ended', async () => {
    const w = world();
    const dead = new CommandSender();
    dead.replica = 'dead';
    const table = memoryTable(commandTable, w.engine);
    const { id } = await new CommandService(table, w.archive, config, w.clock, dead).issue(order());
    const replica = await w.replica();
    w.clock.advance(9_000);
    replica.dispatcher.sweep();
    await replica.service.issue(order({ machine: 'm2' }));
    await eventually('others are sent', () => w.bus.sent.length === 1);
    expect(replica.table.get(id)).toMatchObject({ state: 'pending' });
    w.clock.advance(2_000);
    replica.dispatcher.sweep();
    await becomes(replica, id, 'published');
  });

  it('executes commands that are issued together in their order, and stores each that can be', async () => {
    const w = world();
    const { service, table } = await w.replica();
    const got = w.agent(done);
    const outcomes = await service.issueTogether([order({ id: 'one', command: 'LED-OFF' }), reclaim({ id: 'two' })]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    await eventually('both are done', () => got.length === 2 && table.get('two')?.state === 'done');
    expect(got.map(({ id }) => id)).toEqual(['one', 'two']);
    const requests = [order({ id: 'three' }), order({ id: 'four', command: 'EXPLODE' as 'ON' })];
    await expect(service.issueTogether(requests)).rejects.toMatchObject({ kind: 'malformed' });
    expect(table.get('three')).toBeUndefined();
    expect(await service.issueTogether([])).toEqual([]);
  });

  it('treats two requests with one ID as one', async () => {
    const w = world();
    const replica = await w.replica();
    const got = w.agent(done);
    const [one, two] = await Promise.all([
      replica.service.issue(reclaim({ id: 'release-1' })),
      replica.service.issue(reclaim({ id: 'release-1' })),
    ]);
    expect(two.id).toBe(one.id);
    await becomes(replica, 'release-1', 'done');
    await replica.service.issue(reclaim({ id: 'release-1' }));
    expect(got).toHaveLength(1);
  });

  it('keeps delete and REINSTALL in order, with several replicas, starting the second only after the first is final', async () => {
    const w = world();
    const [one] = await Promise.all([w.replica(), w.replica(), w.replica()]);
    const machines = Array.from({ length: 20 }, (_, n) => `m${n}`);
    const seen = new Map<string, string[]>();
    w.agent(({ machine, payload }) => {
      seen.set(machine, [...(seen.get(machine) ?? []), String(payload['type'])]);
      return done();
    });
    await Promise.all(
      machines.map(async (machine) => {
        await one.service.issue(reclaim({ machine }));
        await one.service.issue(order({ machine, command: 'REINSTALL' }));
      }),
    );
    await eventually('all done', () => one.service.list({ state: 'done' }).length === 40);
    for (const machine of machines) expect(seen.get(machine)).toEqual(['delete', 'command']);
    expect(w.bus.sent).toHaveLength(40);
  });

  it('keeps commands while the bus is unavailable, sends them when it is back, and records why they wait', async () => {
    const w = world();
    const replica = await w.replica();
    w.agent(done);
    w.bus.away = true;
    const { id } = await replica.service.issue(order());
    await eventually('it says why', () => replica.table.get(id)?.error?.includes('bus is not available'));
    w.bus.away = false;
    w.clock.advance(20_000);
    replica.dispatcher.sweep();
    expect(await becomes(replica, id, 'done')).toMatchObject({ error: undefined });
  });

  it('expires a power command if the bus stays unavailable, but never a reclaim', async () => {
    const w = world();
    const replica = await w.replica();
    w.agent(done);
    w.bus.away = true;
    const off = await replica.service.issue(order({ machine: 'm2', command: 'OFF' }));
    const back = await replica.service.issue(reclaim());
    await eventually('both were tried', () => replica.service.list().every(({ error }) => error !== undefined));
    w.clock.advance(3600_000);
    replica.dispatcher.sweep();
    expect((await becomes(replica, off.id, 'expired')).error).toMatch(
      /not sent before its deadline .*bus is not available/,
    );
    w.bus.away = false;
    w.clock.advance(3600_000);
    replica.dispatcher.sweep();
    await becomes(replica, back.id, 'done');
    expect(w.bus.sent.map(({ machine }) => machine)).toEqual(['m1']);
  });

  it('reports a failed command, and continues with the next one', async () => {
    const w = world();
    const replica = await w.replica();
    w.agent(({ payload }) =>
      JSON.stringify(payload).includes('OFF') ? { state: 'failed', message: 'the BMC refuses the password' } : done(),
    );
    const off = await replica.service.issue(order({ command: 'OFF' }));
    const on = await replica.service.issue(order({ command: 'ON' }));
    expect((await becomes(replica, off.id, 'failed')).error).toBe('the BMC refuses the password');
    await becomes(replica, on.id, 'done');
    expect(w.log.lines.join()).toContain('OFF of machine m1: the BMC refuses the password');
  });

  it('retries a failed reclaim with current BMC data until it succeeds', async () => {
    const w = world();
    const replica = await w.replica();
    let password = 'wrong';
    replica.directory.ipmi.provide(() => ({ ...IPMI, password }));
    w.agent(({ payload }) =>
      JSON.stringify(payload).includes('wrong') ? { state: 'failed', message: 'password refused' } : done(),
    );
    const { id } = await replica.service.issue(reclaim());
    await eventually('first try', () => replica.table.get(id)?.attempt === 2);
    expect(replica.table.get(id)).toMatchObject({ state: 'pending', error: 'password refused' });
    password = 'right';
    w.clock.advance(20_000);
    replica.dispatcher.sweep();
    expect(await becomes(replica, id, 'done')).toMatchObject({ attempt: 2, error: undefined });
  });

  it('does not repeat a reclaim for a machine that has been allocated since', async () => {
    const w = world();
    const replica = await w.replica();
    const got = w.agent(() => ({ state: 'failed', message: 'no answer' }));
    const { id } = await replica.service.issue(reclaim());
    await eventually('first try', () => replica.table.get(id)?.attempt === 2);
    replica.directory.isReclaimStillNeeded.provide(() => false);
    w.clock.advance(20_000);
    replica.dispatcher.sweep();
    expect((await becomes(replica, id, 'failed')).error).toMatch(/no longer needed/);
    expect(got).toHaveLength(1);
  });

  it('does not send a reclaim delayed by the bus to a machine that has been allocated since', async () => {
    const w = world();
    const replica = await w.replica();
    w.bus.away = true;
    const wanted = await replica.service.issue(reclaim({ machine: 'm2' }));
    const { id } = await replica.service.issue(reclaim());
    await eventually('both were tried', () => replica.service.list().every(({ error }) => error !== undefined));
    replica.directory.isReclaimStillNeeded.provide((machine) => machine === 'm2');
    w.bus.away = false;
    w.clock.advance(3600_000);
    replica.dispatcher.sweep();
    expect((await becomes(replica, id, 'failed')).error).toMatch(/no longer needed/);
    await becomes(replica, wanted.id, 'published');
    expect(w.bus.sent.map(({ machine }) => machine)).toEqual(['m2']);
  });

  it('always sends a reclaim that has just been issued', async () => {
    const w = world();
    const replica = await w.replica();
    w.agent(done);
    replica.directory.isReclaimStillNeeded.provide(() => false);
    await becomes(replica, (await replica.service.issue(reclaim())).id, 'done');
  });

  it('reports an unknown machine or BMC', async () => {
    const w = world();
    const replica = await w.replica();
    w.agent(done);
    const gone = await replica.service.issue(order({ machine: 'gone' }));
    expect((await becomes(replica, gone.id, 'failed')).error).toBe('machine "gone" no longer exists');
    replica.directory.ipmi.provide(() => ({ ...IPMI, address: '' }));
    const blind = await replica.service.issue(order());
    expect((await becomes(replica, blind.id, 'failed')).error).toMatch(/BMC address of machine/);
    const reclaimed = await replica.service.issue(reclaim({ machine: 'm2' }));
    await eventually('it says why it waits', () =>
      replica.table.get(reclaimed.id)?.error?.includes('BMC address of machine'),
    );
    expect(replica.table.get(reclaimed.id)?.state).toBe('pending');
  });

  it('sends the firmware URL along, and no message without one', async () => {
    const w = world();
    const replica = await w.replica();
    const got = w.agent(done);
    const update = order({ command: 'UPDATE-FIRMWARE', firmware: { kind: 'bmc', revision: '1' } });
    const nowhere = await replica.service.issue(update);
    expect((await becomes(replica, nowhere.id, 'failed')).error).toBe(
      'the board of machine "m1" is unknown, so there is no bmc firmware for it',
    );
    replica.directory.firmwareUrl.provide(async () => 'https://files.example.org/x');
    await becomes(replica, (await replica.service.issue(update)).id, 'done');
    const firmwareupdate = { kind: 'bmc', url: 'https://files.example.org/x' };
    expect(got.map(({ payload }) => payload)).toMatchObject([{ cmd: { firmwareupdate } }]);
  });

  it('expires a command on which no agent reports, and still accepts a late report', async () => {
    const w = world();
    const replica = await w.replica();
    const { id } = await replica.service.issue(order());
    await becomes(replica, id, 'published');
    w.clock.advance(361_000);
    replica.dispatcher.sweep();
    expect((await becomes(replica, id, 'expired')).error).toMatch(/no agent reported .* unknown/);
    await w.bus.publishResult({ id, attempt: 1, partition: 'p', machine: 'm1', state: 'done', message: '', at: '' });
    await becomes(replica, id, 'done');
  });

  it('rejects a report from the agent of another partition', async () => {
    const w = world();
    const replica = await w.replica();
    const { id } = await replica.service.issue(order());
    await becomes(replica, id, 'published');
    await w.bus.publishResult({ id, attempt: 1, partition: 'q', machine: 'm1', state: 'done', message: '', at: '' });
    await eventually('it is logged', () => w.log.lines.some((line) => line.includes('partition q reported')));
    expect(replica.table.get(id)?.state).toBe('published');
  });

  it('rejects a report about another machine', async () => {
    const w = world();
    const replica = await w.replica();
    const { id, partition } = await replica.service.issue(order());
    await becomes(replica, id, 'published');
    await w.bus.publishResult({ id, attempt: 1, partition, machine: 'm2', state: 'done', message: '', at: '' });
    await eventually('it is logged', () => w.log.lines.some((line) => line.includes('machine m2 was reported')));
    expect(replica.table.get(id)?.state).toBe('published');
  });

  it("resends messages that were lost with the previous process's own bus", async () => {
    const w = world();
    const before = await w.replica();
    const { id } = await before.service.issue(order());
    await becomes(before, id, 'published');
    await before.dispatcher.stop();
    const fresh = new ShakyBus(new InProcessBroker());
    const after = await w.replica(fresh);
    await eventually('it is sent', () => fresh.sent.length === 1);
    expect(fresh.sent[0]).toMatchObject({ id, attempt: 2 });
    expect(after.table.get(id)?.error).toMatch(/restarted/);
  });

  describe('with a lagging replica', () => {
    /** A replica that receives no changes from now on. */
    const behind = async (w: World) => {
      const feed = new HeldFeed(w.engine);
      const replica = await w.replica(undefined, feed.engine);
      return { replica, hold: () => feed.hold(commandTable) };
    };

    /** A reclaim without a report, which `replica` resends, and a replica that only sees its first message. */
    const overdueReclaim = async (w: World, replica: Replica, hold: () => void): Promise<string> => {
      const { id } = await replica.service.issue(reclaim());
      await becomes(replica, id, 'published');
      hold();
      w.clock.advance(12 * 60_000);
      replica.dispatcher.sweep();
      return id;
    };

    it('resends a reclaim without a report once, not twice', async () => {
      const w = world();
      const replica = await w.replica();
      const late = await behind(w);
      const id = await overdueReclaim(w, replica, late.hold);
      await eventually('sent again', () => {
        const entry = replica.table.get(id);
        return entry?.attempt === 2 && entry.state === 'published';
      });
      late.replica.dispatcher.sweep();
      await late.replica.dispatcher.stop();
      expect(replica.table.get(id)).toMatchObject({ attempt: 2, state: 'published' });
      expect(w.bus.sent.map(({ attempt }) => attempt)).toEqual([1, 2]);
    });

    it('does not expire a command that was sent in time', async () => {
      const w = world();
      const replica = await w.replica();
      const late = await behind(w);
      w.bus.away = true;
      const { id } = await replica.service.issue(order());
      await eventually('it was tried', () => replica.table.get(id)?.error !== undefined);
      late.hold();
      w.bus.away = false;
      w.clock.advance(299_000);
      replica.dispatcher.sweep();
      await becomes(replica, id, 'published');
      w.clock.advance(2_000);
      late.replica.dispatcher.sweep();
      await late.replica.dispatcher.stop();
      expect(replica.table.get(id)).toMatchObject({ state: 'published', error: undefined });
    });

    it('accepts a report on a message that it does not know yet', async () => {
      const w = world();
      const replica = await w.replica();
      const late = await behind(w);
      const id = await overdueReclaim(w, replica, late.hold);
      await eventually('sent again', () => w.bus.sent.length === 2);
      await eventually('noted', () => replica.table.get(id)?.state === 'published');
      await replica.dispatcher.stop();
      const result = { id, attempt: 2, partition: 'p', machine: 'm1', at: '' };
      await w.bus.publishResult({ ...result, state: 'failed', message: 'refused' });
      await eventually('it counts', () => replica.table.get(id)?.attempt === 3);
      expect(replica.table.get(id)).toMatchObject({ state: 'pending', error: 'refused' });
    });

    it('does not fail a command because of a machine or BMC that only the database has', async () => {
      const w = world();
      const replica = await w.replica();
      w.agent(done);
      let refreshed = 0;
      replica.directory.refresh.provide(async () => void refreshed++);
      replica.directory.ipmi.provide(() => (refreshed > 0 ? IPMI : undefined));
      await becomes(replica, (await replica.service.issue(order())).id, 'done');
      replica.directory.ipmi.provide(() => (refreshed > 1 ? IPMI : { ...IPMI, address: '' }));
      await becomes(replica, (await replica.service.issue(order())).id, 'done');
      await becomes(replica, (await replica.service.issue(order())).id, 'done');
      expect(refreshed).toBe(2);
    });

    it('re-reads the database before repeating a reclaim', async () => {
      const w = world();
      const replica = await w.replica();
      const got = w.agent(() => ({ state: 'failed', message: 'no answer' }));
      const { id } = await replica.service.issue(reclaim());
      await eventually('first try', () => replica.table.get(id)?.attempt === 2);
      let wanted = true;
      replica.directory.refresh.provide(async () => void (wanted = false));
      replica.directory.isReclaimStillNeeded.provide(() => wanted);
      w.clock.advance(20_000);
      replica.dispatcher.sweep();
      expect((await becomes(replica, id, 'failed')).error).toMatch(/no longer needed/);
      expect(got).toHaveLength(1);
    });
  });

  it('moves final commands into the history, keeps open ones, and prunes the history after 90 days', async () => {
    const w = world();
    const replica = await w.replica();
    w.agent(({ machine }) => (machine === 'm1' ? done() : undefined));
    const over = await replica.service.issue(order());
    const open = await replica.service.issue(reclaim({ machine: 'm2' }));
    await becomes(replica, over.id, 'done');
    await becomes(replica, open.id, 'published');
    w.clock.advance(16 * 60_000);
    await replica.archive.archiveFinal();
    expect(replica.service.list().map(({ id }) => id)).toEqual([open.id]);
    expect(await replica.service.history({ machine: 'm1', state: 'done' })).toMatchObject([{ id: over.id }]);
    expect(await replica.service.history({ machine: 'm2' })).toEqual([]);
    w.clock.advance(91 * 24 * 3600_000);
    expect(await replica.archive.prune()).toBe(1);
    expect(await replica.service.history()).toEqual([]);
  });

  it('lists newest first, by machine, partition and state', async () => {
    const w = world();
    const { service, table } = await w.replica();
    const a = await service.issue(order({ machine: 'm1' }));
    w.clock.advance(1000);
    const b = await service.issue(order({ machine: 'm2', partition: 'q' }));
    expect(service.list().map(({ id }) => id)).toEqual([b.id, a.id]);
    expect(service.list({ machine: 'm1' }).map(({ id }) => id)).toEqual([a.id]);
    expect(service.list({ partition: 'q' }).map(({ id }) => id)).toEqual([b.id]);
    expect(service.list({ state: 'done' })).toEqual([]);
    expect(table.get(a.id)!.created).toBe(timestamp(w.clock.now() - 1000));
    expect(() => service.get('nope')).toThrow(/no command with id "nope"/);
  });
});
