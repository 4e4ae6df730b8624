import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Operation } from '../../platform/http/operation.js';
import { HealthService } from './health.service.js';

/** Whether a replica has all that it needs, for those who send requests to replicas. */
@Controller('ready')
@ApiExcludeController()
export class ReadyController {
  constructor(private readonly health: HealthService) {}

  /** 503 with the reasons while the database or the bus is away; health answers 200 without the bus. */
  @Get()
  @Operation({ id: 'ready', role: 'open', summary: 'whether this replica can do all its work', alsoStatus: 503 })
  async ready(
    @Res({ passthrough: true }) reply: { code(status: number): unknown },
  ): Promise<{ readonly ready: boolean; readonly obstacles: readonly string[] }> {
    const obstacles = await this.health.obstacles();
    if (obstacles.length > 0) reply.code(503);
    return { ready: obstacles.length === 0, obstacles };
  }
}
