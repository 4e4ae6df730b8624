import type { FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import { overloaded } from '../errors/overload.js';
import { requestTimeout } from '../errors/protocol-error.js';
import { Budget } from './budget.js';
import type { Exchange } from './exchange.js';
import '../fastify-request.js';
import { Progress } from './progress.js';

export interface BodyLimits {
  /** Bytes of the largest body. */
  readonly maxBodyBytes: number;
  /** Bytes of all large bodies that are held at a time. */
  readonly heldBodies: number;
  readonly bodyTimeout: number;
  readonly stallTimeout: number;
}

/** Bodies up to this size are not counted, in bytes: the number of requests bounds them. */
const SMALL = 64 * 1024;

interface Reading {
  readonly exchange: Exchange;
  readonly reply: FastifyReply;
  readonly since: number;
  readonly progress: Progress;
}

/** Bounds the memory that request bodies take, and the time that clients take to send them. */
export class BodyWatch {
  private readonly held: Budget;
  private readonly reading = new Set<Reading>();
  /** Of the last look, in milliseconds. */
  private time = 0;

  constructor(private readonly limits: BodyLimits) {
    this.held = new Budget(limits.heldBodies);
  }

  /**
   * Decides before a body is read whether there is room for it, and times it from then on. Uploads pass through without
   * being held, and may take any time as long as they get on. Throws `ProtocolError` 429 or 503.
   */
  admit(exchange: Exchange, request: FastifyRequest, reply: FastifyReply, caller: string): void {
    const { announced, response } = exchange;
    if (!exchange.hasBody) return;
    const isUpload = request.routeOptions.config.operation?.upload !== undefined;
    const isTooLarge = !isUpload && (announced ?? 0) > this.limits.maxBodyBytes;
    if (!isUpload && !isTooLarge) this.reserve(exchange, caller, announced ?? 0);
    // Who will be told that the body is too large is not asked to send it.
    if (exchange.awaitsContinue && !isTooLarge) response.writeContinue();
    const entry = { exchange, reply, since: this.time, progress: new Progress() };
    this.reading.add(entry);
    exchange.onEnd(() => this.reading.delete(entry));
  }

  /** Counts a body whose size is not known beforehand, as it arrives. Answers 429 or 503 when there is no more room. */
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

  /** Answers 408 to those that take too long. `now` counts milliseconds from any beginning. */
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
        giveUp(reply, requestTimeout(`the body must be complete within ${seconds}s`));
      } else if (this.hasStalled(entry, now)) {
        giveUp(reply, requestTimeout(`nothing more of the body came within ${this.limits.stallTimeout / 1000}s`));
      } else continue;
      this.reading.delete(entry);
    }
  }

  private hasStalled({ exchange: { request, connection }, progress }: Reading, now: number): boolean {
    // What has arrived and is not taken yet is our affair, not the client's.
    if (request.readableLength > 0 || request.isPaused()) {
      progress.pause();
      return false;
    }
    return progress.hasStalled(connection.socket.bytesRead, now, this.limits.stallTimeout);
  }

  private reserve(exchange: Exchange, caller: string, bytes: number): void {
    if (bytes <= SMALL) return;
    const shortage = this.held.take(caller, bytes);
    if (shortage) throw overloaded(shortage, 'bytes of request bodies');
    exchange.onEnd(() => this.held.release(caller, bytes));
  }
}

/** Answers in the middle of the body; the rest of it is not read. */
function giveUp(reply: FastifyReply, error: Error): void {
  if (!reply.sent) void reply.header('connection', 'close').send(error);
}
