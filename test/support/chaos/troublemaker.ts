import type { Random } from '../../../src/agent/simulator/random.js';
import { sleep } from '../../../src/shared/concurrency/timers.js';
import type { ChaoticInstallation } from './installation.js';

/** Kills and freezes one part of an installation after the other, in an order that the seed determines. */
export class Troublemaker {
  readonly done: Record<string, number> = {};

  constructor(
    private readonly installation: ChaoticInstallation,
    private readonly random: Random,
  ) {}

  /**
   * Makes trouble until `end` (milliseconds since the epoch); afterwards everything runs again. From `lastKill` on the
   * replicas are no longer killed, so that their memory can be observed.
   */
  async run(end: number, lastKill = end): Promise<void> {
    while (Date.now() < end) {
      await sleep(this.random.between(300, 2500));
      const troubles = Object.entries(this.troubles).filter(
        ([name]) => name !== 'replica killed' || Date.now() < lastKill,
      );
      const [name, make] = troubles[this.random.between(0, troubles.length - 1)]!;
      await make();
      this.done[name] = (this.done[name] ?? 0) + 1;
    }
  }

  private readonly troubles: Readonly<Record<string, () => Promise<void>>> = {
    'replica killed': async () => {
      const [index, replica] = this.someReplica();
      await replica.kill();
      this.installation.prefer(1 - index);
      await this.pause(100, 2000);
      await replica.up();
    },
    'replica frozen': async () => {
      const [index, { process }] = this.someReplica();
      process.freeze();
      this.installation.prefer(1 - index);
      await this.pause(500, 8000);
      process.resume();
    },
    'broker killed': async () => {
      await this.installation.broker.kill();
      await this.pause(200, 3000);
      await this.installation.broker.up();
    },
    'agent killed': async () => {
      await this.installation.agent.kill();
      await this.pause(200, 3000);
      this.installation.agent.up();
    },
    'database killed': async () => {
      await this.installation.database.kill();
      await this.pause(200, 2000);
      await this.installation.database.up();
    },
    'database frozen': async () => {
      this.installation.database.freeze();
      await this.pause(300, 4000);
      this.installation.database.thaw();
    },
    'partition led to the other replica': async () => {
      this.installation.prefer(this.random.between(0, 1));
    },
  };

  private someReplica() {
    const index = this.random.between(0, 1);
    return [index, this.installation.replicas[index]!] as const;
  }

  private pause(least: number, most: number): Promise<void> {
    return sleep(this.random.between(least, most));
  }
}
