import { Get, Res } from '@nestjs/common';
import { Operation, OperatorController } from '../../platform/http/operation.js';
import { HealthService } from './health.service.js';
import { ReadinessResponse } from './readiness.dto.js';

/** Readiness of a replica, for load balancers and orchestrators. */
@OperatorController('ready', 'replicas')
export class ReadyController {
  constructor(private readonly health: HealthService) {}

  /**
   * Responds with 503 and the reasons while the database or the bus is unavailable; health responds with 200 without
   * the bus.
   */
  @Get()
  @Operation({
    id: 'ready',
    role: 'open',
    summary: 'report whether this replica is ready for all of its work',
    description: 'For load balancers: 503, with the obstacles, while the database or the bus is unavailable.',
    result: ReadinessResponse,
    alsoStatus: 503,
  })
  async ready(@Res({ passthrough: true }) reply: { code(status: number): unknown }): Promise<ReadinessResponse> {
    const obstacles = await this.health.unreadyReasons();
    if (obstacles.length > 0) reply.code(503);
    return { ready: obstacles.length === 0, obstacles };
  }
}
