import type { RequestListener, Server } from 'node:http';
import type { FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import { Scheduler } from '../../../shared/concurrency/scheduler.js';
import { callerKey } from '../../auth/user.js';
import '../../auth/fastify-user.js';
import { overloaded } from '../errors/overload.js';
import { ResponseLimiter } from './response-limiter.js';
import { BodyLimiter } from './body-limiter.js';
import { FairShareLimit } from './fair-share-limit.js';
import { ConnectionLimiter } from './connection-limiter.js';
import { createHttpServer } from './http-server.js';
import { exchangeOf } from './exchange.js';
import { FairScheduler } from './fair-scheduler.js';
import { endsConnection } from './unread-body.js';

/** See `HttpLimits` in the configuration. Sizes in bytes, durations in milliseconds. */
export interface AdmissionLimits {
  readonly connections: number;
  readonly requests: number;
  readonly watches: number;
  readonly heldBodies: number;
  readonly heldAnswers: number;
  readonly headersTimeout: number;
  readonly bodyTimeout: number;
  readonly stallTimeout: number;
}

/** Maximum interval between two checks of the transfers in progress, in milliseconds. */
const SWEEP = 1000;

/**
 * Limits the resources that callers can occupy: connections, requests, bodies, responses. Open routes (health, version)
 * are always served; bodies of callers without a credential are never read.
 *
 * Clients of v1 do not retry after 429 or 503 automatically (controllers try again later), so the limits are far above
 * what well-behaved clients have in progress.
 */
export class AdmissionControl {
  private readonly connections: ConnectionLimiter;
  private readonly requests: FairShareLimit;
  private readonly watches: FairShareLimit;
  private readonly bodies: BodyLimiter;
  private readonly responses: ResponseLimiter;
  private readonly scheduler = new FairScheduler();
  /** Time during which transfers were monitored, in milliseconds. */
  private time = 0;

  /** `onRefused` is called with the reason for each refusal, for the metrics. */
  constructor(
    private readonly limits: AdmissionLimits,
    maxBodyBytes: number,
    private readonly onRefused: (reason: string) => void = () => undefined,
  ) {
    this.connections = new ConnectionLimiter(limits.connections, onRefused);
    this.requests = new FairShareLimit(limits.requests);
    this.watches = new FairShareLimit(limits.watches);
    this.bodies = new BodyLimiter({ ...limits, maxBodyBytes });
    this.responses = new ResponseLimiter(limits.heldAnswers);
  }

  /** Creates the HTTP server that passes requests to `listener`. */
  createServer(listener: RequestListener): Server {
    const counted: RequestListener = (request, response) => {
      this.scheduler.arrived();
      listener(request, response);
    };
    const server = createHttpServer(counted, this.connections, this.limits.headersTimeout);
    server.on('connection', () => this.scheduler.arrived());
    const { bodyTimeout, stallTimeout } = this.limits;
    const jobs = new Scheduler(() => undefined);
    server.on('listening', () => {
      const interval = Math.min(SWEEP, bodyTimeout / 4, stallTimeout / 4);
      jobs.every(interval, 'transfers in progress', () => this.sweep(interval));
    });
    server.on('close', () => void jobs.stop());
    return server;
  }

  /** The server stops: closes what would keep it from that. */
  closeSilent(): void {
    this.connections.closeSilent();
  }

  /**
   * Runs before the body is read: checks for capacity. Leaves bodies of callers without a credential unread. Throws
   * `ProtocolError` 429 or 503.
   */
  admit(request: FastifyRequest, reply: FastifyReply): void {
    const exchange = exchangeOf(request.raw);
    const caller = callerKey(request.user);
    if (caller === undefined) {
      for (const name of BODY_HEADERS) delete request.raw.headers[name];
      return;
    }
    if (!exchange) return;
    exchange.caller = caller;
    if (exchange.connection.reserve && this.connections.crowded) throw overloaded('all', 'connections');
    const isEndless = request.routeOptions.config.operation?.endless === true;
    const budget = isEndless ? this.watches : this.requests;
    const shortage = budget.take(caller, 1);
    if (shortage) throw overloaded(shortage, isEndless ? 'watches' : 'requests');
    exchange.onEnd(() => budget.release(caller, 1));
    this.bodies.admit(exchange, request, reply, caller);
  }

  /** Runs after decompression and counts the bytes of bodies of unknown size. */
  count(request: FastifyRequest, reply: FastifyReply, payload: RequestPayload): void {
    const exchange = exchangeOf(request.raw);
    if (!exchange?.hasBody) return;
    const isUpload = request.routeOptions.config.operation?.upload !== undefined;
    if (exchange.caller !== undefined && !isUpload) this.bodies.count(exchange, payload, reply, exchange.caller);
  }

  /** Runs before the handler: serializes the start of requests. Requests whose client has disconnected never start. */
  takeTurn(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
    const caller = exchangeOf(request.raw)?.caller;
    if (caller === undefined) return done();
    this.scheduler.take(caller, () => {
      if (!request.raw.socket.destroyed) done();
    });
  }

  /** What to send: the payload, in chunks if it is large, or an error if there is no room for it. The last step. */
  outgoing(request: FastifyRequest, reply: FastifyReply, payload: unknown, held = 0): unknown {
    const exchange = exchangeOf(request.raw);
    if (exchange?.awaitsContinue && !exchange.response.headersSent && !exchange.request.readableDidRead) {
      void reply.header('connection', 'close'); // it is unknown whether the client sends the body now
    }
    if (!exchange) return payload;
    if (endsConnection(exchange)) void reply.header('connection', 'close');
    return this.responses.outgoing(exchange, request, reply, payload, held);
  }

  /** Measures time in sweeps, not by the clock: while the process was busy, no transfer could make progress. */
  private sweep(interval: number): void {
    this.time += interval;
    this.bodies.sweep(this.time);
    for (const { socket, sending } of this.connections.busy()) {
      if (socket.writableLength === 0) sending.pause();
      else if (sending.hasStalled(socket.bytesWritten - socket.writableLength, this.time, this.limits.stallTimeout)) {
        this.onRefused('unread-answer');
        socket.destroy();
      }
    }
  }
}

const BODY_HEADERS = ['content-length', 'transfer-encoding', 'content-type', 'content-encoding'] as const;
