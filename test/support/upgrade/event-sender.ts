import { sleep } from '../../../src/shared/concurrency/timers.js';
import { grpcCall } from '../grpc-call.js';
import type { Calls } from './calls.js';

/** Sends events of machines by gRPC, one after the other, as services of a partition do. */
export class EventSender {
  /** Time of the last acknowledged event of each machine, in milliseconds since the epoch. */
  readonly acknowledged = new Map<string, number>();

  constructor(
    private readonly address: string,
    private readonly calls: Calls,
    private readonly machines: readonly string[],
  ) {}

  async run(isOver: () => boolean): Promise<void> {
    for (let turn = 0; !isOver(); turn++) {
      const machine = this.machines[turn % this.machines.length]!;
      const now = Date.now();
      const time = { seconds: Math.floor(now / 1000), nanos: (now % 1000) * 1_000_000 };
      const events = { [machine]: { time, event: 'Alive', message: 'still here' } };
      try {
        await this.calls.persist('event', () => grpcCall(this.address, 'api.v1.EventService/Send', { events }));
        this.acknowledged.set(machine, now);
      } catch (error) {
        this.calls.violations.push(`event: ${(error as Error).message}`);
      }
      await sleep(20);
    }
  }
}
