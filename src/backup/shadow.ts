import { randomBytes } from 'node:crypto';
import { createApp } from '../app.js';
import type { Config } from '../config/config.js';
import { isolatedConfig } from '../config/isolated-config.js';
import { FsckService, type FsckReport } from '../modules/fsck/fsck.service.js';
import type { ArchiveReader } from '../platform/store/backup/archive-reader.js';
import { MemoryEngine } from '../platform/store/memory/memory-engine.js';
import { migrate } from '../platform/store/migration/migrator.js';
import type { Migration } from '../platform/store/migration/migration.js';
import type { SavedState } from '../platform/store/saved-state.js';
import { isEnvelope } from '../platform/store/sealing/envelope.js';
import { createLogger } from '../platform/telemetry/logger.js';
import { Scheduler } from '../shared/concurrency/scheduler.js';
import { sleep } from '../shared/concurrency/timers.js';
import { refuseNewer } from './restore.js';
import type { SecretsCheck } from './secrets-check.js';

/** How often the check is repeated while the recovery of a start is at work, and the pause in between. */
const CHECKS = 10;
const PAUSE_MS = 500;

/**
 * Loads an archive into memory, starts a server over it that talks to nothing, and checks its consistency, as
 * `metal-api fsck` would after the recovery of a start. Secrets are left out of it; `secrets` checks them on the way.
 */
export async function checkInShadow(
  config: Config,
  archive: ArchiveReader,
  migrations: readonly Migration[],
  progress: (done: number) => void,
  secrets?: SecretsCheck,
): Promise<FsckReport> {
  refuseNewer(archive, migrations);
  const engine = new MemoryEngine();
  for await (const page of archive.pages()) {
    if (secrets) for (const state of page) secrets.add(state);
    await engine.store(page.map(withoutSecrets));
    progress(archive.read);
  }
  await migrate(engine, migrations);
  const app = await createApp(isolatedConfig(config, { view: key(), edit: key(), admin: key() }), {
    engine,
    logger: createLogger('silent'),
  });
  try {
    await app.init();
    await app.get(Scheduler, { strict: false }).stop();
    const service = app.get(FsckService, { strict: false });
    for (let checks = 1; ; checks += 1) {
      const report = await service.check();
      if (report.findings.length === 0 || checks === CHECKS) return report;
      await sleep(PAUSE_MS, { keepsAlive: true });
    }
  } finally {
    await app.close();
  }
}

function withoutSecrets(state: SavedState): SavedState {
  if (!state.json.includes('"sealed"')) return state;
  const blank = (_: string, value: unknown): unknown => (isEnvelope(value) ? '' : value);
  return { ...state, json: JSON.stringify(JSON.parse(state.json, blank)) };
}

/** A key that never leaves this process. */
const key = (): string => randomBytes(24).toString('base64url');
