import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorBody } from '../errors/error-body.js';
import { overloaded } from '../errors/overload.js';
import '../fastify-request.js';
import { Budget } from './budget.js';
import type { Exchange } from './exchange.js';

/** Answers up to this size are not counted, in bytes: the number of requests bounds them. */
const SMALL = 64 * 1024;
/** Large answers go out in pieces of so many bytes, so that one can tell how far their readers have come. */
const PIECE = 1024 * 1024;

/** Bounds the memory that answers take until their readers have taken them. */
export class Answers {
  private readonly held: Budget;
  /** How many readers each large answer has: one that is kept ready takes its memory once. */
  private readonly readers = new Map<Buffer, number>();

  constructor(heldAnswers: number) {
    this.held = new Budget(heldAnswers);
  }

  /**
   * What is sent for `payload`: the same, cut into pieces when it is large, or an error when there is no room for it. Only
   * reads are refused; who changed something gets the answer.
   */
  outgoing(
    exchange: Exchange,
    request: FastifyRequest,
    reply: FastifyReply,
    caller: string,
    payload: unknown,
  ): unknown {
    if (isStream(payload)) return this.granted(exchange, request, reply, caller, PIECE) ?? payload;
    const bytes = asLarge(payload);
    if (!bytes) return payload;
    const cost = this.readers.has(bytes) ? Math.min(PIECE, bytes.length) : bytes.length;
    const refusal = this.granted(exchange, request, reply, caller, cost);
    if (refusal !== undefined) return refusal;
    this.readers.set(bytes, (this.readers.get(bytes) ?? 0) + 1);
    exchange.onEnd(() => this.forget(bytes));
    if (bytes.length <= PIECE) return bytes;
    void reply.header('content-length', bytes.length);
    return Readable.from(pieces(bytes), { objectMode: false, highWaterMark: 1 });
  }

  private granted(
    exchange: Exchange,
    request: FastifyRequest,
    reply: FastifyReply,
    caller: string,
    cost: number,
  ): string | undefined {
    const shortage = this.held.take(caller, cost);
    if (!shortage) exchange.onEnd(() => this.held.release(caller, cost));
    if (!shortage || !isRead(request)) return undefined;
    const { status, message, retryAfter } = overloaded(shortage, 'bytes of answers');
    request.failure = message;
    void reply.code(status).removeHeader('content-length').header('retry-after', retryAfter);
    void reply.header('content-type', 'application/json');
    return errorBody(status, message);
  }

  private forget(bytes: Buffer): void {
    const readers = this.readers.get(bytes)! - 1;
    if (readers > 0) this.readers.set(bytes, readers);
    else this.readers.delete(bytes);
  }
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

function asLarge(payload: unknown): Buffer | undefined {
  if (Buffer.isBuffer(payload)) return payload.length > SMALL ? payload : undefined;
  return typeof payload === 'string' && payload.length > SMALL ? Buffer.from(payload) : undefined;
}

const isStream = (payload: unknown): boolean => typeof (payload as { pipe?: unknown } | null)?.pipe === 'function';

const isRead = ({ method, routeOptions }: FastifyRequest): boolean =>
  method === 'GET' || routeOptions.config.operation?.audit === 'exclude';
