import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { InjectLogger } from '../../platform/telemetry/inject-logger.js';
import type { BackupSettings } from '../../config/backup-settings.js';
import type { Config } from '../../config/config.js';
import { InjectConfig } from '../../config/config.module.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Installation } from '../../platform/store/installation/installation.js';
import { Metrics } from '../../platform/telemetry/metrics.js';
import type { AppLogger } from '../../shared/app-logger.js';
import type { Clock } from '../../shared/clock.js';
import { backupName, BackupBucket, BackupFolder, timeOf, type BackupStore } from './backup-store.js';
import { Backups } from './backup.service.js';

/** How often it is checked whether a backup is due, in milliseconds: a failed one is repeated after this time. */
const CHECK_MS = 60_000;

/**
 * Makes a backup when the latest one in the folder or bucket is old enough, and removes those beyond the number to keep,
 * on one of the replicas. What a restarted server finds there decides, so that restarts neither add nor skip backups.
 */
@Injectable()
export class BackupSchedule implements OnApplicationBootstrap, OnApplicationShutdown {
  private kept: BackupStore | undefined;
  private latest = 0;

  constructor(
    private readonly backups: Backups,
    private readonly jobs: Jobs,
    private readonly installation: Installation,
    metrics: Metrics,
    @InjectClock() private readonly clock: Clock,
    @InjectConfig() private readonly config: Config,
    @InjectLogger() private readonly log: AppLogger,
  ) {
    if (config.backup === undefined) return;
    metrics.gauge('metal_api_backup_latest_timestamp_seconds', 'when the latest scheduled backup was begun', () => [
      { value: this.latest / 1000 },
    ]);
  }

  async onApplicationBootstrap(): Promise<void> {
    const { backup } = this.config;
    if (backup === undefined) return;
    this.kept = await storeOf(backup);
    this.jobs.every(CHECK_MS, 'backup', () => this.makeIfDue());
  }

  onApplicationShutdown(): void {
    this.kept?.close();
  }

  /** Returns the name of the new backup, if one was due. Throws if it cannot be made or stored. */
  async makeIfDue(): Promise<string | undefined> {
    const { kept, config } = this;
    const { uuid } = this.installation;
    if (kept === undefined || config.backup === undefined) return undefined;
    const times = (await kept.list()).map((name) => timeOf(name, uuid) ?? 0);
    this.latest = Math.max(0, ...times);
    const now = this.clock.now();
    if (now - this.latest < config.backup.every) return undefined;
    const name = backupName(uuid, now);
    const { archive } = await this.backups.begin();
    await kept.put(name, archive);
    this.latest = now;
    this.log.info(`backup ${name} is complete`);
    await this.removeOld(kept, config.backup.keep);
    return name;
  }

  /** Never touches a file that is not a backup of this installation. */
  private async removeOld(kept: BackupStore, keep: number): Promise<void> {
    const { uuid } = this.installation;
    const own = (await kept.list()).filter((name) => timeOf(name, uuid) !== undefined).sort();
    for (const name of own.slice(0, -keep)) await kept.remove(name);
  }
}

/** Loads Amazon's large library only when it is needed. */
async function storeOf({ folder, s3 }: BackupSettings): Promise<BackupStore> {
  if (folder !== undefined) return new BackupFolder(folder);
  const { S3ObjectStore } = await import('../../platform/objects/s3-object-store.js');
  return new BackupBucket(new S3ObjectStore(s3!));
}
