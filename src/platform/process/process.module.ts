import { join } from 'node:path';
import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { isShared, type Config } from '../../config/config.js';
import { CONFIG } from '../../config/config.module.js';
import { ProcessIdentity } from './process-identity.js';

/** An engine that serves one process proves by its own lock that all others are gone. */
const identify = async (config: Config): Promise<ProcessIdentity> =>
  isShared(config) ? ProcessIdentity.of(join(config.store.dataDir, 'process')) : ProcessIdentity.unique();

/** Hands this process's name to every feature. */
@Global()
@Module({
  providers: [{ provide: ProcessIdentity, inject: [CONFIG], useFactory: identify }],
  exports: [ProcessIdentity],
})
export class ProcessModule implements OnApplicationShutdown {
  constructor(@Inject(ProcessIdentity) private readonly identity: ProcessIdentity) {}

  async onApplicationShutdown(): Promise<void> {
    await this.identity.release();
  }
}
