import { randomBytes } from 'node:crypto';
import { createApp } from '../../app.js';
import type { Config } from '../../config/config.js';
import { isolatedConfig } from '../../config/isolated-config.js';
import { Scheduler } from '../../shared/concurrency/scheduler.js';
import { MemoryEngine } from '../../platform/store/memory/memory-engine.js';
import { createLogger } from '../../platform/telemetry/logger.js';
import type { Clock } from '../../shared/clock.js';
import { FsckService, type FsckReport } from '../../modules/fsck/fsck.service.js';
import type { Target } from '../target/target.js';

/** A server on a copy of the target. */
export interface PrivateServer {
  /** With base path. */
  readonly url: string;
  readonly adminKey: string;
  fsck(): Promise<FsckReport>;
  close(): Promise<void>;
}

/**
 * Starts the whole server on loopback, over a copy of the target in memory: it answers as a server on the target would,
 * but nothing that it does, such as finishing what was interrupted, reaches the target. Periodic jobs do not run, and
 * the time is that of `clock`.
 */
export async function startPrivateServer(config: Config, target: Target, clock: Clock): Promise<PrivateServer> {
  const key = (): string => randomBytes(24).toString('base64url');
  const adminKey = key();
  const settings = isolatedConfig(config, { view: key(), edit: key(), admin: adminKey });
  const app = await createApp(settings, { engine: await copyOf(target), clock, logger: createLogger('silent') });
  try {
    await app.listen(0, '127.0.0.1');
    await app.get(Scheduler, { strict: false }).stop();
  } catch (error) {
    await app.close();
    throw error;
  }
  const { port } = app.getHttpServer().address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}${settings.http.basePath}`,
    adminKey,
    fsck: () => app.get(FsckService, { strict: false }).check(),
    close: () => app.close(),
  };
}

async function copyOf(target: Target): Promise<MemoryEngine> {
  const engine = new MemoryEngine();
  for (const [table, documents] of target.documents()) {
    for (const document of documents) await engine.insert(table, document);
  }
  return engine;
}
