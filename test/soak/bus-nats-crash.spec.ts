import { describe, expect, it } from 'vitest';
import { command } from '../contract/bus.suite.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';
import { NatsWorld } from '../support/nats-world.js';

const SUITE = 'the bus over a broker that is killed';

describe.skipIf(!installed(SUITE, 'nats-server'))(SUITE, () => {
  it('loses no accepted command or result during three restarts under load', async () => {
    const world = await NatsWorld.open();
    const api = world.server();
    const agent = world.agent('fra.equ 01');
    const handled = new Map<string, number>();
    const results = new Set<string>();
    agent.consumeCommands('fra.equ 01', async ({ message }) => {
      handled.set(message.id, (handled.get(message.id) ?? 0) + 1);
      const { id, attempt, partition, machine } = message;
      await agent.publishResult({ id, attempt, partition, machine, state: 'done', message: '', at: '' });
      return 'done';
    });
    api.consumeResults(async ({ message }) => (results.add(message.id), 'done'));
    const taken: string[] = [];
    let loading = true;
    let refused = 0;
    const load = async (worker: number): Promise<void> => {
      for (let n = 0; loading; n++) {
        const message = command(`w${worker}-${n}`, { machine: `m${worker}` });
        // Like the journal: repeats the same message until the broker has stored it.
        for (let done = false; !done;) {
          done = await api.publishCommand(message).then(
            () => true,
            () => (refused++, false),
          );
          if (!done) await new Promise((resolve) => setTimeout(resolve, 50));
        }
        taken.push(message.id);
      }
    };
    const workers = Array.from({ length: 8 }, (_, n) => load(n));
    for (let round = 0; round < 3; round++) {
      const before = taken.length;
      await eventually('load is running', () => taken.length > before + 50);
      await world.broker.kill();
      const refusals = refused + workers.length;
      await eventually('commands are refused', () => refused >= refusals);
      await world.broker.up();
    }
    const before = taken.length;
    await eventually('load is running again', () => taken.length > before + 50);
    loading = false;
    await Promise.all(workers);
    await eventually('everything arrives', () => taken.every((id) => handled.has(id) && results.has(id)), 60_000);
    const twice = [...handled.values()].filter((times) => times > 1).length;
    console.log(`broker restarts: ${taken.length} commands taken, all handled, ${twice} of them more than once`);
    expect(taken.filter((id) => !handled.has(id))).toEqual([]);
    expect(taken.filter((id) => !results.has(id))).toEqual([]);
    await world.end();
  });
});
