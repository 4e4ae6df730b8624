import { Module } from '@nestjs/common';
import { MachineModule } from '../machine/machine.module.js';
import { FirewallAllocationController } from './firewall-allocation.controller.js';
import { FirewallController } from './firewall.controller.js';

@Module({ imports: [MachineModule], controllers: [FirewallController, FirewallAllocationController] })
export class FirewallModule {}
