import { Module } from '@nestjs/common';
import { ReplicaModule } from '../replica/replica.module.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { ReadyController } from './ready.controller.js';

@Module({
  imports: [ReplicaModule],
  controllers: [HealthController, ReadyController],
  providers: [HealthService],
})
export class HealthModule {}
