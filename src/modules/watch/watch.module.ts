import { Module } from '@nestjs/common';
import { AuthModule } from '../../platform/auth/auth.module.js';
import { ImageModule } from '../image/image.module.js';
import { MachineModule } from '../machine/machine.module.js';
import { NetworkModule } from '../network/network.module.js';
import { ProjectModule } from '../project/project.module.js';
import { SwitchModule } from '../switch/switch.module.js';
import { WatchController } from './watch.controller.js';
import { WatchHub } from './watch-hub.service.js';
import { WatchKinds } from './watch-kinds.js';
import { WatchService } from './watch.service.js';

@Module({
  imports: [AuthModule, ProjectModule, ImageModule, NetworkModule, SwitchModule, MachineModule],
  controllers: [WatchController],
  providers: [WatchKinds, WatchHub, WatchService],
  exports: [WatchKinds],
})
export class WatchModule {}
