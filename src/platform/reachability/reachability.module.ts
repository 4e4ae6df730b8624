import { Global, Module } from '@nestjs/common';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { HttpUrlProbe, TrustingUrlProbe } from './http-url-probe.js';
import { UrlProbe } from './url-probe.js';

/** Provides the configured URL check to all features. */
@Global()
@Module({
  providers: [
    {
      provide: UrlProbe,
      inject: [CONFIG],
      useFactory: ({ checkUrls }: Config) => (checkUrls ? new HttpUrlProbe() : new TrustingUrlProbe()),
    },
  ],
  exports: [UrlProbe],
})
export class ReachabilityModule {}
