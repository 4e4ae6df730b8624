import { Get } from '@nestjs/common';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { VersionResponse } from './version.dto.js';
import { VersionService } from './version.service.js';

@V1Controller('version')
export class VersionController {
  constructor(private readonly version: VersionService) {}

  @Get()
  @Operation({
    id: 'info',
    role: 'open',
    summary: 'get version information of the server',
    result: VersionResponse,
  })
  info(): VersionResponse {
    const { minimumClient, release, ...build } = this.version.get();
    // Null, not absent, if the server is not part of a release (docs/reference/health-and-version.md#version).
    return { name: 'metal-api', ...build, min_client_version: minimumClient, release_version: release ?? null };
  }
}
