import { Get, Query, Res } from '@nestjs/common';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { TextQuery } from '../../platform/http/wire/query.js';
import { HealthResponse } from './health.dto.js';
import { HealthService } from './health.service.js';

@V1Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /**
   * The only response with an error status that is an object: clients have a type for it
   * (docs/reference/health-and-version.md#health).
   */
  @Get()
  @Operation({
    id: 'health',
    role: 'open',
    summary: 'perform a health check',
    query: { service: { type: 'string', doc: 'return information about this service only' } },
    result: HealthResponse,
    alsoStatus: 500,
  })
  async check(
    @Res({ passthrough: true }) reply: { code(status: number): unknown },
    @Query('service', TextQuery) service?: string,
  ): Promise<HealthResponse> {
    const { ok, health } = await this.health.check(service);
    if (!ok) reply.code(500);
    return health;
  }
}
