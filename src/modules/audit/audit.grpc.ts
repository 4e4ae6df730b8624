import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { GrpcCall, GrpcEnd } from '../../platform/grpc/call-admission.js';
import { GrpcServer } from '../../platform/grpc/grpc-server.js';
import { COMPONENT } from './audit.js';
import type { AuditedCall } from './audit.js';
import { auditedMessage, NO_BODY } from './audited-body.js';
import { AuditService } from './audit.service.js';

/** Records gRPC calls in the audit trail: caller, machine concerned, and result. */
@Injectable()
export class AuditGrpc implements OnModuleInit {
  constructor(
    private readonly server: GrpcServer,
    private readonly audit: AuditService,
  ) {}

  onModuleInit(): void {
    if (this.audit.enabled) this.server.setGate((call) => this.admit(call));
  }

  private async admit(grpcCall: GrpcCall): Promise<GrpcEnd | undefined> {
    if (!grpcCall.recorded) return undefined;
    const call = callOf(grpcCall);
    await this.audit.recordRequest(call, requestOf(grpcCall));
    return (statusCode, error, response) =>
      this.audit.recordResponse(call, {
        statusCode,
        body: response ? auditedMessage(response) : NO_BODY,
        error: error ? JSON.stringify(error) : '',
      });
  }
}

/** Of the request, only the machine is kept: registrations are long and contain passwords. */
const requestOf = ({ subject }: GrpcCall): string => (subject ? auditedMessage({ machine: subject }) : NO_BODY);

const callOf = ({ method, kind, caller }: GrpcCall): AuditedCall => ({
  component: COMPONENT,
  rqid: randomUUID(),
  type: 'grpc',
  detail: kind,
  path: method,
  forwardedFor: '',
  remoteAddr: caller.peer,
  user: caller.name,
  tenant: '',
  project: '',
});
