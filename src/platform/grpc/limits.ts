import type { ReceiveLimits } from './receive-limiter.js';
import type { ConcurrencyLimits } from './concurrency-limiter.js';
import type { StreamLimits } from './stream-registry.js';

/** Resources available to callers. Ten thousand waiting machines never reach a limit, behind one address or many. */
export interface GrpcLimits {
  readonly connections: ConcurrencyLimits;
  readonly receive: ReceiveLimits;
  /** Unary calls in progress. */
  readonly calls: ConcurrencyLimits;
  /** Total size of their messages in bytes; decoded messages take ten times as much. */
  readonly bytes: ConcurrencyLimits;
  readonly streams: StreamLimits;
  /** Calls of any kind that one caller may make per second. */
  readonly callsPerSecond: number;
  /** Timeout of a unary call, in milliseconds. Clients of v1 give up after 10 or 20 s. */
  readonly answerTimeout: number;
}

const MIB = 1024 * 1024;

export const GRPC_LIMITS: GrpcLimits = {
  connections: { total: 25_000, each: 12_500 },
  receive: {
    reading: { total: 64, each: 16 },
    // A client may open the calls of all its machines before it sends the first message.
    opened: { total: 15_000, each: 12_500 },
    timeout: 20_000,
  },
  calls: { total: 10_000, each: 5_000 },
  bytes: { total: 64 * MIB, each: 32 * MIB },
  streams: { total: 25_000, perCaller: 12_500, perSubject: 16, perSubjectAndCaller: 4 },
  callsPerSecond: 2_000,
  answerTimeout: 30_000,
};

/** Maximum message size of any method, in bytes; most methods accept far less. */
const MAX_MESSAGE_BYTES = 2 * MIB;

/** Options of the library. */
export const SERVER_OPTIONS = {
  // Connections are pinged every five seconds (docs/reference/grpc.md#listener-and-tls) to detect dead machines. The
  // timeout is longer than specified there: a pause of this process, or of a client with thousands of calls, must not
  // end all its calls.
  'grpc.keepalive_time_ms': 5_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.keepalive_permit_without_calls': 1,
  // For connections without calls; clients reconnect when needed.
  'grpc.max_connection_idle_ms': 10 * 60_000,
  // A proxy may carry the calls of a whole partition over one connection.
  'grpc.max_concurrent_streams': 12_500,
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  // Nothing reads these statistics, which cost each call.
  'grpc.enable_channelz': 0,
};
