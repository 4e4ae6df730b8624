import { Random } from '../../../src/agent/simulator/random.js';
import { eventually } from '../eventually.js';
import { Calls } from './calls.js';
import { Controller, Property } from './controller.js';
import { EventSender } from './event-sender.js';
import type { RollingSite } from './rolling-site.js';
import { expectNothingLost } from './settled.js';

const CONTROLLERS = 6;

/** Calls that must succeed before and after each change, so that it happens under load. */
const WARM_UP = 40;

/** Controllers and machines at work on a site. */
export class Load {
  readonly calls = new Calls();
  private readonly properties = Array.from({ length: CONTROLLERS }, () => new Property());
  private readonly controllers: readonly Controller[];

  constructor(
    private readonly site: RollingSite,
    private readonly machines: readonly string[],
    seed: number,
  ) {
    this.controllers = this.properties.map(
      (property, n) => new Controller(`c${n}`, site, this.calls, property, new Random(seed + n)),
    );
  }

  /** Does `change` under load, then checks at each replica that nothing was lost. Returns what the clients noticed. */
  async during(change: () => Promise<void>): Promise<Calls> {
    const { calls } = this;
    calls.reset();
    let over = false;
    const isOver = (): boolean => over;
    const sender = new EventSender(`127.0.0.1:${this.site.balancer.ports[1]}`, calls, this.machines);
    const workers = [...this.controllers, sender].map((worker) => worker.run(isOver));
    try {
      await this.more();
      await change();
      await this.more();
    } finally {
      over = true;
      await Promise.all(workers);
    }
    for (const { process } of this.site.replicas.filter(({ process }) => process.isRunning)) {
      await expectNothingLost(process.rest('admin'), this.properties, sender);
    }
    return calls;
  }

  /** Resolves when more calls have succeeded. */
  async more(): Promise<void> {
    const before = this.calls.total;
    await eventually('clients work', () => this.calls.total >= before + WARM_UP, 60_000);
  }
}
