import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bus, DeliveryHandler, CommandMessage } from '../../../platform/bus/bus.js';
import { Conditions } from './conditions.js';
import { SeverableBus, SeverableRestClient } from './severable.js';

const RESULT = {
  id: 'c',
  attempt: 1,
  partition: 'lab',
  machine: 'm',
  state: 'done',
  message: '',
  at: '2026-01-01T00:00:00.000Z',
} as const;
const handler: DeliveryHandler<CommandMessage> = async () => 'done';

describe('SeverableBus', () => {
  let consumers: number;
  let published: unknown[];
  let bus: SeverableBus;

  beforeEach(() => {
    consumers = 0;
    published = [];
    bus = new SeverableBus({
      state: () => ({ connected: true, message: '' }),
      publishResult: async (result: unknown) => void published.push(result),
      consumeCommands: () => {
        consumers += 1;
        return { stop: async () => void (consumers -= 1) };
      },
    } as unknown as Bus);
  });

  it('consumes nothing and reports nothing while it is severed, and goes on afterwards', async () => {
    const subscription = bus.consumeCommands('lab', handler);
    expect(consumers).toBe(1);
    bus.sever();
    await vi.waitFor(() => expect(consumers).toBe(0), { timeout: 30_000 });
    expect(bus.state().connected).toBe(false);
    await expect(bus.publishResult(RESULT)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(published).toEqual([]);
    bus.connect();
    expect(consumers).toBe(1);
    await bus.publishResult(RESULT);
    expect(published).toEqual([RESULT]);
    await subscription.stop();
    expect(consumers).toBe(0);
    bus.connect();
    expect(consumers).toBe(0);
  });

  it('does not consume when it was severed before', () => {
    bus.sever();
    bus.consumeCommands('lab', handler);
    expect(consumers).toBe(0);
    bus.connect();
    expect(consumers).toBe(1);
  });
});

describe('SeverableRestClient', () => {
  it('sends nothing while the partition is cut off', async () => {
    const conditions = new Conditions();
    // Nothing listens there: a call that is sent fails in another way.
    const options = { url: 'http://127.0.0.1:9/', role: 'editor', key: 'k' } as const;
    const client = new SeverableRestClient(options, conditions);
    conditions.begin({ kind: 'partition cut off', at: 0, lasts: 1000, subject: 'lab' });
    for (const call of [client.get('v1/a'), client.put('v1/a', {}), client.post('v1/a'), client.delete('v1/a')])
      await expect(call).rejects.toThrow('the partition is cut off');
  });
});
