import { join } from 'node:path';
import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { isDatabaseShared, type Config } from '../../config/config.js';
import { CONFIG } from '../../config/config.module.js';
import { ProcessIdentity } from './process-identity.js';

/** An engine for a single process proves by its own lock that no other process is running. */
const identify = async (config: Config): Promise<ProcessIdentity> =>
  isDatabaseShared(config) ? ProcessIdentity.of(join(config.store.dataDir, 'process')) : ProcessIdentity.unique();

/** Provides the identity of this process to all features. */
@Global()
@Module({
  providers: [{ provide: ProcessIdentity, inject: [CONFIG], useFactory: identify }],
  exports: [ProcessIdentity],
})
export class ProcessModule implements OnApplicationShutdown {
  constructor(private readonly identity: ProcessIdentity) {}

  async onApplicationShutdown(): Promise<void> {
    await this.identity.release();
  }
}
