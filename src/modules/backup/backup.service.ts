import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { migrations } from '../../../migrations/all.js';
import type { ArchiveHeader } from '../../platform/store/backup/archive-format.js';
import { createArchive } from '../../platform/store/backup/archive-writer.js';
import { describeDatabase } from '../../platform/store/backup/describe-database.js';
import { Store } from '../../platform/store/store.js';
import type { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/errors/domain-error.js';
import { readBuild } from '../version/build-info.js';

/** Backups of the database of this server, one at a time (docs/guide/backup.md). */
@Injectable()
export class Backups {
  private busy = false;

  constructor(
    private readonly store: Store,
    @InjectClock() private readonly clock: Clock,
  ) {}

  /**
   * Begins a backup; it goes on as the stream is read, and ends early when the stream is destroyed. Throws `conflict`
   * while another one is under way, `disabled` for a database that stores nothing.
   */
  async begin(): Promise<{ readonly header: ArchiveHeader; readonly archive: Readable }> {
    const { engine } = this.store;
    if (engine.kind === 'memory') throw new DomainError('disabled', 'METAL_API_DB is "memory": nothing is stored');
    if (this.busy) throw new DomainError('conflict', 'this server is making a backup already, please retry later');
    this.busy = true;
    try {
      // A server serves a database only when all migrations were applied.
      const about = { program: readBuild().version, now: this.clock.now(), schema: migrations.length };
      const { names, header } = await describeDatabase(engine, migrations, about);
      const archive = createArchive(engine, names, header);
      archive.once('close', () => (this.busy = false));
      return { header, archive };
    } catch (error) {
      this.busy = false;
      throw error;
    }
  }
}
