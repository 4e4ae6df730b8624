import { Module } from '@nestjs/common';
import { VpnController } from './vpn.controller.js';
import { VpnService } from './vpn.service.js';

@Module({ controllers: [VpnController], providers: [VpnService], exports: [VpnService] })
export class VpnModule {}
