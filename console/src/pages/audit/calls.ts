import type { AuditTrace } from '../../api/types.js';

/** One call, made of its entries in the audit trail. */
export interface AuditedCall {
  readonly id: string;
  readonly time: string;
  readonly user: string;
  readonly tenant: string;
  readonly detail: string;
  readonly path: string;
  readonly remote: string;
  readonly rqid: string;
  readonly status: number | undefined;
  /** Its response is not in the trail (yet). */
  readonly isOpen: boolean;
  readonly request?: AuditTrace;
  readonly response?: AuditTrace;
}

/** Joins the entries of each call; entries without an ID of a call stand alone. */
export function callsOf(traces: readonly AuditTrace[]): readonly AuditedCall[] {
  const byCall = new Map<string, AuditTrace[]>();
  traces.forEach((trace, index) => {
    const id = trace.call_id || `entry-${index}`;
    byCall.set(id, [...(byCall.get(id) ?? []), trace]);
  });
  return [...byCall].map(([id, entries]) => {
    const first = entries[0]!;
    const request = entries.find(({ phase }) => phase === 'request');
    const response = entries.find(({ phase }) => phase === 'response');
    return {
      id,
      time: first.timestamp ?? '',
      user: first.user ?? '',
      tenant: first.tenant ?? '',
      detail: first.detail ?? '',
      path: first.path ?? '',
      remote: first.remote_addr ?? '',
      rqid: first.rqid ?? '',
      status: response?.status_code ?? undefined,
      isOpen: request !== undefined && response === undefined,
      request: request ?? (response ? undefined : first),
      response,
    };
  });
}
