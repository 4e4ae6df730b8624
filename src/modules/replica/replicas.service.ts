import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { InjectConfig } from '../../config/config.module.js';
import { isShared } from '../../config/config.js';
import type { Config } from '../../config/config.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Change, Content, Table } from '../../platform/store/table.js';
import { sleep } from '../../shared/async.js';
import { CLOCK, timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { isDomainError } from '../../shared/errors/domain-error.js';
import { LOG } from '../../shared/log.js';
import type { Log } from '../../shared/log.js';
import { readBuild } from '../version/build-info.js';
import { fingerprintsOf } from './fingerprints.js';
import { differencesOf } from './replica.js';
import type { Difference, ReplicaRecord } from './replica.js';
import { replicaTable } from './replica.table.js';
import { Sightings } from './sightings.js';

/** How often a replica gives a sign of life, in milliseconds. */
const HEARTBEAT_MS = 5000;

/** The record of a replica that is silent for so long is removed; one that was only frozen writes it again. */
const DEAD_MS = 60_000;

/** How long the orderly end waits for the removal of the own record. */
const GOODBYE_MS = 1000;

/** A replica as this one sees it. */
export interface SeenReplica {
  readonly record: ReplicaRecord;
  readonly self: boolean;
  readonly alive: boolean;
  /** Last sign of life by this process's clock, in milliseconds since the epoch; undefined: none yet. */
  readonly seen: number | undefined;
  /** How much this process's clock is ahead, in milliseconds; undefined as long as that is not known. */
  readonly offset: number | undefined;
  readonly differences: readonly Difference[];
}

/**
 * Replicas on one database notice each other and what they disagree on: keys, versions, clocks. Costs one small write
 * every few seconds; where no other process can be on the database, nothing is written.
 */
@Injectable()
export class Replicas implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly own: ReplicaRecord;
  private readonly shared: boolean;
  private readonly sightings = new Sightings();
  /** What the log says of other replicas, by id. */
  private readonly told = new Map<string, string>();
  private unwatch: () => void = () => undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @InjectTable(replicaTable) private readonly records: Table<ReplicaRecord>,
    @InjectConfig() config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.shared = isShared(config);
    const started = timestamp(clock.now());
    this.own = {
      id: randomUUID(),
      revision: 0,
      host: hostname(),
      started,
      at: started,
      version: readBuild().version,
      installation: config.bus.nats?.installation ?? '',
      keys: this.shared ? fingerprintsOf(config) : {},
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.shared) return;
    for (const { id } of this.records.list()) this.sightings.mention(id, this.clock.now());
    this.unwatch = this.records.watch((change) => this.hear(change));
    this.timer = setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
    await this.beat();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.unwatch();
    clearInterval(this.timer);
    if (!this.shared) return;
    await Promise.race([this.records.remove(this.own.id).catch(() => undefined), sleep(GOODBYE_MS)]);
  }

  /** This replica first, then the others by the time of their start. */
  list(): readonly SeenReplica[] {
    const others = [...this.records.list()].filter(({ id }) => id !== this.own.id);
    others.sort((a, b) => (a.started < b.started ? -1 : 1));
    const now = this.clock.now();
    const self = { record: this.own, self: true, alive: true, seen: now, offset: 0, differences: [] };
    return [self, ...others.map((record) => this.seen(record, now))];
  }

  /** What living replicas disagree on with this one. */
  differences(): readonly Difference[] {
    return this.list().flatMap(({ differences }) => differences);
  }

  /** One sign of life, and a look at the others; the timer's work. Never rejects. */
  async beat(): Promise<void> {
    try {
      const at = timestamp(this.clock.now());
      if (this.records.get(this.own.id)) await this.records.touch([{ id: this.own.id, at }]);
      else await this.records.insert(contentOf({ ...this.own, at }));
      await this.bury();
    } catch (error) {
      // The store says when the database is away; the next beat makes up for it.
      if (!isDomainError(error)) this.log.warn('this replica gave no sign of life', error);
    }
    this.tell();
  }

  private hear(change: Change<ReplicaRecord>): void {
    if (change.type === 'reset') return this.sightings.restart();
    if (change.id === this.own.id) return;
    if (change.type === 'removed') return this.sightings.forget(change.id);
    if (change.before?.at !== change.now.at) {
      this.sightings.hear(change.id, Date.parse(change.now.at), this.clock.now());
    }
  }

  private seen(record: ReplicaRecord, now: number): SeenReplica {
    const alive = this.sightings.isAlive(record.id, now);
    const offset = this.sightings.offset(record.id);
    const differences = alive ? differencesOf(this.own, record, offset) : [];
    return { record, self: false, alive, seen: this.sightings.lastOf(record.id), offset, differences };
  }

  /** Says once what is new. */
  private tell(): void {
    const now = new Map(this.list().map((replica) => [replica.record.id, replica]));
    for (const id of this.told.keys()) {
      if (now.get(id)?.alive) continue;
      this.told.delete(id);
      this.log.info(`replica ${id}, which disagreed with this one, is gone`);
    }
    for (const [id, { record, alive, differences }] of now) {
      const text = differences.map(({ what, message }) => (what === 'clock' ? 'clock' : message)).join('; ');
      if (!alive || text === (this.told.get(id) ?? '')) continue;
      const title = `replica ${id} on ${record.host}`;
      if (text === '') this.log.info(`${title} agrees with this one again`);
      else this.log.warn(`${title} disagrees with this one: ${differences.map(({ message }) => message).join('; ')}`);
      if (text === '') this.told.delete(id);
      else this.told.set(id, text);
    }
  }

  private async bury(): Promise<void> {
    const now = this.clock.now();
    for (const { id, revision } of [...this.records.list()]) {
      if (id === this.own.id) continue;
      this.sightings.mention(id, now);
      if (this.sightings.silence(id, now) <= DEAD_MS) continue;
      await this.records.remove(id, revision).catch((error: unknown) => {
        if (!isDomainError(error, 'conflict')) throw error; // it lives
      });
    }
  }
}

function contentOf({ revision: _, ...content }: ReplicaRecord): Content<ReplicaRecord> {
  return content;
}
