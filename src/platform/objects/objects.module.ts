import { Global, Module } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { NoObjectStore } from './no-object-store.js';
import { ObjectStore } from './object-store.js';

/** Provides the configured object storage to all features. */
@Global()
@Module({
  providers: [
    {
      provide: ObjectStore,
      inject: [CONFIG],
      useFactory: ({ s3 }: Config) => (s3 ? connect(s3) : new NoObjectStore()),
    },
  ],
  exports: [ObjectStore],
})
export class ObjectsModule implements OnApplicationShutdown {
  constructor(private readonly store: ObjectStore) {}

  onApplicationShutdown(): void {
    this.store.close();
  }
}

/** Loads Amazon's large library only when needed, to keep startup fast otherwise. */
async function connect(settings: NonNullable<Config['s3']>): Promise<ObjectStore> {
  const { S3ObjectStore } = await import('./s3-object-store.js');
  return new S3ObjectStore(settings);
}
