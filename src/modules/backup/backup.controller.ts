import type { Readable } from 'node:stream';
import { Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Operation, OperatorController } from '../../platform/http/operation.js';
import { Backups } from './backup.service.js';

/** For operators. Outside of the v1 API and its document, from which clients are generated. */
@OperatorController('backup')
export class BackupController {
  constructor(private readonly backups: Backups) {}

  @Get()
  @Operation({
    id: 'backup',
    role: 'admin',
    summary: 'a backup of the whole database; secrets are encrypted as they are stored',
    description:
      'A consistent archive, as the command `restore` reads it. It is sent while it is made; only a complete one is valid.',
    produces: ['application/gzip'],
    audit: 'include',
    secretsFor: 'admin',
    endless: true,
  })
  async backup(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readable> {
    const { archive } = await this.backups.begin();
    void reply.headers({ 'content-type': 'application/gzip', 'cache-control': 'no-store', connection: 'close' });
    return archive;
  }
}
