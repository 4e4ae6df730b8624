/** One line of the audit trail (docs/reference/audit.md#recorded-calls). */
export interface Trace extends AuditedCall {
  /** Sorts by time: begins with the timestamp. */
  readonly id: string;
  /** The trail's own ID of the call, shared by both of its lines; absent on lines of earlier releases. */
  readonly callId?: string;
  readonly timestamp: string;
  /** `request`: before the call is executed; `response`: after it; `single`: reports omitted calls. */
  readonly phase: 'request' | 'response' | 'single';
  /** JSON text with secrets redacted; `""` if there was no body, or the call was refused. */
  readonly body: string;
  /** HTTP or gRPC status; null before the response. */
  readonly statusCode: number | null;
  /** Error as JSON text; `""` on success. */
  readonly error: string;
}

/** Fields that both lines of a call share. */
export interface AuditedCall {
  readonly component: string;
  /** The caller's `X-Request-Id`, or a generated ID. Not unique: callers may reuse it. */
  readonly rqid: string;
  readonly type: 'http' | 'grpc';
  /** The HTTP method, or `unary` or `stream`. */
  readonly detail: string;
  /** URL path without query, or the full name of the gRPC method. */
  readonly path: string;
  readonly forwardedFor: string;
  /** `ip:port`; for IPv6, `[ip]:port`. */
  readonly remoteAddr: string;
  /** The caller's account; for gRPC, the common name of the client certificate, `""` without one. */
  readonly user: string;
  readonly tenant: string;
  /** The project named by the request, if any. */
  readonly project: string;
}

/** A caller's address and port as one text. */
export const addressOf = (ip: string, port: number): string => `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;

export const COMPONENT = 'metal-api';

/** Search criteria; `undefined` fields match everything. */
export interface TraceQuery {
  /** ISO times, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Maximum number of lines, the newest ones. */
  readonly limit?: number | undefined;
  readonly equal: Partial<Pick<Trace, (typeof EXACT)[number]>>;
  readonly contained: Partial<Record<(typeof PARTIAL)[number], string>>;
}

const EXACT = [
  'callId',
  'component',
  'rqid',
  'type',
  'user',
  'tenant',
  'project',
  'detail',
  'phase',
  'statusCode',
] as const satisfies readonly (keyof Trace)[];

const PARTIAL = ['path', 'forwardedFor', 'remoteAddr', 'body', 'error'] as const satisfies readonly (keyof Trace)[];

/** Whether a line matches the criteria, regardless of its time. Case-sensitive. */
export const matches = (trace: Trace, { equal, contained }: Pick<TraceQuery, 'equal' | 'contained'>): boolean =>
  EXACT.every((field) => equal[field] === undefined || trace[field] === equal[field]) &&
  PARTIAL.every((field) => trace[field].includes(contained[field] ?? ''));
