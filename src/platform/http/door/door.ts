import type { RequestListener, Server } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import { callerOf } from '../../auth/user.js';
import '../../auth/fastify-user.js';
import { overloaded } from '../errors/overload.js';
import { Answers } from './answers.js';
import { BodyWatch } from './body-watch.js';
import { Budget } from './budget.js';
import { Connections } from './connections.js';
import { createDoorServer } from './door-server.js';
import { exchangeOf } from './exchange.js';
import { Turns } from './turns.js';

/** See `HttpLimits` of the configuration. Sizes in bytes, durations in milliseconds. */
export interface DoorLimits {
  readonly connections: number;
  readonly requests: number;
  readonly heldBodies: number;
  readonly heldAnswers: number;
  readonly headersTimeout: number;
  readonly bodyTimeout: number;
  readonly stallTimeout: number;
}

/** Shortest time between two looks at the transfers under way, in milliseconds. */
const SWEEP = 1000;

/**
 * Bounds what callers can make the server hold: connections, requests, bodies, answers. Open routes
 * (health, version) are served whatever else goes on; of callers without a credential no body is read.
 *
 * Clients of v1 do not repeat what was refused with 429 or 503 by themselves (controllers try again later), so the limits
 * are far above what honest ones have under way at a time.
 */
export class Door {
  private readonly connections: Connections;
  private readonly requests: Budget;
  private readonly bodies: BodyWatch;
  private readonly answers: Answers;
  private readonly turns = new Turns();
  /** Milliseconds during which transfers were watched. */
  private time = 0;

  /** `onRefused` hears the reason of each refusal, for the metrics. */
  constructor(
    private readonly limits: DoorLimits,
    maxBodyBytes: number,
    private readonly onRefused: (reason: string) => void = () => undefined,
  ) {
    this.connections = new Connections(limits.connections, onRefused);
    this.requests = new Budget(limits.requests);
    this.bodies = new BodyWatch({ ...limits, maxBodyBytes });
    this.answers = new Answers(limits.heldAnswers);
  }

  /** The HTTP server that hands requests to `listener`. */
  createServer(listener: RequestListener): Server {
    const counted: RequestListener = (request, response) => {
      this.turns.arrived();
      listener(request, response);
    };
    const server = createDoorServer(counted, this.connections, this.limits.headersTimeout);
    server.on('connection', () => this.turns.arrived());
    const { bodyTimeout, stallTimeout } = this.limits;
    let timer: NodeJS.Timeout | undefined;
    server.on('listening', () => {
      const interval = Math.min(SWEEP, bodyTimeout / 4, stallTimeout / 4);
      timer = setInterval(() => this.sweep(interval), interval).unref();
    });
    server.on('close', () => clearInterval(timer));
    return server;
  }

  /** Hook before the body: is there room for the request? Bodies of callers without a credential are left unread. */
  admit(request: FastifyRequest, reply: FastifyReply, payload: RequestPayload, done: Done): void {
    const exchange = exchangeOf(request.raw);
    const caller = callerOf(request.user);
    if (caller === undefined) {
      for (const name of BODY_HEADERS) delete request.raw.headers[name];
      return done(null, payload);
    }
    if (!exchange) return done(null, payload);
    try {
      if (exchange.connection.reserve && this.connections.crowded) throw overloaded('all', 'connections');
      const shortage = this.requests.take(caller, 1);
      if (shortage) throw overloaded(shortage, 'requests');
      exchange.onEnd(() => this.requests.release(caller, 1));
      this.bodies.admit(exchange, request, reply, caller);
    } catch (error) {
      return done(error as Error);
    }
    done(null, payload);
  }

  /** Hook behind decompression: counts what arrives of bodies of unknown size. */
  count(request: FastifyRequest, reply: FastifyReply, payload: RequestPayload, done: Done): void {
    const exchange = exchangeOf(request.raw);
    const caller = callerOf(request.user);
    const isUpload = request.routeOptions.config.operation?.upload !== undefined;
    if (exchange && caller !== undefined && !isUpload) this.bodies.count(exchange, payload, reply, caller);
    done(null, payload);
  }

  /** Hook before the handler: lets requests begin one after the other. A request whose client has gone never begins. */
  takeTurn(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
    const caller = callerOf(request.user);
    if (caller === undefined) return done();
    this.turns.take(caller, () => {
      if (!request.raw.socket.destroyed) done();
    });
  }

  /** Adds the last hook before an answer goes out; call it when all other parts have theirs. */
  watchAnswers(instance: FastifyInstance): void {
    instance.addHook('onSend', (request, reply, payload, done) => {
      const exchange = exchangeOf(request.raw);
      if (exchange?.awaitsContinue && !exchange.response.headersSent && !exchange.request.readableDidRead) {
        void reply.header('connection', 'close'); // the client may or may not send the body now
      }
      if (!exchange) return done(null, payload);
      done(null, this.answers.outgoing(exchange, request, reply, callerOf(request.user) ?? '', payload));
    });
  }

  /** Counts time in sweeps, not by the clock: while the process was busy, no transfer could make progress. */
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

type Done = (error: Error | null, payload?: RequestPayload) => void;

const BODY_HEADERS = ['content-length', 'transfer-encoding', 'content-type', 'content-encoding'] as const;
