import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bus, CommandMessage, CommandResult, HandlerOutcome } from '../../src/platform/bus/bus.js';
import { eventually } from '../support/eventually.js';

/** What the suite requires of an adapter: simulates any number of processes on one broker. */
export interface BusWorld {
  server(): Bus;
  agent(partition: string): Bus;
  end(): Promise<void>;
}

export const command = (id: string, more: Partial<CommandMessage> = {}): CommandMessage => ({
  id,
  attempt: 1,
  partition: 'fra.equ 01',
  machine: 'm1',
  payload: { type: 'command', cmd: { target: 'm1', cmd: 'ON' } },
  ...more,
});

export const result = (id: string, more: Partial<CommandResult> = {}): CommandResult => ({
  id,
  attempt: 1,
  partition: 'fra.equ 01',
  machine: 'm1',
  state: 'done',
  message: '',
  at: '2026-01-01T00:00:00.000Z',
  ...more,
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const P = 'fra.equ 01';

/** The contract of the bus (docs/concepts/design.md#bus); the same for every adapter. */
export function busContract(name: string, open: () => Promise<BusWorld>): void {
  describe(`bus: ${name}`, () => {
    let world: BusWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(async () => {
      await world.end();
    });

    /** Collects the IDs of the commands that an agent receives. */
    const collect = (
      bus: Bus,
      partition: string,
      outcome: (id: string, deliveries: number) => HandlerOutcome = () => 'done',
    ) => {
      const got: string[] = [];
      const subscription = bus.consumeCommands(partition, async ({ message, deliveries }) => {
        got.push(message.id);
        return outcome(message.id, deliveries);
      });
      return { got, subscription };
    };

    const publish = (bus: Bus, message: CommandMessage): Promise<void> =>
      eventually('the bus accepts a message', async () => {
        try {
          await bus.publishCommand(message);
          return true;
        } catch {
          return false;
        }
      }).then(() => undefined);

    it('delivers a complete command to the agent of its partition only', async () => {
      const api = world.server();
      const sent = command('c1', { machine: 'odd id/ä.*>', attempt: 3, expiresAt: '2030-01-01T00:00:00.000Z' });
      const others = collect(world.agent('p2'), 'p2');
      const got: CommandMessage[] = [];
      world.agent(P).consumeCommands(P, async ({ message, deliveries }) => {
        expect(deliveries).toBe(1);
        got.push(message);
        return 'done';
      });
      await publish(api, sent);
      await publish(api, command('c2', { partition: 'p2' }));
      await eventually('both arrive', () => got.length === 1 && others.got.length === 1);
      expect(got).toEqual([sent]);
      expect(others.got).toEqual(['c2']);
    });

    it('keeps commands until an agent starts', async () => {
      await publish(world.server(), command('c1'));
      const { got } = collect(world.agent(P), P);
      await eventually('it arrives', () => got.length === 1);
    });

    it('suppresses duplicates by id and attempt', async () => {
      const api = world.server();
      const { got } = collect(world.agent(P), P);
      for (let i = 0; i < 5; i++) await publish(api, command('c1'));
      await publish(api, command('c1', { attempt: 2 }));
      await publish(api, command('last'));
      await eventually('the last one arrives', () => got.includes('last'));
      expect(got).toEqual(['c1', 'c1', 'last']);
    });

    it('handles commands of one machine in order, and those of different machines concurrently', async () => {
      const api = world.server();
      const order = new Map<string, number[]>();
      const busy = new Set<string>();
      let atOnce = 0;
      world.agent(P).consumeCommands(P, async ({ message }) => {
        expect(busy.has(message.machine)).toBe(false);
        busy.add(message.machine);
        atOnce = Math.max(atOnce, busy.size);
        await pause(Math.random() * 20);
        const [, n] = message.id.split('-');
        order.set(message.machine, [...(order.get(message.machine) ?? []), Number(n)]);
        busy.delete(message.machine);
        return 'done';
      });
      for (let n = 0; n < 10; n++) {
        await Promise.all([...'abcdefgh'].map((machine) => publish(api, command(`${machine}-${n}`, { machine }))));
      }
      await eventually('all arrive', () => [...order.values()].flat().length === 80);
      for (const list of order.values()) expect(list).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(atOnce).toBeGreaterThan(1);
    });

    it('limits the number of concurrent handlers', async () => {
      const api = world.server();
      let running = 0;
      let most = 0;
      let done = 0;
      const handler = async (): Promise<HandlerOutcome> => {
        most = Math.max(most, ++running);
        await pause(5);
        running--;
        done++;
        return 'done';
      };
      world.agent(P).consumeCommands(P, handler, { concurrency: 3 });
      for (let n = 0; n < 20; n++) await publish(api, command(`c${n}`, { machine: `m${n}` }));
      await eventually('all arrive', () => done === 20);
      expect(most).toBeLessThanOrEqual(3);
    });

    it('redelivers returned messages after the delay, and messages whose handler threw', async () => {
      const api = world.server();
      const times: number[] = [];
      const counts: number[] = [];
      let next = false;
      world.agent(P).consumeCommands(P, async ({ message, deliveries }) => {
        if (message.id !== 'c1') return ((next = true), 'done');
        times.push(Date.now());
        counts.push(deliveries);
        if (deliveries === 1) return { retryAfter: 300 };
        if (deliveries === 2) throw new Error('handler breaks');
        return 'done';
      });
      await publish(api, command('c1'));
      await eventually('the third delivery', () => counts.length === 3);
      expect(counts).toEqual([1, 2, 3]);
      expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(250);
      await publish(api, command('c2'));
      await eventually('the next command', () => next);
      expect(counts).toHaveLength(3);
    });

    it('redelivers the messages of a failed consumer to another one', async () => {
      const api = world.server();
      const first = world.agent(P);
      let begun = false;
      first.consumeCommands(P, () => {
        begun = true;
        return new Promise<HandlerOutcome>(() => undefined);
      });
      await publish(api, command('c1'));
      await eventually('the first agent begins', () => begun);
      await first.close();
      const { got } = collect(world.agent(P), P);
      await eventually('the second agent gets it', () => got.length === 1);
      await publish(api, command('c2'));
      await eventually('it gets the next one', () => got.includes('c2'));
      expect(got).toEqual(['c1', 'c2']);
    });

    it('shares the commands of a partition among its agents', async () => {
      const api = world.server();
      const one = collect(world.agent(P), P);
      const two = collect(world.agent(P), P);
      for (let n = 0; n < 30; n++) await publish(api, command(`c${n}`, { machine: `m${n}` }));
      const all = (): string[] => [...one.got, ...two.got];
      await eventually('all arrive', () => all().length >= 30);
      await publish(api, command('last', { machine: 'm0' }));
      await eventually('the last one arrives', () => all().includes('last'));
      expect(all().sort()).toEqual([...Array.from({ length: 30 }, (_, n) => `c${n}`), 'last'].sort());
    });

    it('stops gracefully: waits for the running handler, accepts no more messages, loses nothing', async () => {
      const api = world.server();
      let finished = false;
      let finish = (): void => undefined;
      const agent = world.agent(P);
      let begun = false;
      const subscription = agent.consumeCommands(P, async () => {
        begun = true;
        await new Promise<void>((resolve) => (finish = resolve));
        finished = true;
        return 'done';
      });
      await publish(api, command('c1'));
      await eventually('it begins', () => begun);
      const stopped = subscription.stop().then(() => finished);
      finish();
      expect(await stopped).toBe(true);
      await publish(api, command('c2'));
      await publish(api, command('c3'));
      const { got } = collect(world.agent(P), P);
      await eventually('the rest arrives', () => got.includes('c3'));
      expect(got).toEqual(['c2', 'c3']);
    });

    it('delivers results to one of the replicas, repeatedly until handled', async () => {
      const [one, two] = [world.server(), world.server()];
      const got: CommandResult[] = [];
      const take = (bus: Bus) =>
        bus.consumeResults(async ({ message, deliveries }) => {
          got.push(message);
          return deliveries === 1 && message.id === 'r3' ? { retryAfter: 50 } : 'done';
        });
      take(one);
      take(two);
      const agent = world.agent(P);
      const sent = Array.from({ length: 5 }, (_, n) =>
        result(`r${n}`, { state: n === 4 ? 'failed' : 'done', message: `n${n}` }),
      );
      for (const each of sent) {
        await eventually('the bus accepts a result', () =>
          agent.publishResult(each).then(
            () => true,
            () => false,
          ),
        );
      }
      await eventually('all arrive', () => got.length === 6);
      const byId = [...new Map(got.map((each) => [each.id, each])).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
      expect(byId).toEqual(sent);
    });
  });
}
