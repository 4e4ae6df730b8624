import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { InjectLog } from '../../platform/store/inject.js';
import type { Log as History } from '../../platform/store/log.js';
import { sleep } from '../../shared/async.js';
import { CLOCK, timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { disabled, DomainError, malformed } from '../../shared/errors/domain-error.js';
import { LOG } from '../../shared/log.js';
import type { Log } from '../../shared/log.js';
import { Slices } from '../../shared/turns.js';
import { COMPONENT, matches } from './audit.js';
import type { AuditedCall, Trace, TraceQuery } from './audit.js';
import { NO_BODY } from './audited-body.js';
import { auditLog } from './audit.table.js';
import { CallBudget } from './call-budget.js';
import { Omissions } from './omissions.js';
import type { Omission } from './omissions.js';

/** How far back a search without a beginning goes, in milliseconds. */
const DEFAULT_RANGE = 24 * 3600_000;
const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 10_000;

/** Of all bodies and errors in one answer. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

/** A database that takes longer counts as away, in milliseconds. */
const DEADLINE = 2000;

/** When the line behind an answer cannot be written it is tried again, after so many milliseconds each time. */
const RETRIES = [100, 1000, 5000, 15_000];

/** How a call ended. */
export interface Outcome {
  readonly statusCode: number;
  readonly body: string;
  readonly error: string;
}

/** What the trail has of a call that is under way. */
interface Record {
  readonly callId: string;
  /** Absent when the caller was over its budget: then only an answer of success is put on record. */
  readonly line?: Trace;
  readonly overBudget: boolean;
}

/**
 * Who did what, when: kept in the store's own append-only log for a while. Bounded: a caller that sends more calls than
 * the trail takes leaves one line, without bodies, for each call that changed something, and a count of the others.
 */
@Injectable()
export class AuditService implements BeforeApplicationShutdown {
  private readonly writing = new Set<Promise<void>>();
  private readonly process = randomUUID().slice(0, 8);
  private readonly records = new WeakMap<AuditedCall, Record>();
  private readonly calls: CallBudget;
  private readonly reads: CallBudget;
  private readonly omissions = new Omissions();
  private sequence = 0;

  constructor(
    @InjectLog(auditLog) private readonly trail: History<Trace>,
    @InjectConfig() private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.calls = new CallBudget(config.auditing.rate, clock);
    this.reads = new CallBudget(config.auditing.rate, clock);
  }

  get enabled(): boolean {
    return this.config.auditing.enabled;
  }

  /**
   * Durable when it resolves, unless the caller is over its budget. Throws `unavailable` when it cannot be written: then
   * the call must not be carried out.
   */
  async requested(call: AuditedCall, body = NO_BODY): Promise<void> {
    if (this.calls.spend(callerOf(call))) await this.open(call, body);
    else this.records.set(call, { callId: randomUUID(), overBudget: true });
  }

  /** As `requested`, for a call that reads secrets; throws `unavailable` also when the caller is over its budget. */
  async secretsRequested(call: AuditedCall, body = NO_BODY): Promise<void> {
    if (!this.reads.spend(callerOf(call))) {
      this.omissions.add(callerOf(call), this.clock.now());
      const rate = this.config.auditing.rate;
      throw new DomainError(
        'unavailable',
        `secrets were read too often: the audit trail takes ${rate} calls a second of one caller; try again later`,
      );
    }
    await this.open(call, body);
  }

  /** Written behind the caller's back: the answer is out already. Lost, and logged, only when the store stays away. */
  answered(call: AuditedCall, outcome: Outcome): void {
    const { callId, line, overBudget } = this.records.get(call) ?? { callId: randomUUID(), overBudget: false };
    const refused = isRefusal(call, outcome);
    if (overBudget && refused) return this.omissions.add(callerOf(call), this.clock.now());
    const body = overBudget ? NO_BODY : outcome.body;
    const answer = this.trace(call, callId, { phase: 'response', ...outcome, body });
    // What a refused call carried may be anything, a secret in the wrong place included. Of gRPC only ids are kept anyway.
    const blanked =
      line && refused && call.type === 'http' && line.body !== NO_BODY ? [{ ...line, body: NO_BODY }] : [];
    this.writeBehind([...blanked, answer]);
  }

  /** Puts a call on record that was refused before it could be asked for. */
  refused(call: AuditedCall, outcome: Outcome): void {
    if (!this.calls.spend(callerOf(call))) return this.omissions.add(callerOf(call), this.clock.now());
    const callId = randomUUID();
    const line = this.trace(call, callId, { phase: 'request', body: NO_BODY, statusCode: null, error: '' });
    this.writeBehind([line, this.trace(call, callId, { phase: 'response', ...outcome })]);
  }

  /** Writes how many calls were left out since the last time, a line for each caller. */
  tellOmissions(): void {
    this.writeBehind(this.omissions.drain().map((omission) => this.omissionLine(omission)));
  }

  /**
   * The newest lines that match, in the order of their time; those of the last day unless told otherwise, and no more than
   * a client can take at once. Gives way to others now and then. Throws `disabled`, `malformed` for a negative limit.
   */
  async find(query: TraceQuery): Promise<Trace[]> {
    if (!this.enabled) throw disabled('METAL_API_AUDITING_ENABLED');
    const limit = limitOf(query);
    const from = query.from ?? timestamp(this.clock.now() - DEFAULT_RANGE);
    const range = { from, ...(query.to !== undefined && { to: behind(query.to) }) };
    const found: Trace[] = [];
    const slices = new Slices();
    let size = 0;
    for await (const trace of this.trail.scan(range, { descending: true })) {
      if (slices.due) await slices.pause();
      if (!matches(trace, query)) continue;
      size += trace.body.length + trace.error.length;
      if (size > MAX_CHARACTERS || found.push(trace) >= limit) break;
    }
    return found.reverse();
  }

  /** Forgets what is older than the configured retention, and the oldest lines beyond the number to keep; how many. */
  async prune(): Promise<number> {
    const { retention, maxEntries } = this.config.auditing;
    const old = await this.trail.prune({ to: timestamp(this.clock.now() - retention) });
    const excess = await this.trail.trim(maxEntries);
    if (excess > 0) {
      this.log.warn(
        `the audit trail forgot its ${excess} oldest lines before their time: METAL_API_AUDITING_MAX_ENTRIES is ${maxEntries}`,
      );
    }
    return old + excess;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.tellOmissions();
    await Promise.race([Promise.all(this.writing), sleep(DEADLINE)]);
  }

  private async open(call: AuditedCall, body: string): Promise<void> {
    const callId = randomUUID();
    const line = this.trace(call, callId, { phase: 'request', body, statusCode: null, error: '' });
    try {
      await this.append([line]);
    } catch (error) {
      this.log.warn('the audit trail cannot be written', error);
      throw new DomainError('unavailable', 'the audit trail cannot be written, so nothing was done; try again later');
    }
    this.records.set(call, { callId, line, overBudget: false });
  }

  private omissionLine({ user, calls, from, to }: Omission): Trace {
    const body = JSON.stringify({ calls, from: timestamp(from), to: timestamp(to) });
    const error = JSON.stringify(`${calls} calls left out: over ${this.config.auditing.rate} calls a second`);
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
          this.log.warn(`the audit trail lacks the response to request ${traces.at(-1)?.rqid}`, error);
        else await sleep(pause);
      }
    }
  }

  private async append(traces: readonly Trace[]): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${DEADLINE} ms`)), DEADLINE).unref();
    });
    try {
      await Promise.race([this.trail.append(traces), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Behind every id that begins with this time. */
const behind = (time: string): string => `${time}~~`;

function limitOf({ limit = 0 }: TraceQuery): number {
  if (limit < 0) throw malformed(`limit is ${limit}, expected 0 for the default or a positive number`);
  return Math.min(limit || DEFAULT_LIMIT, MAX_LIMIT);
}

/** gRPC callers have no account: they are told apart by their addresses, without the port. */
const callerOf = ({ user, remoteAddr }: AuditedCall): string => user || remoteAddr.replace(/:\d+$/, '');

/** Statuses of gRPC for a call that was not carried out: INVALID_ARGUMENT and the like. */
const GRPC_REFUSALS = new Set([3, 5, 6, 7, 8, 9, 10, 16]);

const isRefusal = ({ type }: AuditedCall, { statusCode }: Outcome): boolean =>
  type === 'grpc' ? GRPC_REFUSALS.has(statusCode) : statusCode >= 400 && statusCode < 500;

/** Most characters of what callers choose freely; bodies have a limit of their own. */
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
