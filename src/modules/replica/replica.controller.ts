import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CurrentUser } from '../../platform/auth/current-user.js';
import { hasRole } from '../../platform/auth/role.js';
import type { User } from '../../platform/auth/user.js';
import { Operation } from '../../platform/http/operation.js';
import { ReplicaResponse } from './replica.dto.js';
import { toReplicaResponse } from './replica.mapper.js';
import { Replicas } from './replicas.service.js';

/** The processes on this database, for operators. Beside /v1, whose contract knows no such route. */
@Controller('replicas')
@ApiExcludeController()
export class ReplicaController {
  constructor(private readonly replicas: Replicas) {}

  @Get()
  @Operation({ id: 'listReplicas', role: 'viewer', summary: 'the replicas of the API', result: [ReplicaResponse] })
  listReplicas(@CurrentUser() user: User): ReplicaResponse[] {
    const full = hasRole(user, 'admin');
    return this.replicas.list().map((replica) => toReplicaResponse(replica, full));
  }
}
