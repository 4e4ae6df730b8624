import { Global, Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { APP_LOGGER } from '../../shared/app-logger.js';
import type { AppLogger } from '../../shared/app-logger.js';
import type { Engine } from './engine.js';
import { logToken, tableToken } from './inject.js';
import type { LogDefinition } from './append-log.js';
import { Installation } from './installation/installation.js';
import { reportLine, type FailureReporter } from './table-mirror.js';
import { RefusalVerifier } from './refusal-verifier.js';
import { Store } from './store.js';
import type { IndexKeys } from './table.js';

/** A table definition with any document type and indexes. */
interface AnyTableDefinition {
  readonly name: string;
  readonly indexes: Readonly<Record<string, IndexKeys<never>>>;
}

/**
 * The store as Nest modules. The application module imports `forRoot` once; each feature module imports
 * `StoreModule.tables(...)` and `StoreModule.logs(...)` with its declarations. Tables are loaded in the `onModuleInit`
 * phase. Code that reads or writes at startup does so in `onApplicationBootstrap`, which runs after that phase.
 */
@Module({})
export class StoreModule {
  static forRoot(engine: Engine): DynamicModule {
    const useFactory = (log: AppLogger): Store => {
      const report: FailureReporter = (message, error) => log.warn(reportLine(message, error));
      return new Store(engine, { report });
    };
    const provider = { provide: Store, inject: [APP_LOGGER], useFactory };
    const installation = { provide: Installation, inject: [Store], useFactory: (store: Store) => store.installation };
    const look = {
      provide: RefusalVerifier,
      inject: [Store],
      useFactory: (store: Store) => new RefusalVerifier(store),
    };
    const providers = [provider, installation, look];
    return { module: StoreRootModule, providers, exports: [Store, Installation, RefusalVerifier] };
  }

  static tables(...definitions: readonly AnyTableDefinition[]): DynamicModule {
    const providers = definitions.map((definition) => ({
      provide: tableToken(definition.name),
      inject: [Store],
      useFactory: (store: Store) => store.table(definition as never),
    }));
    return { module: StoreModule, providers, exports: providers.map(({ provide }) => provide) };
  }

  static logs(...definitions: readonly LogDefinition[]): DynamicModule {
    const providers = definitions.map((definition) => ({
      provide: logToken(definition.name),
      inject: [Store],
      useFactory: (store: Store) => store.log(definition),
    }));
    return { module: StoreModule, providers, exports: providers.map(({ provide }) => provide) };
  }
}

@Global()
@Module({})
class StoreRootModule implements OnModuleInit, OnApplicationShutdown {
  constructor(private readonly store: Store) {}

  async onModuleInit(): Promise<void> {
    await this.store.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.store.stop();
  }
}
