import { afterEach, describe, expect, it } from 'vitest';
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
import { MemoryLog } from '../../shared/log.js';
import { CommandArchive } from './archive.service.js';
import { BmcDirectory } from './command.js';
import type { Command, CommandOrder } from './command.js';
import { CommandService } from './command.service.js';
import { commandLog, commandTable } from './command.table.js';
import { CommandDispatcher } from './dispatcher.service.js';

const IPMI = { address: '10.0.0.1:623', user: 'metal', password: 'very-secret', interface: 'lanplus' };
const config = { bus: { commandTimeout: 300_000 } } as Config;

/** A bus whose broker can go away. */
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
  readonly past = memoryLog(commandLog, this.engine);
  readonly log = new MemoryLog();
  readonly bus = new ShakyBus(this.broker);
  readonly dispatchers: CommandDispatcher[] = [];

  async replica(bus: Bus = this.bus, engine: Engine = this.engine): Promise<Replica> {
    const table = memoryTable(commandTable, engine);
    const directory = new BmcDirectory();
    directory.ipmi.answerWith((machine) => (machine === 'gone' ? undefined : IPMI));
    const service = new CommandService(table, this.past, config, this.clock);
    const dispatcher = new CommandDispatcher(table, this.clock, this.log, bus, directory);
    await dispatcher.start();
    this.dispatchers.push(dispatcher);
    return { table, directory, service, dispatcher, archive: new CommandArchive(table, this.past, this.clock) };
  }

  /** An agent that reports what `answer` says; undefined: nothing. */
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

const order = (more: Partial<CommandOrder> = {}): CommandOrder => ({
  machine: 'm1',
  partition: 'p',
  type: 'command',
  command: 'RESET',
  issuer: 'someone@example.com',
  ...more,
});
const reclaim = (more: Partial<CommandOrder> = {}): CommandOrder =>
  order({ type: 'delete', command: undefined, ...more });
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

  it('writes a command down, sends it with the BMC data, and notes the result; the entry holds no secret', async () => {
    const w = world();
    const replica = await w.replica();
    const got = w.agent(done);
    const { id } = await replica.service.issue(order());
    const entry = await becomes(replica, id, 'done');
    expect(entry).toMatchObject({ attempt: 1, error: '', issuer: 'someone@example.com', command: 'RESET' });
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

  it('refuses a machine without partition and unknown commands, naming them', async () => {
    const { service } = await world().replica();
    await expect(service.issue(order({ partition: '' }))).rejects.toMatchObject({
      kind: 'invalid',
      message: 'machine "m1" belongs to no partition, so no agent can carry out RESET',
    });
    await expect(service.issue(order({ command: 'EXPLODE' as 'ON' }))).rejects.toMatchObject({ kind: 'malformed' });
    await expect(service.issue(order({ command: undefined }))).rejects.toMatchObject({ kind: 'malformed' });
    expect(() => service.list({ state: 'nope' })).toThrow(/"nope" is unknown/);
  });

  it('takes two orders with one id as one', async () => {
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

  it('keeps delete and REINSTALL in order, the second only after the first is over, with several replicas', async () => {
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

  it('keeps commands while the bus is away, sends them when it is back, and says why they wait', async () => {
    const w = world();
    const replica = await w.replica();
    w.agent(done);
    w.bus.away = true;
    const { id } = await replica.service.issue(order());
    await eventually('it says why', () => replica.table.get(id)?.error.includes('bus is not available'));
    w.bus.away = false;
    w.clock.advance(20_000);
    replica.dispatcher.sweep();
    expect(await becomes(replica, id, 'done')).toMatchObject({ error: '' });
  });

  it('lets a power command expire when the bus stays away, but never a reclaim', async () => {
    const w = world();
    const replica = await w.replica();
    w.agent(done);
    w.bus.away = true;
    const off = await replica.service.issue(order({ machine: 'm2', command: 'OFF' }));
    const back = await replica.service.issue(reclaim());
    await eventually('both were tried', () => replica.service.list().every(({ error }) => error !== ''));
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

  it('tells that a command failed, and carries on with the next', async () => {
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

  it('tries a failed reclaim again with the data of then, until it succeeds', async () => {
    const w = world();
    const replica = await w.replica();
    let password = 'wrong';
    replica.directory.ipmi.answerWith(() => ({ ...IPMI, password }));
    w.agent(({ payload }) =>
      JSON.stringify(payload).includes('wrong') ? { state: 'failed', message: 'password refused' } : done(),
    );
    const { id } = await replica.service.issue(reclaim());
    await eventually('first try', () => replica.table.get(id)?.attempt === 2);
    expect(replica.table.get(id)).toMatchObject({ state: 'pending', error: 'password refused' });
    password = 'right';
    w.clock.advance(20_000);
    replica.dispatcher.sweep();
    expect(await becomes(replica, id, 'done')).toMatchObject({ attempt: 2, error: '' });
  });

  it('does not repeat a reclaim for a machine that was allocated since', async () => {
    const w = world();
    const replica = await w.replica();
    const got = w.agent(() => ({ state: 'failed', message: 'no answer' }));
    const { id } = await replica.service.issue(reclaim());
    await eventually('first try', () => replica.table.get(id)?.attempt === 2);
    replica.directory.reclaimWanted.answerWith(() => false);
    w.clock.advance(20_000);
    replica.dispatcher.sweep();
    expect((await becomes(replica, id, 'failed')).error).toMatch(/no longer wanted/);
    expect(got).toHaveLength(1);
  });

  it('does not send a reclaim that had to wait for the bus to a machine that was allocated since', async () => {
    const w = world();
    const replica = await w.replica();
    w.bus.away = true;
    const wanted = await replica.service.issue(reclaim({ machine: 'm2' }));
    const { id } = await replica.service.issue(reclaim());
    await eventually('both were tried', () => replica.service.list().every(({ error }) => error !== ''));
    replica.directory.reclaimWanted.answerWith((machine) => machine === 'm2');
    w.bus.away = false;
    w.clock.advance(3600_000);
    replica.dispatcher.sweep();
    expect((await becomes(replica, id, 'failed')).error).toMatch(/no longer wanted/);
    await becomes(replica, wanted.id, 'published');
    expect(w.bus.sent.map(({ machine }) => machine)).toEqual(['m2']);
  });

  it('believes nobody that a reclaim is unwanted which was ordered just now', async () => {
    const w = world();
    const replica = await w.replica();
    w.agent(done);
    replica.directory.reclaimWanted.answerWith(() => false);
    await becomes(replica, (await replica.service.issue(reclaim())).id, 'done');
  });

  it('says so when machine or BMC are unknown', async () => {
    const w = world();
    const replica = await w.replica();
    w.agent(done);
    const gone = await replica.service.issue(order({ machine: 'gone' }));
    expect((await becomes(replica, gone.id, 'failed')).error).toBe('there is no machine "gone" any more');
    replica.directory.ipmi.answerWith(() => ({ ...IPMI, address: '' }));
    const blind = await replica.service.issue(order());
    expect((await becomes(replica, blind.id, 'failed')).error).toMatch(/address of the BMC/);
    const reclaimed = await replica.service.issue(reclaim({ machine: 'm2' }));
    await eventually('it says why it waits', () =>
      replica.table.get(reclaimed.id)?.error.includes('address of the BMC'),
    );
    expect(replica.table.get(reclaimed.id)?.state).toBe('pending');
  });

  it('sends the address of firmware along, and no message without one', async () => {
    const w = world();
    const replica = await w.replica();
    const got = w.agent(done);
    const update = order({ command: 'UPDATE-FIRMWARE', firmware: { kind: 'bmc', revision: '1' } });
    const nowhere = await replica.service.issue(update);
    expect((await becomes(replica, nowhere.id, 'failed')).error).toBe(
      'the board of machine "m1" is not known, so there is no bmc for it',
    );
    replica.directory.firmwareUrl.answerWith(async () => 'https://files.example.org/x');
    await becomes(replica, (await replica.service.issue(update)).id, 'done');
    const firmwareupdate = { kind: 'bmc', url: 'https://files.example.org/x' };
    expect(got.map(({ payload }) => payload)).toMatchObject([{ cmd: { firmwareupdate } }]);
  });

  it('says so when no agent reports, and still believes a report that comes late', async () => {
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

  it('does not believe the agent of another partition', async () => {
    const w = world();
    const replica = await w.replica();
    const { id } = await replica.service.issue(order());
    await becomes(replica, id, 'published');
    await w.bus.publishResult({ id, attempt: 1, partition: 'q', machine: 'm1', state: 'done', message: '', at: '' });
    await eventually('it is logged', () => w.log.lines.some((line) => line.includes('partition q reported')));
    expect(replica.table.get(id)?.state).toBe('published');
  });

  it('does not believe a report about another machine', async () => {
    const w = world();
    const replica = await w.replica();
    const { id, partition } = await replica.service.issue(order());
    await becomes(replica, id, 'published');
    await w.bus.publishResult({ id, attempt: 1, partition, machine: 'm2', state: 'done', message: '', at: '' });
    await eventually('it is logged', () => w.log.lines.some((line) => line.includes('machine m2 was reported')));
    expect(replica.table.get(id)?.state).toBe('published');
  });

  it('sends again what a process lost with its own bus', async () => {
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

  describe('with a replica that is behind', () => {
    /** A replica that hears of nothing from now on. */
    const behind = async (w: World) => {
      const feed = new HeldFeed(w.engine);
      const replica = await w.replica(undefined, feed.engine);
      return { replica, hold: () => feed.hold(commandTable) };
    };

    /** A reclaim on which nobody reported, and that `replica` sends again; a replica that hears of its first message only. */
    const overdueReclaim = async (w: World, replica: Replica, hold: () => void): Promise<string> => {
      const { id } = await replica.service.issue(reclaim());
      await becomes(replica, id, 'published');
      hold();
      w.clock.advance(12 * 60_000);
      replica.dispatcher.sweep();
      return id;
    };

    it('sends the message of a reclaim that nobody reported on once more, not twice', async () => {
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
      await eventually('it was tried', () => replica.table.get(id)?.error !== '');
      late.hold();
      w.bus.away = false;
      w.clock.advance(299_000);
      replica.dispatcher.sweep();
      await becomes(replica, id, 'published');
      w.clock.advance(2_000);
      late.replica.dispatcher.sweep();
      await late.replica.dispatcher.stop();
      expect(replica.table.get(id)).toMatchObject({ state: 'published', error: '' });
    });

    it('loses no report on a message that it has not heard of', async () => {
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

    it('gives up no command for want of a machine or BMC that the database knows', async () => {
      const w = world();
      const replica = await w.replica();
      w.agent(done);
      let refreshed = 0;
      replica.directory.refresh.answerWith(async () => void refreshed++);
      replica.directory.ipmi.answerWith(() => (refreshed > 0 ? IPMI : undefined));
      await becomes(replica, (await replica.service.issue(order())).id, 'done');
      replica.directory.ipmi.answerWith(() => (refreshed > 1 ? IPMI : { ...IPMI, address: '' }));
      await becomes(replica, (await replica.service.issue(order())).id, 'done');
      await becomes(replica, (await replica.service.issue(order())).id, 'done');
      expect(refreshed).toBe(2);
    });

    it('asks the database before it takes back a machine again', async () => {
      const w = world();
      const replica = await w.replica();
      const got = w.agent(() => ({ state: 'failed', message: 'no answer' }));
      const { id } = await replica.service.issue(reclaim());
      await eventually('first try', () => replica.table.get(id)?.attempt === 2);
      let wanted = true;
      replica.directory.refresh.answerWith(async () => void (wanted = false));
      replica.directory.reclaimWanted.answerWith(() => wanted);
      w.clock.advance(20_000);
      replica.dispatcher.sweep();
      expect((await becomes(replica, id, 'failed')).error).toMatch(/no longer wanted/);
      expect(got).toHaveLength(1);
    });
  });

  it('moves what is over into the history, keeps what is open, and forgets history after 90 days', async () => {
    const w = world();
    const replica = await w.replica();
    w.agent(({ machine }) => (machine === 'm1' ? done() : undefined));
    const over = await replica.service.issue(order());
    const open = await replica.service.issue(reclaim({ machine: 'm2' }));
    await becomes(replica, over.id, 'done');
    await becomes(replica, open.id, 'published');
    w.clock.advance(16 * 60_000);
    await replica.archive.move();
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
