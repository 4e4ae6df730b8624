import { status } from '@grpc/grpc-js';
import { DomainError, isDomainError } from '../../shared/errors/domain-error.js';
import type { Log } from '../../shared/log.js';
import { Allowances } from './allowances.js';
import { allowanceOf, callerText } from './caller.js';
import type { Caller } from './caller.js';
import type { Decode } from './incoming.js';
import type { GrpcLimits } from './limits.js';
import { OccasionalLog } from './occasional-log.js';
import { Quota } from './quota.js';
import type { Rate } from './routes.js';
import { statusOf } from './status.js';

/** A call that is about to be carried out. */
export interface GrpcCall {
  /** Full name, e.g. `/api.v1.BootService/Register`. */
  readonly method: string;
  readonly kind: 'unary' | 'stream';
  readonly caller: Caller;
  /** What the request is about, e.g. the id of a machine; `""` when it does not say. */
  readonly subject: string;
  readonly request: object;
  /** Whether it is to be put on record. */
  readonly recorded: boolean;
}

/** Hears of the end of a call: gRPC status code, what went wrong, and the answer of a unary call that succeeded. */
export type GrpcEnd = (code: number, error?: string, response?: object) => void;

/** Asked before a call is carried out. Rejecting refuses the call. */
export type GrpcGate = (call: GrpcCall) => Promise<GrpcEnd | undefined>;

/** A method as calls of it are admitted. */
export interface Method {
  readonly path: string;
  readonly decode: Decode;
  readonly rate: Rate | undefined;
  readonly subject: (request: never) => string;
  readonly recorded: (request: never) => boolean;
}

/** What a message costs at least, in bytes. */
const LEAST_BYTES = 1024;

/** Decides which calls are carried out, cheapest questions first, and what the others are told. */
export class Admission {
  gate: GrpcGate = () => Promise.resolve(undefined);
  private readonly allowances = new Allowances();
  private readonly calls: Quota;
  private readonly bytes: Quota;
  private readonly occasionally: OccasionalLog;

  constructor(
    private readonly limits: GrpcLimits,
    private readonly log: Log,
  ) {
    this.calls = new Quota(limits.calls);
    this.bytes = new Quota(limits.bytes);
    this.occasionally = new OccasionalLog(log);
  }

  /** Throws DomainErrors, `unavailable` when the answer takes too long; what was begun then goes on. */
  async unary(
    method: Method,
    caller: Caller,
    bytes: Buffer,
    handle: (request: never) => Promise<object>,
  ): Promise<object> {
    const leave = this.enter(method, caller, bytes.length);
    const work = this.carriedOut(method, 'unary', caller, bytes, (request) => handle(request));
    // Work whose caller was told that it takes too long still counts.
    void work.then(leave, leave);
    return this.inTime(method.path, work);
  }

  /** As `unary`, without a deadline and without counting what is under way. */
  async streaming(
    method: Method,
    caller: Caller,
    bytes: Buffer,
    run: (request: never, subject: string) => Promise<void>,
  ): Promise<void> {
    this.spend(method, caller, 'calls', this.limits.callsPerSecond, 1);
    await this.carriedOut(method, 'stream', caller, bytes, async (request, subject) => {
      await run(request, subject);
      return {};
    });
  }

  private enter(method: Method, caller: Caller, size: number): () => void {
    this.spend(method, caller, 'calls', this.limits.callsPerSecond, 1);
    const key = allowanceOf(caller);
    const leave = [this.calls.take(key), this.bytes.take(key, Math.max(size, LEAST_BYTES))];
    const release = (): void => leave.forEach((each) => each?.());
    if (!leave.includes(undefined)) return release;
    release();
    throw this.refusal(method, caller, new DomainError('exhausted', 'too many calls are under way; try again later'));
  }

  private async carriedOut(
    method: Method,
    kind: GrpcCall['kind'],
    caller: Caller,
    bytes: Buffer,
    handle: (request: never, subject: string) => Promise<object>,
  ): Promise<object> {
    let end: GrpcEnd | undefined;
    try {
      const request = method.decode(bytes);
      const { rate } = method;
      if (rate) this.spend(method, caller, rate.what, rate.perSecond, rate.units?.(request) ?? 1);
      const subject = method.subject(request);
      const recorded = method.recorded(request);
      end = await this.gate({ method: method.path, kind, caller, subject, request, recorded });
      const response = await handle(request, subject);
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

  private spend(method: Method, caller: Caller, what: string, perSecond: number, units: number): void {
    try {
      this.allowances.spend(caller, what, perSecond, units);
    } catch (error) {
      throw this.refusal(method, caller, error as Error);
    }
  }

  private refusal({ path }: Method, caller: Caller, error: Error): Error {
    this.occasionally.warn(`gRPC ${path} of ${callerText(caller)} was refused: ${error.message}`);
    return error;
  }

  private async inTime<T>(path: string, work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const message = `${path} is not finished after ${this.limits.answerTimeout / 1000} s; it may still be carried out`;
      timer = setTimeout(() => {
        this.occasionally.warn(`gRPC ${message}`);
        reject(new DomainError('unavailable', message));
      }, this.limits.answerTimeout);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
