import { status } from '@grpc/grpc-js';
import { withDeadline } from '../../shared/concurrency/deadline.js';
import { DomainError, isDomainError } from '../../shared/errors/domain-error.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { RateLimiter } from './rate-limiter.js';
import { rateLimitKey, callerText } from './caller.js';
import type { GrpcCaller } from './caller.js';
import type { Decode } from './incoming.js';
import type { GrpcLimits } from './limits.js';
import { ThrottledLogger } from './throttled-logger.js';
import { ConcurrencyLimiter } from './concurrency-limiter.js';
import type { Rate } from './routes.js';
import { statusOf } from './status.js';

/** A call that is about to be executed. */
export interface GrpcCall {
  /** Full name, e.g. `/api.v1.BootService/Register`. */
  readonly method: string;
  readonly kind: 'unary' | 'stream';
  readonly caller: GrpcCaller;
  /** What the request concerns, e.g. a machine ID; `""` if it does not say. */
  readonly subject: string;
  readonly request: object;
  /** Whether the call must be recorded in the audit trail. */
  readonly recorded: boolean;
}

/** Called at the end of a call with its gRPC status code, the error, and the response of a successful unary call. */
export type GrpcEnd = (code: number, error?: string, response?: object) => void;

/** Called before a call is executed. Rejects to refuse the call. */
export type GrpcGate = (call: GrpcCall) => Promise<GrpcEnd | undefined>;

/** A method with its admission rules. */
export interface Method {
  readonly path: string;
  readonly decode: Decode;
  readonly rate: Rate | undefined;
  /** Throws `forbidden`, or returns the check for the handler. */
  readonly access: (caller: GrpcCaller) => unknown;
  readonly subject: (request: never) => string;
  readonly recorded: (request: never) => boolean;
}

/** What the handler of an admitted call gets in addition to the request. */
export interface Admitted {
  readonly subject: string;
  /** The check of the method's `access`, for a handler that expects it. */
  readonly check: never;
}

/** Minimum cost of a message, in bytes. */
const LEAST_BYTES = 1024;

/** Decides which calls are executed, cheapest checks first, and how the others are refused. */
export class CallAdmission {
  gate: GrpcGate = () => Promise.resolve(undefined);
  private readonly rateLimiter = new RateLimiter();
  private readonly calls: ConcurrencyLimiter;
  private readonly bytes: ConcurrencyLimiter;
  private readonly throttledLog: ThrottledLogger;

  constructor(
    private readonly limits: GrpcLimits,
    private readonly log: AppLogger,
  ) {
    this.calls = new ConcurrencyLimiter(limits.calls);
    this.bytes = new ConcurrencyLimiter(limits.bytes);
    this.throttledLog = new ThrottledLogger(log);
  }

  /** Throws DomainErrors; `unavailable` if the response takes too long, in which case the work continues. */
  async unary(
    method: Method,
    caller: GrpcCaller,
    bytes: Buffer,
    handle: (request: never, admitted: Admitted) => Promise<object>,
  ): Promise<object> {
    const leave = this.enter(method, caller, bytes.length);
    const work = this.carriedOut(method, 'unary', caller, bytes, handle);
    // Work that has timed out for its caller still counts.
    void work.then(leave, leave);
    return this.inTime(method.path, work);
  }

  /** Like `unary`, without a deadline and without counting calls in progress. */
  async streaming(
    method: Method,
    caller: GrpcCaller,
    bytes: Buffer,
    run: (request: never, admitted: Admitted) => Promise<void>,
  ): Promise<void> {
    this.spend(method, caller, 'calls', this.limits.callsPerSecond, 1);
    await this.carriedOut(method, 'stream', caller, bytes, async (request, admitted) => {
      await run(request, admitted);
      return {};
    });
  }

  private enter(method: Method, caller: GrpcCaller, size: number): () => void {
    this.spend(method, caller, 'calls', this.limits.callsPerSecond, 1);
    const key = rateLimitKey(caller);
    const leave = [this.calls.take(key), this.bytes.take(key, Math.max(size, LEAST_BYTES))];
    const release = (): void => leave.forEach((each) => each?.());
    if (!leave.includes(undefined)) return release;
    release();
    throw this.refusal(method, caller, new DomainError('exhausted', 'too many calls are in progress; try again later'));
  }

  private async carriedOut(
    method: Method,
    kind: GrpcCall['kind'],
    caller: GrpcCaller,
    bytes: Buffer,
    handle: (request: never, admitted: Admitted) => Promise<object>,
  ): Promise<object> {
    let end: GrpcEnd | undefined;
    try {
      const request = method.decode(bytes);
      const { rate } = method;
      if (rate) this.spend(method, caller, rate.what, rate.perSecond, rate.units?.(request) ?? 1);
      const check = method.access(caller) as never;
      const subject = method.subject(request);
      const recorded = method.recorded(request);
      end = await this.gate({ method: method.path, kind, caller, subject, request, recorded });
      const response = await handle(request, { subject, check });
      end?.(status.OK, undefined, response);
      return response;
    } catch (error) {
      if (!isDomainError(error)) {
        this.log.warn(`gRPC ${method.path} failed`, error instanceof Error ? error.stack : error);
      }
      const { code, details } = statusOf(error);
      end?.(code, details);
      throw error;
    }
  }

  private spend(method: Method, caller: GrpcCaller, what: string, perSecond: number, units: number): void {
    try {
      this.rateLimiter.spend(caller, what, perSecond, units);
    } catch (error) {
      throw this.refusal(method, caller, error as Error);
    }
  }

  private refusal({ path }: Method, caller: GrpcCaller, error: Error): Error {
    this.throttledLog.warn(`gRPC ${path} from ${callerText(caller)} was refused: ${error.message}`);
    return error;
  }

  private inTime<T>(path: string, work: Promise<T>): Promise<T> {
    const { answerTimeout } = this.limits;
    return withDeadline(work, answerTimeout, () => {
      const message = `${path} is not finished after ${answerTimeout / 1000} s; it may still complete`;
      this.throttledLog.warn(`gRPC ${message}`);
      return new DomainError('unavailable', message);
    });
  }
}
