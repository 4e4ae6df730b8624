import { Global, Module } from '@nestjs/common';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { Headscale } from './headscale.js';
import { NoVpn } from './no-vpn.js';
import { Vpn } from './vpn.js';

/** Hands features the coordinator of the VPN that is configured. */
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
