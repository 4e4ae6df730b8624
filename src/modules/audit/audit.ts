/** One line of the audit trail (reference/40 §6.2). */
export interface Trace extends AuditedCall {
  /** Sorts by time: begins with the timestamp. */
  readonly id: string;
  /** The trail's own id of the call, the same for both lines; absent on lines of earlier releases. */
  readonly callId?: string;
  readonly timestamp: string;
  /** `request` before the call is carried out, `response` after it; `single` tells of calls that were left out. */
  readonly phase: 'request' | 'response' | 'single';
  /** JSON text with secrets blanked; `""` when there was none, or when the call was refused. */
  readonly body: string;
  /** Of HTTP or gRPC; null before the answer. */
  readonly statusCode: number | null;
  /** JSON text of what went wrong, `""` when nothing did. */
  readonly error: string;
}

/** What both lines of a call have in common. */
export interface AuditedCall {
  readonly component: string;
  /** What the caller says in `X-Request-Id`, or a generated id: callers may repeat it at will. */
  readonly rqid: string;
  readonly type: 'http' | 'grpc';
  /** The HTTP method, or `unary` or `stream`. */
  readonly detail: string;
  /** URL path without query, or the full name of the gRPC method. */
  readonly path: string;
  readonly forwardedFor: string;
  /** `ip:port`, of IPv6 `[ip]:port`. */
  readonly remoteAddr: string;
  /** The caller's account; of gRPC the common name of the client's certificate, `""` without one. */
  readonly user: string;
  readonly tenant: string;
  /** The project that the request names, if any. */
  readonly project: string;
}

/** A caller's address and port as one text. */
export const addressOf = (ip: string, port: number): string => `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;

export const COMPONENT = 'metal-api';

/** What somebody looks for; fields that are `undefined` let everything through. */
export interface TraceQuery {
  /** ISO times, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** At most so many, the newest. */
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

/** Whether a line is what somebody looks for, its time aside. Case counts. */
export const matches = (trace: Trace, { equal, contained }: Pick<TraceQuery, 'equal' | 'contained'>): boolean =>
  EXACT.every((field) => equal[field] === undefined || trace[field] === equal[field]) &&
  PARTIAL.every((field) => trace[field].includes(contained[field] ?? ''));
