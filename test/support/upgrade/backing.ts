import { randomBytes } from 'node:crypto';
import type { NatsOptions } from '../../../src/platform/bus/nats/link.js';
import { NatsServer } from '../nats.js';
import { RethinkServer } from '../rethinkdb.js';

/** What the replicas of a site store in and talk over: a database and a broker. */
export abstract class Backing {
  /** The database of the site. */
  protected readonly database = `rolling_${randomBytes(4).toString('hex')}`;

  /** The settings of a replica, counted from 0. */
  abstract settings(replica: number): Record<string, string>;

  /** How the agent of partition `fra-equ01` reaches the broker. */
  abstract get agent(): Pick<NatsOptions, 'url' | 'user' | 'password'>;

  /** Called when the first replica has created tables and streams. */
  async replicate(): Promise<void> {
    // One server has one copy.
  }

  abstract stop(): Promise<void>;
}

/** One RethinkDB and one NATS. */
export class SingleBacking extends Backing {
  private constructor(
    private readonly rethinkdb: RethinkServer,
    private readonly nats: NatsServer,
  ) {
    super();
  }

  static async start(): Promise<SingleBacking> {
    return new SingleBacking(await RethinkServer.start(), await NatsServer.start());
  }

  settings(): Record<string, string> {
    return {
      METAL_API_DB: 'rethinkdb',
      METAL_API_DB_ADDR: `${this.rethinkdb.host}:${this.rethinkdb.port}`,
      METAL_API_DB_NAME: this.database,
      METAL_API_NATS_URL: this.nats.url,
    };
  }

  get agent(): { readonly url: string } {
    return { url: this.nats.url };
  }

  async stop(): Promise<void> {
    await Promise.all([this.nats.stop(), this.rethinkdb.stop()]);
  }
}
