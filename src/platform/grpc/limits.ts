import type { ReceptionLimits } from './reception.js';
import type { QuotaLimits } from './quota.js';
import type { StreamLimits } from './streams.js';

/** What callers may use up. Made so that ten thousand waiting machines never meet a limit, behind one address or many. */
export interface GrpcLimits {
  readonly connections: QuotaLimits;
  readonly reception: ReceptionLimits;
  /** Unary calls under way. */
  readonly calls: QuotaLimits;
  /** Bytes of their messages; decoded they take ten times as much. */
  readonly bytes: QuotaLimits;
  readonly streams: StreamLimits;
  /** Calls of any kind that one caller may make in a second. */
  readonly callsPerSecond: number;
  /** How long the answer to a unary call may take, in milliseconds. Clients of v1 give up after 10 or 20 s. */
  readonly answerTimeout: number;
}

const MIB = 1024 * 1024;

export const GRPC_LIMITS: GrpcLimits = {
  connections: { total: 25_000, each: 12_500 },
  reception: {
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

/** Longest message of any method, in bytes; most methods take far less. */
const MAX_MESSAGE_BYTES = 2 * MIB;

/** Options of the library. */
export const SERVER_OPTIONS = {
  // Connections are pinged every five seconds (reference/40 §4.1), so that dead machines are noticed. The answer has more
  // time than there: a pause of this process, or of a client with thousands of calls, must not end all its calls.
  'grpc.keepalive_time_ms': 5_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.keepalive_permit_without_calls': 1,
  // Without calls; clients connect again when they have something to say.
  'grpc.max_connection_idle_ms': 10 * 60_000,
  // A proxy may carry the calls of a whole partition over one connection.
  'grpc.max_concurrent_streams': 12_500,
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
};
