import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { GrpcServer } from '../../platform/grpc/grpc-server.js';
import type { GrpcEnd } from '../../platform/grpc/grpc-server.js';
import { COMPONENT } from './audit.js';
import type { AuditedCall } from './audit.js';
import { NO_BODY } from './audited-body.js';
import { AuditService } from './audit.service.js';

/** The only call of installers that is put on record: it changes what is known of a machine (reference/40 §6.2). */
const AUDITED = '/api.v1.BootService/Register';

/** Puts gRPC calls on record; their messages are not kept. */
@Injectable()
export class AuditGrpc implements OnModuleInit {
  constructor(
    private readonly server: GrpcServer,
    private readonly audit: AuditService,
  ) {}

  onModuleInit(): void {
    if (this.audit.enabled) this.server.admit((method, peer) => this.admit(method, peer));
  }

  private async admit(method: string, peer: string): Promise<GrpcEnd | undefined> {
    if (method !== AUDITED) return undefined;
    const call = callOf(method, peer);
    await this.audit.requested(call);
    return (statusCode, error) =>
      this.audit.answered(call, { statusCode, body: NO_BODY, error: error ? JSON.stringify(error) : '' });
  }
}

const callOf = (path: string, remoteAddr: string): AuditedCall => ({
  component: COMPONENT,
  rqid: randomUUID(),
  type: 'grpc',
  detail: 'unary',
  path,
  forwardedFor: '',
  remoteAddr,
  user: '',
  tenant: '',
  project: '',
});
