import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorBody } from '../errors/error-body.js';
import { overloaded } from '../errors/overload.js';
import '../fastify-request.js';
import { FairShareLimit } from './fair-share-limit.js';
import { Turns } from './turns.js';
import type { Exchange } from './exchange.js';

/** Responses up to this size are not counted, in bytes: the limit of requests bounds them. */
const SMALL = 64 * 1024;
/** Size of the chunks of large responses, in bytes, which makes the progress of clients observable. */
const PIECE = 1024 * 1024;

/** Headers that describe the response which there was no room for. */
const OF_THE_ANSWER = ['content-length', 'content-encoding', 'etag'];

/**
 * Limits the memory held by responses until clients have read them, and the time that sending them takes from other requests: one
 * chunk is sent per round of the event loop.
 */
export class ResponseLimiter {
  private readonly held: FairShareLimit;
  /** Number of readers of each large response: a cached one takes its memory once. */
  private readonly readers = new Map<Buffer, number>();
  private readonly turns = new Turns();

  constructor(heldAnswers: number) {
    this.held = new FairShareLimit(heldAnswers);
  }

  /**
   * Returns the payload to send: unchanged, split into chunks if it is large, or an error if there is no room for it.
   * Only reads are refused; callers that have changed something get their response. `held`: bytes from which a stream makes
   * its chunks, if they are in memory for this response alone.
   */
  outgoing(exchange: Exchange, request: FastifyRequest, reply: FastifyReply, payload: unknown, held: number): unknown {
    // A watch holds little, and is counted as such.
    if (request.routeOptions.config.operation?.endless && isStream(payload)) return payload;
    if (isStream(payload)) return this.granted(exchange, request, reply, costOf(reply) + held) ?? payload;
    const bytes = asLarge(payload);
    if (!bytes) return payload;
    const cost = this.readers.has(bytes) ? Math.min(PIECE, bytes.length) : bytes.length;
    const refusal = this.granted(exchange, request, reply, cost);
    if (refusal !== undefined) return refusal;
    this.readers.set(bytes, (this.readers.get(bytes) ?? 0) + 1);
    exchange.onEnd(() => this.forget(bytes));
    if (bytes.length <= PIECE) return bytes;
    void reply.header('content-length', bytes.length);
    return Readable.from(this.pieces(bytes), { objectMode: false, highWaterMark: 1 });
  }

  private granted(exchange: Exchange, request: FastifyRequest, reply: FastifyReply, cost: number): string | undefined {
    const { caller = '' } = exchange;
    const shortage = this.held.take(caller, cost);
    if (!shortage) exchange.onEnd(() => this.held.release(caller, cost));
    if (!shortage || !isRead(request)) return undefined;
    const { status, message, retryAfter } = overloaded(shortage, 'bytes of responses');
    request.failure = message;
    for (const name of OF_THE_ANSWER) void reply.removeHeader(name);
    void reply.code(status).header('retry-after', retryAfter);
    void reply.header('content-type', 'application/json');
    return errorBody(status, message);
  }

  private async *pieces(bytes: Buffer): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += PIECE) {
      await this.turns.next();
      yield bytes.subarray(at, at + PIECE);
    }
  }

  private forget(bytes: Buffer): void {
    const readers = this.readers.get(bytes)! - 1;
    if (readers > 0) this.readers.set(bytes, readers);
    else this.readers.delete(bytes);
  }
}

/** What a stream holds at most, in bytes; less than a chunk if its length is known. */
function costOf(reply: FastifyReply): number {
  const length = Number(reply.getHeader('content-length') ?? PIECE);
  return Math.min(PIECE, length);
}

function asLarge(payload: unknown): Buffer | undefined {
  if (Buffer.isBuffer(payload)) return payload.length > SMALL ? payload : undefined;
  return typeof payload === 'string' && payload.length > SMALL ? Buffer.from(payload) : undefined;
}

const isStream = (payload: unknown): boolean => typeof (payload as { pipe?: unknown } | null)?.pipe === 'function';

const isRead = ({ method, routeOptions }: FastifyRequest): boolean =>
  method === 'GET' || routeOptions.config.operation?.audit === 'exclude';
