import {
  Global,
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { Logger } from '@nestjs/common';
import type { Engine } from './engine.js';
import { logToken, tableToken } from './inject.js';
import type { LogDefinition } from './log.js';
import { Installation } from './installation/installation.js';
import { reportLine, type Report } from './replica.js';
import { SecondLook } from './second-look.js';
import { Store } from './store.js';
import type { IndexKeys } from './table.js';

/** Any table definition, whatever its document type and indexes. */
interface AnyTableDefinition {
  readonly name: string;
  readonly indexes: Readonly<Record<string, IndexKeys<never>>>;
}

/**
 * The store as Nest modules. `forRoot` goes into the application module once; each feature module imports
 * `StoreModule.tables(...)` and `StoreModule.logs(...)` with what it declares. Tables are loaded in the `onModuleInit`
 * phase: whoever reads or writes at start does so in `onApplicationBootstrap`, which comes after all of it.
 */
@Module({})
export class StoreModule {
  static forRoot(engine: Engine): DynamicModule {
    const logger = new Logger('Store');
    const report: Report = (message, error) => logger.warn(reportLine(message, error));
    const provider = { provide: Store, useFactory: () => new Store(engine, { report }) };
    const installation = { provide: Installation, inject: [Store], useFactory: (store: Store) => store.installation };
    const look = { provide: SecondLook, inject: [Store], useFactory: (store: Store) => new SecondLook(store) };
    const providers = [provider, installation, look];
    return { module: StoreRootModule, providers, exports: [Store, Installation, SecondLook] };
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
  constructor(@Inject(Store) private readonly store: Store) {}

  async onModuleInit(): Promise<void> {
    await this.store.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.store.stop();
  }
}
