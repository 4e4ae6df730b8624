import { definedFields } from '../../shared/entity.js';
import type { Trace, TraceQuery } from './audit.js';
import type { AuditFindRequest, AuditResponse } from './audit.dto.js';

/** Empty texts and status 0 mean "any": clients send them for fields that they do not filter by. */
export const toTraceQuery = (body: AuditFindRequest): TraceQuery => ({
  from: body.from,
  to: body.to,
  limit: body.limit,
  equal: definedFields({
    component: body.component || undefined,
    rqid: body.rqid || undefined,
    callId: body.call_id || undefined,
    type: (body.type || undefined) as Trace['type'] | undefined,
    user: body.user || undefined,
    tenant: body.tenant || undefined,
    project: body.project || undefined,
    detail: body.detail || undefined,
    phase: (body.phase || undefined) as Trace['phase'] | undefined,
    statusCode: body.status_code || undefined,
  }),
  contained: definedFields({
    path: body.path,
    forwardedFor: body.forwarded_for,
    remoteAddr: body.remote_addr,
    body: body.body,
    error: body.error,
  }),
});

export const toAuditResponse = (trace: Trace): AuditResponse => ({
  component: trace.component,
  rqid: trace.rqid,
  ...(trace.callId !== undefined && { call_id: trace.callId }),
  type: trace.type,
  timestamp: trace.timestamp,
  user: trace.user,
  tenant: trace.tenant,
  detail: trace.detail,
  phase: trace.phase,
  path: trace.path,
  forwarded_for: trace.forwardedFor,
  remote_addr: trace.remoteAddr,
  body: trace.body,
  status_code: trace.statusCode,
  error: trace.error,
});
