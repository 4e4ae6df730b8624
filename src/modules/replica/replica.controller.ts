import { Get } from '@nestjs/common';
import { CurrentUser } from '../../platform/auth/current-user.js';
import { hasRole } from '../../platform/auth/role.js';
import type { User } from '../../platform/auth/user.js';
import { Operation, OperatorController } from '../../platform/http/operation.js';
import { ReplicaResponse } from './replica.dto.js';
import { toReplicaResponse } from './replica.mapper.js';
import { Replicas } from './replicas.service.js';

/** The server processes on this database, for operators. Outside of /v1, whose contract has no such route. */
@OperatorController('replicas')
export class ReplicaController {
  constructor(private readonly replicas: Replicas) {}

  @Get()
  @Operation({
    id: 'listReplicas',
    role: 'viewer',
    summary: 'list the replicas of the server',
    description:
      'The server processes on this database, with their differences from the responding one (keys, version, clock). Host, ' +
      'clock offset and fingerprints of the keys are for admins.',
    result: [ReplicaResponse],
  })
  listReplicas(@CurrentUser() user: User): ReplicaResponse[] {
    const full = hasRole(user, 'admin');
    return this.replicas.list().map((replica) => toReplicaResponse(replica, full));
  }
}
