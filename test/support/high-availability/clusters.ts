import { Backing } from '../upgrade/backing.js';
import { NatsCluster } from './nats-cluster.js';
import type { RankedNode } from './node.js';
import { RethinkCluster } from './rethink-cluster.js';

/** A RethinkDB and a NATS of three servers each. */
export class Clusters extends Backing {
  private constructor(
    private readonly rethinkdb: RethinkCluster,
    private readonly nats: NatsCluster,
  ) {
    super();
  }

  static async start(): Promise<Clusters> {
    return new Clusters(await RethinkCluster.start(), await NatsCluster.start());
  }

  settings(replica: number): Record<string, string> {
    return {
      METAL_API_DB: 'rethinkdb',
      METAL_API_DB_ADDR: this.rethinkdb.proxy(replica),
      METAL_API_DB_NAME: this.database,
      METAL_API_NATS_URL: this.nats.url,
      METAL_API_NATS_USER: this.nats.api.user,
      METAL_API_NATS_PASSWORD: this.nats.api.password,
    };
  }

  get agent(): { readonly url: string; readonly user: string; readonly password: string } {
    return { url: this.nats.url, ...this.nats.agent };
  }

  override async replicate(): Promise<void> {
    await Promise.all([this.rethinkdb.replicate(this.database), this.nats.replicate()]);
  }

  /** The servers of the database; those that are the primary of most tables first. */
  databases(): Promise<RankedNode[]> {
    return this.rethinkdb.nodes(this.database);
  }

  /** The brokers; the leader of the commands first. */
  brokers(): Promise<RankedNode[]> {
    return this.nats.nodes();
  }

  async stop(): Promise<void> {
    await Promise.all([this.nats.stop(), this.rethinkdb.stop()]);
  }
}
