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
import { matches } from './audit.js';
import type { AuditedCall, Trace, TraceQuery } from './audit.js';
import { NO_BODY } from './audited-body.js';
import { auditLog } from './audit.table.js';

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

/** Who did what, when: kept in the store's own append-only log for a while. */
@Injectable()
export class AuditService implements BeforeApplicationShutdown {
  private readonly writing = new Set<Promise<void>>();
  private readonly process = randomUUID().slice(0, 8);
  private sequence = 0;

  constructor(
    @InjectLog(auditLog) private readonly trail: History<Trace>,
    @InjectConfig() private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  get enabled(): boolean {
    return this.config.auditing.enabled;
  }

  /** Durable when it resolves. Throws `unavailable` when it cannot be written: then the call must not be carried out. */
  async requested(call: AuditedCall, body = NO_BODY): Promise<void> {
    try {
      await this.append(this.trace(call, { phase: 'request', body, statusCode: null, error: '' }));
    } catch (error) {
      this.log.warn('the audit trail cannot be written', error);
      throw new DomainError('unavailable', 'the audit trail cannot be written, so nothing was done; try again later');
    }
  }

  /** Written behind the caller's back: the answer is out already. Lost, and logged, only when the store stays away. */
  answered(call: AuditedCall, outcome: Outcome): void {
    const trace = this.trace(call, { phase: 'response', ...outcome });
    const write = this.persist(trace).finally(() => this.writing.delete(write));
    this.writing.add(write);
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

  /** Forgets what is older than the configured retention; returns how many lines. */
  async prune(): Promise<number> {
    return this.trail.prune({ to: timestamp(this.clock.now() - this.config.auditing.retention) });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.race([Promise.all(this.writing), sleep(DEADLINE)]);
  }

  private trace(call: AuditedCall, line: Pick<Trace, 'phase' | 'body' | 'statusCode' | 'error'>): Trace {
    const now = timestamp(this.clock.now());
    const id = `${now}~${String(++this.sequence).padStart(12, '0')}~${this.process}`;
    return { ...call, ...line, id, timestamp: now };
  }

  private async persist(trace: Trace): Promise<void> {
    for (const pause of [...RETRIES, undefined]) {
      try {
        return await this.append(trace);
      } catch (error) {
        if (pause === undefined) this.log.warn(`the audit trail lacks the response to request ${trace.rqid}`, error);
        else await sleep(pause);
      }
    }
  }

  private async append(trace: Trace): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${DEADLINE} ms`)), DEADLINE).unref();
    });
    try {
      await Promise.race([this.trail.append([trace]), late]);
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
