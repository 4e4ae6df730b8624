import { Get } from '@nestjs/common';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { VersionResponse } from './version.dto.js';
import { toVersionResponse } from './version.mapper.js';
import { VersionService } from './version.service.js';

@V1Controller('version')
export class VersionController {
  constructor(private readonly version: VersionService) {}

  @Get()
  @Operation({
    id: 'info',
    role: 'open',
    summary: 'returns the current version information of this module',
    result: VersionResponse,
  })
  info(): VersionResponse {
    return toVersionResponse(this.version.get());
  }
}
