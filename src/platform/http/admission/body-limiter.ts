import type { FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import { overloaded } from '../errors/overload.js';
import { requestTimeout } from '../errors/protocol-error.js';
import { FairShareLimit } from './fair-share-limit.js';
import type { Exchange } from './exchange.js';
import '../fastify-request.js';
import { StallDetector } from './stall-detector.js';

export interface HeldBodyLimits {
  /** Maximum size of a body, in bytes. */
  readonly maxBodyBytes: number;
  /** Maximum total size of large bodies held at a time, in bytes. */
  readonly heldBodies: number;
  readonly bodyTimeout: number;
  readonly stallTimeout: number;
}

/** Bodies up to this size are not counted, in bytes: the limit of requests bounds them. */
const SMALL = 64 * 1024;

interface Reading {
  readonly exchange: Exchange;
  readonly reply: FastifyReply;
  readonly since: number;
  readonly stallDetector: StallDetector;
}

/** Limits the memory held by request bodies, and the time that clients take to send them. */
export class BodyLimiter {
  private readonly held: FairShareLimit;
  private readonly reading = new Set<Reading>();
  /** Time of the last sweep, in milliseconds. */
  private time = 0;

  constructor(private readonly limits: HeldBodyLimits) {
    this.held = new FairShareLimit(limits.heldBodies);
  }

  /**
   * Checks before a body is read whether there is room for it, and starts its timeout. Uploads are passed through
   * without being held, and may take any time while they make progress. Throws `ProtocolError` 429 or 503.
   */
  admit(exchange: Exchange, request: FastifyRequest, reply: FastifyReply, caller: string): void {
    const { announced, response } = exchange;
    if (!exchange.hasBody) return;
    const isUpload = request.routeOptions.config.operation?.upload !== undefined;
    const isTooLarge = !isUpload && (announced ?? 0) > this.limits.maxBodyBytes;
    if (!isUpload && !isTooLarge) this.reserve(exchange, caller, announced ?? 0);
    // A client whose body will be rejected as too large is not asked to send it.
    if (exchange.awaitsContinue && !isTooLarge) response.writeContinue();
    const entry = { exchange, reply, since: this.time, stallDetector: new StallDetector() };
    this.reading.add(entry);
    exchange.onEnd(() => this.reading.delete(entry));
  }

  /** Counts the bytes of a body of unknown size as they arrive. Responds with 429 or 503 when a limit is reached. */
  count(exchange: Exchange, payload: RequestPayload, reply: FastifyReply, caller: string): void {
    const isKnown = exchange.announced !== undefined && payload === exchange.request;
    if (!exchange.hasBody || isKnown) return;
    let arrived = 0;
    let granted = Math.max(SMALL, exchange.announced ?? 0);
    const onData = (chunk: Buffer): void => {
      arrived += chunk.length;
      if (arrived <= granted) return;
      try {
        this.reserve(exchange, caller, Math.max(arrived - granted, SMALL + 1));
        granted += Math.max(arrived - granted, SMALL + 1);
      } catch (error) {
        payload.removeListener('data', onData);
        giveUp(reply, error as Error);
      }
    };
    payload.on('data', onData);
  }

  /** Responds with 408 to bodies that take too long. `now` counts milliseconds from an arbitrary start. */
  sweep(now: number): void {
    this.time = now;
    for (const entry of this.reading) {
      const { exchange, reply, since } = entry;
      const { request } = exchange;
      if (request.complete || request.destroyed) {
        this.reading.delete(entry);
        continue;
      }
      const isUpload = reply.request.routeOptions.config.operation?.upload !== undefined;
      const seconds = this.limits.bodyTimeout / 1000;
      if (!isUpload && now - since > this.limits.bodyTimeout) {
        giveUp(reply, requestTimeout(`the body was not complete within ${seconds}s`));
      } else if (this.hasStalled(entry, now)) {
        giveUp(reply, requestTimeout(`the body made no progress within ${this.limits.stallTimeout / 1000}s`));
      } else continue;
      this.reading.delete(entry);
    }
  }

  private hasStalled({ exchange: { request, connection }, stallDetector }: Reading, now: number): boolean {
    // Bytes that have arrived but were not consumed yet are not the client's fault.
    if (request.readableLength > 0 || request.isPaused()) {
      stallDetector.pause();
      return false;
    }
    return stallDetector.hasStalled(connection.socket.bytesRead, now, this.limits.stallTimeout);
  }

  private reserve(exchange: Exchange, caller: string, bytes: number): void {
    if (bytes <= SMALL) return;
    const shortage = this.held.take(caller, bytes);
    if (shortage) throw overloaded(shortage, 'bytes of request bodies');
    exchange.onEnd(() => this.held.release(caller, bytes));
  }
}

/** Responds before the body is complete; the rest of the body is not read. */
function giveUp(reply: FastifyReply, error: Error): void {
  if (!reply.sent) void reply.header('connection', 'close').send(error);
}
