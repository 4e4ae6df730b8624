import { Global, Module } from '@nestjs/common';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { Headscale } from './headscale.js';
import { NoVpn } from './no-vpn.js';
import { Vpn } from './vpn.js';

/** Provides the configured VPN coordinator to all features. */
@Global()
@Module({
  providers: [
    {
      provide: Vpn,
      inject: [CONFIG],
      useFactory: ({ headscale }: Config) => (headscale ? new Headscale(headscale) : new NoVpn()),
    },
  ],
  exports: [Vpn],
})
export class VpnPlatformModule {}
