import { Global, Module } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { NoObjectStore } from './no-object-store.js';
import { ObjectStore } from './object-store.js';

/** Hands features the object storage that is configured. */
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

/** Amazon's library is large: whoever does not need it does not wait for it at every start. */
async function connect(settings: NonNullable<Config['s3']>): Promise<ObjectStore> {
  const { S3ObjectStore } = await import('./s3-object-store.js');
  return new S3ObjectStore(settings);
}
