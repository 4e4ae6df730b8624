import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { InjectLogger } from '../../platform/telemetry/inject-logger.js';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { InjectConfig } from '../../config/config.module.js';
import { isDatabaseShared } from '../../config/config.js';
import type { Config } from '../../config/config.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Change, Content, Table } from '../../platform/store/table.js';
import { endsWithin } from '../../shared/concurrency/deadline.js';
import { Scheduler } from '../../shared/concurrency/scheduler.js';
import type { Job } from '../../shared/concurrency/scheduler.js';
import { timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { isDomainError } from '../../shared/errors/domain-error.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { readBuild } from '../version/build-info.js';
import { fingerprintsOf } from './fingerprints.js';
import { differencesOf } from './replica.js';
import type { ReplicaMismatch, ReplicaRecord } from './replica.js';
import { replicaTable } from './replica.table.js';
import { HeartbeatTracker } from './heartbeat-tracker.js';

/** Interval between heartbeats of a replica, in milliseconds. */
const HEARTBEAT_MS = 5000;

/**
 * The record of a replica is removed after this silence, in milliseconds; a replica that was only frozen rewrites it.
 */
const DEAD_MS = 60_000;

/** How long shutdown waits for the removal of the process's own record, in milliseconds. */
const GOODBYE_MS = 1000;

/** A replica as seen by this one. */
export interface SeenReplica {
  readonly record: ReplicaRecord;
  readonly self: boolean;
  readonly alive: boolean;
  /** Last heartbeat by this process's clock, in milliseconds since the epoch; undefined if there was none. */
  readonly seen: number | undefined;
  /** How far this process's clock is ahead, in milliseconds; undefined until it is known. */
  readonly offset: number | undefined;
  readonly differences: readonly ReplicaMismatch[];
}

/**
 * Detects other replicas on the same database and differences between them: keys, versions, clocks. Costs one small
 * write every few seconds; writes nothing if the database cannot be shared.
 */
@Injectable()
export class Replicas implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly own: ReplicaRecord;
  private readonly shared: boolean;
  private readonly tracker = new HeartbeatTracker();
  /** The last differences logged for each other replica, by ID. */
  private readonly told = new Map<string, string>();
  private unwatch: () => void = () => undefined;
  private heartbeats: Job | undefined;

  constructor(
    @InjectTable(replicaTable) private readonly records: Table<ReplicaRecord>,
    @InjectConfig() config: Config,
    @InjectClock() private readonly clock: Clock,
    @InjectLogger() private readonly log: AppLogger,
    private readonly scheduler: Scheduler,
  ) {
    this.shared = isDatabaseShared(config);
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
    for (const { id } of this.records.list()) this.tracker.noteRecord(id, this.clock.now());
    this.unwatch = this.records.watch((change) => this.hear(change));
    this.heartbeats = this.scheduler.every(HEARTBEAT_MS, 'heartbeat', () => this.sendHeartbeat());
    await this.sendHeartbeat();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.unwatch();
    if (!this.shared) return;
    const goodbye = Promise.resolve(this.heartbeats?.cancel()).then(() => this.records.remove(this.own.id));
    await endsWithin(goodbye, GOODBYE_MS);
  }

  /** This replica first, then the others by start time. */
  list(): readonly SeenReplica[] {
    const others = [...this.records.list()].filter(({ id }) => id !== this.own.id);
    others.sort((a, b) => (a.started < b.started ? -1 : 1));
    const now = this.clock.now();
    const self = { record: this.own, self: true, alive: true, seen: now, offset: 0, differences: [] };
    return [self, ...others.map((record) => this.seen(record, now))];
  }

  /** The differences between this replica and other live ones. */
  differences(): readonly ReplicaMismatch[] {
    return this.list().flatMap(({ differences }) => differences);
  }

  /** Sends a heartbeat and examines the other replicas; called by the timer. Never rejects. */
  async sendHeartbeat(): Promise<void> {
    try {
      const at = timestamp(this.clock.now());
      if (this.records.get(this.own.id)) await this.records.patchUnchecked([{ id: this.own.id, at }]);
      else await this.records.insert(contentOf({ ...this.own, at }));
      await this.removeDead();
    } catch (error) {
      // The store reports an unavailable database; the next heartbeat makes up for it.
      if (!isDomainError(error)) this.log.warn('could not send the heartbeat of this replica', error);
    }
    this.tell();
  }

  private hear(change: Change<ReplicaRecord>): void {
    if (change.type === 'reset') return this.tracker.restart();
    if (change.id === this.own.id) return;
    if (change.type === 'removed') return this.tracker.forget(change.id);
    if (change.before?.at !== change.now.at) {
      this.tracker.noteHeartbeat(change.id, Date.parse(change.now.at), this.clock.now());
    }
  }

  private seen(record: ReplicaRecord, now: number): SeenReplica {
    const alive = this.tracker.isAlive(record.id, now);
    const offset = this.tracker.offset(record.id);
    const differences = alive ? differencesOf(this.own, record, offset) : [];
    return { record, self: false, alive, seen: this.tracker.lastOf(record.id), offset, differences };
  }

  /** Logs each change of differences once. */
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

  private async removeDead(): Promise<void> {
    const now = this.clock.now();
    for (const { id, revision } of [...this.records.list()]) {
      if (id === this.own.id) continue;
      this.tracker.noteRecord(id, now);
      if (this.tracker.silence(id, now) <= DEAD_MS) continue;
      await this.records.remove(id, revision).catch((error: unknown) => {
        if (!isDomainError(error, 'conflict')) throw error; // it is alive
      });
    }
  }
}

function contentOf({ revision: _, ...content }: ReplicaRecord): Content<ReplicaRecord> {
  return content;
}
