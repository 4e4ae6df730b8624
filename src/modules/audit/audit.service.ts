import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { InjectLogger } from '../../platform/telemetry/inject-logger.js';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { InjectLog } from '../../platform/store/inject.js';
import type { AppendLog } from '../../platform/store/append-log.js';
import { endsWithin, withDeadline } from '../../shared/concurrency/deadline.js';
import { sleep } from '../../shared/concurrency/timers.js';
import { timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { disabled, DomainError, malformed } from '../../shared/errors/domain-error.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { LoopSlicer } from '../../shared/event-loop.js';
import { COMPONENT, matches } from './audit.js';
import type { AuditedCall, Trace, TraceQuery } from './audit.js';
import { NO_BODY } from './audited-body.js';
import { auditLog } from './audit.table.js';
import { AuditRateLimiter } from './audit-rate-limiter.js';
import { OmissionCounter } from './omission-counter.js';
import type { OmittedCalls } from './omission-counter.js';

/** Default time range of a search, in milliseconds. */
const DEFAULT_RANGE = 24 * 3600_000;
const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 10_000;

/** Maximum total length of bodies and errors in one response. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

/** Time after which the database is considered unavailable, in milliseconds. */
const DEADLINE = 2000;

/** Delays before each retry of a failed write of a response entry, in milliseconds. */
const RETRIES = [100, 1000, 5000, 15_000];

/** How a call ended. */
export interface CallOutcome {
  readonly statusCode: number;
  readonly body: string;
  readonly error: string;
}

/** The trail's data on a call in progress. */
interface Record {
  readonly callId: string;
  /** Absent if the caller exceeded its rate: then only a successful response is recorded. */
  readonly line?: Trace;
  readonly overBudget: boolean;
}

/**
 * Records who did what and when, in the store's append-only log, for a limited time. Bounded: a caller that exceeds the
 * rate leaves one line, without bodies, for each call that changed something, and a count of the remaining calls.
 */
@Injectable()
export class AuditService implements BeforeApplicationShutdown {
  private readonly writing = new Set<Promise<void>>();
  private readonly process = randomUUID().slice(0, 8);
  private readonly records = new WeakMap<AuditedCall, Record>();
  private readonly calls: AuditRateLimiter;
  private readonly reads: AuditRateLimiter;
  private readonly omissions = new OmissionCounter();
  private sequence = 0;

  constructor(
    @InjectLog(auditLog) private readonly trail: AppendLog<Trace>,
    @InjectConfig() private readonly config: Config,
    @InjectClock() private readonly clock: Clock,
    @InjectLogger() private readonly log: AppLogger,
  ) {
    this.calls = new AuditRateLimiter(config.auditing.rate, clock);
    this.reads = new AuditRateLimiter(config.auditing.rate, clock);
  }

  get enabled(): boolean {
    return this.config.auditing.enabled;
  }

  /**
   * The entry is durable when this resolves, unless the caller exceeded its rate. Throws `unavailable` if it cannot be
   * written; the call must not be executed then.
   */
  async recordRequest(call: AuditedCall, body = NO_BODY): Promise<void> {
    if (this.calls.spend(callerOf(call))) await this.open(call, body);
    else this.records.set(call, { callId: randomUUID(), overBudget: true });
  }

  /** Like `recordRequest`, for a call that reads secrets; also throws `unavailable` if the caller exceeded its rate. */
  async recordSecretsRequest(call: AuditedCall, body = NO_BODY): Promise<void> {
    if (!this.reads.spend(callerOf(call))) {
      this.omissions.add(callerOf(call), this.clock.now());
      const rate = this.config.auditing.rate;
      throw new DomainError(
        'unavailable',
        `secrets were read too often: the audit trail records ${rate} calls per second and caller; try again later`,
      );
    }
    await this.open(call, body);
  }

  /** Written in the background, after the response was sent. Lost, and logged, only if the store stays unavailable. */
  recordResponse(call: AuditedCall, outcome: CallOutcome): void {
    const { callId, line, overBudget } = this.records.get(call) ?? { callId: randomUUID(), overBudget: false };
    const refused = isRefusal(call, outcome);
    if (overBudget && refused) return this.omissions.add(callerOf(call), this.clock.now());
    const body = overBudget ? NO_BODY : outcome.body;
    const answer = this.trace(call, callId, { phase: 'response', ...outcome, body });
    // The body of a refused call may be anything, including a misplaced secret. For gRPC only IDs are kept anyway.
    const blanked =
      line && refused && call.type === 'http' && line.body !== NO_BODY ? [{ ...line, body: NO_BODY }] : [];
    this.writeBehind([...blanked, answer]);
  }

  /** Records a call that was refused before its request was recorded. */
  recordRefusal(call: AuditedCall, outcome: CallOutcome): void {
    if (!this.calls.spend(callerOf(call))) return this.omissions.add(callerOf(call), this.clock.now());
    const callId = randomUUID();
    const line = this.trace(call, callId, { phase: 'request', body: NO_BODY, statusCode: null, error: '' });
    this.writeBehind([line, this.trace(call, callId, { phase: 'response', ...outcome })]);
  }

  /** Records the number of calls omitted since the last call of this method, one line per caller. */
  recordOmissions(): void {
    this.writeBehind(this.omissions.drain().map((omission) => this.omissionLine(omission)));
  }

  /**
   * Returns the newest matching lines, ordered by time, limited to the size of a response that clients can handle. The
   * time range defaults to the last day. Yields to the event loop periodically. Throws `disabled`, `malformed` for a
   * negative limit.
   */
  async find(query: TraceQuery): Promise<Trace[]> {
    if (!this.enabled) throw disabled('METAL_API_AUDITING_ENABLED');
    const limit = limitOf(query);
    const from = query.from ?? timestamp(this.clock.now() - DEFAULT_RANGE);
    const range = { from, ...(query.to !== undefined && { to: behind(query.to) }) };
    const found: Trace[] = [];
    const slicer = new LoopSlicer(1); // comparing one line may take milliseconds
    let size = 0;
    for await (const trace of this.trail.scan(range, { descending: true })) {
      if (slicer.due) await slicer.pause();
      if (!matches(trace, query)) continue;
      size += trace.body.length + trace.error.length;
      if (size > MAX_CHARACTERS || found.push(trace) >= limit) break;
    }
    return found.reverse();
  }

  /**
   * Removes lines older than the configured retention, and the oldest ones beyond the maximum number. Returns the
   * number of removed lines.
   */
  async prune(): Promise<number> {
    const { retention, maxEntries } = this.config.auditing;
    const old = await this.trail.prune({ to: timestamp(this.clock.now() - retention) });
    const excess = await this.trail.trim(maxEntries);
    if (excess > 0) {
      this.log.warn(
        `audit trail removed its ${excess} oldest lines before their retention ended: METAL_API_AUDITING_MAX_ENTRIES is ${maxEntries}`,
      );
    }
    return old + excess;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.recordOmissions();
    await endsWithin(Promise.all(this.writing), DEADLINE);
  }

  private async open(call: AuditedCall, body: string): Promise<void> {
    const callId = randomUUID();
    const line = this.trace(call, callId, { phase: 'request', body, statusCode: null, error: '' });
    try {
      await this.append([line]);
    } catch (error) {
      this.log.warn('could not write the audit trail', error);
      throw new DomainError(
        'unavailable',
        'the audit trail cannot be written, so the request was not executed; try again later',
      );
    }
    this.records.set(call, { callId, line, overBudget: false });
  }

  private omissionLine({ user, calls, from, to }: OmittedCalls): Trace {
    const body = JSON.stringify({ calls, from: timestamp(from), to: timestamp(to) });
    const error = JSON.stringify(`${calls} calls omitted: more than ${this.config.auditing.rate} calls per second`);
    const call = { ...NO_CALL, user };
    return this.trace(call, randomUUID(), { phase: 'single', body, statusCode: null, error });
  }

  private trace(
    call: AuditedCall,
    callId: string,
    line: Pick<Trace, 'phase' | 'body' | 'statusCode' | 'error'>,
  ): Trace {
    const now = timestamp(this.clock.now());
    const id = `${now}~${String(++this.sequence).padStart(12, '0')}~${this.process}`;
    return { ...call, ...line, ...shortened(call, line.error), id, callId, timestamp: now };
  }

  private writeBehind(traces: readonly Trace[]): void {
    if (traces.length === 0) return;
    const write = this.persist(traces).finally(() => this.writing.delete(write));
    this.writing.add(write);
  }

  private async persist(traces: readonly Trace[]): Promise<void> {
    for (const pause of [...RETRIES, undefined]) {
      try {
        return await this.append(traces);
      } catch (error) {
        if (pause === undefined)
          this.log.warn(`could not record the response to request ${traces.at(-1)?.rqid}`, error);
        else await sleep(pause);
      }
    }
  }

  private append(traces: readonly Trace[]): Promise<void> {
    return withDeadline(this.trail.append(traces), DEADLINE, () => new Error(`no response within ${DEADLINE} ms`));
  }
}

/** Sorts after every ID that begins with this time. */
const behind = (time: string): string => `${time}~~`;

function limitOf({ limit = 0 }: TraceQuery): number {
  if (limit < 0) throw malformed(`limit is ${limit}, expected 0 for the default or a positive number`);
  return Math.min(limit || DEFAULT_LIMIT, MAX_LIMIT);
}

/** gRPC callers have no account: they are distinguished by address, without the port. */
const callerOf = ({ user, remoteAddr }: AuditedCall): string => user || remoteAddr.replace(/:\d+$/, '');

/** gRPC statuses of calls that were not executed, such as INVALID_ARGUMENT. */
const GRPC_REFUSALS = new Set([3, 5, 6, 7, 8, 9, 10, 16]);

const isRefusal = ({ type }: AuditedCall, { statusCode }: CallOutcome): boolean =>
  type === 'grpc' ? GRPC_REFUSALS.has(statusCode) : statusCode >= 400 && statusCode < 500;

/** Maximum length of texts that callers choose freely, in characters; bodies have a separate limit. */
const MAX_TEXT = 1024;

const shortened = ({ path, forwardedFor, user, tenant, project }: AuditedCall, error: string) => ({
  path: path.slice(0, MAX_TEXT),
  forwardedFor: forwardedFor.slice(0, MAX_TEXT),
  user: user.slice(0, MAX_TEXT),
  tenant: tenant.slice(0, MAX_TEXT),
  project: project.slice(0, MAX_TEXT),
  error: error.slice(0, 4 * MAX_TEXT),
});

const NO_CALL: AuditedCall = {
  component: COMPONENT,
  rqid: '',
  type: 'http',
  detail: '',
  path: '',
  forwardedFor: '',
  remoteAddr: '',
  user: '',
  tenant: '',
  project: '',
};
