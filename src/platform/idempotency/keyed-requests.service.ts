import { Injectable } from '@nestjs/common';
import { isDatabaseShared } from '../../config/config.js';
import type { Config } from '../../config/config.js';
import { InjectConfig } from '../../config/config.module.js';
import type { AppLogger } from '../../shared/app-logger.js';
import type { Clock } from '../../shared/clock.js';
import { retry } from '../../shared/concurrency/backoff.js';
import { endsWithin } from '../../shared/concurrency/deadline.js';
import { sleep } from '../../shared/concurrency/timers.js';
import { DomainError, isDomainError } from '../../shared/errors/domain-error.js';
import { ProcessIdentity } from '../process/process-identity.js';
import { InjectTable } from '../store/inject.js';
import { Store } from '../store/store.js';
import type { Content, Table } from '../store/table.js';
import { InjectLogger } from '../telemetry/inject-logger.js';
import { InjectClock } from '../time/inject-clock.js';
import { runExecution } from './current-execution.js';
import { KeyCapacity } from './key-capacity.js';
import {
  createdId,
  failed,
  fingerprintOf,
  firstAttempt,
  idOfCall,
  isExpired,
  isInterrupted,
  nextAttempt,
  succeeded,
} from './keyed-request.js';
import type { Executor, KeyedAnswer, KeyedCall, KeyedRequest } from './keyed-request.js';
import { keyedRequestTable } from './keyed-request.table.js';
import type { KeyedRequestIndex } from './keyed-request.table.js';

/** How often a request looks whether the execution by another replica has ended, and for how long; in milliseconds. */
const POLL_MS = 50;
const PATIENCE_MS = 20_000;

/** How long a response waits for its record, in milliseconds; then it is sent, and recording goes on. */
const RECORD_MS = 2000;

/** Attempts to record an outcome while the database does not respond: for about ten minutes. */
const RECORDING = { attempts: 200, base: 100, cap: 5000 };

/** How many earlier executions are examined for what they have created. */
const EXAMINED = 100;

/** How a request with a key is executed. */
export interface Execution {
  /** Whether an execution that a crash has interrupted can be repeated without doing anything twice. */
  readonly repeatable: boolean;
  readonly run: () => Promise<KeyedAnswer>;
}

/** The response to a request with a key, and whether an execution by an earlier or concurrent request produced it. */
export interface KeyedOutcome {
  readonly answer: KeyedAnswer;
  readonly isRepeated: boolean;
}

/** An execution that has begun. */
interface Begun {
  readonly request: KeyedRequest;
  /** The process of the execution before; undefined if there was none. */
  readonly before: string | undefined;
}

/**
 * Executes each request with an idempotency key once, on any replica and across restarts, and answers its repetitions
 * with the recorded response (docs/adr/0024-idempotency-keys.md).
 */
@Injectable()
export class KeyedRequests {
  /** Requests of this process until their outcome is recorded. */
  private readonly pending = new Map<string, { readonly fingerprint: string; readonly work: Promise<KeyedOutcome> }>();
  private readonly capacity: KeyCapacity;
  private readonly own: Executor;
  /** Milliseconds after which an execution may be taken over. */
  private readonly lease: number;

  constructor(
    @InjectTable(keyedRequestTable) private readonly requests: Table<KeyedRequest, KeyedRequestIndex>,
    private readonly store: Store,
    process: ProcessIdentity,
    @InjectConfig() config: Config,
    @InjectClock() private readonly clock: Clock,
    @InjectLogger() private readonly log: AppLogger,
  ) {
    this.capacity = new KeyCapacity(requests);
    this.own = { id: process.id, isAlone: !isDatabaseShared(config) };
    this.lease = config.allocation.timeout;
  }

  /**
   * The response to `call`: that of an earlier request with the same key, or else of `execution`, which then runs once.
   * Only successful responses are kept: a refused request has changed nothing, so its repetition is executed anew.
   * Throws the errors of the execution; `already-exists` if the key was used for another request, or if the outcome of
   * an interrupted execution is unknown; `unavailable`; and 429 if there are too many keys.
   */
  async answer(call: KeyedCall, execution: Execution): Promise<KeyedOutcome> {
    const [id, fingerprint] = [idOfCall(call), fingerprintOf(call)];
    const pending = this.pending.get(id);
    if (pending) {
      refuseOther(pending.fingerprint, call);
      return { ...(await pending.work), isRepeated: true };
    }
    const work = this.work(call, execution);
    this.pending.set(id, { fingerprint, work });
    return work;
  }

  /** Removes expired requests; returns their number. */
  async prune(): Promise<number> {
    const now = this.clock.now();
    const expired = [...this.requests.list()].filter((request) => isExpired(request, now));
    for (const { id, revision } of expired) {
      await this.requests.remove(id, revision).catch((error: unknown) => {
        if (!isDomainError(error, 'conflict')) throw error; // the key is in use again
      });
    }
    return expired.length;
  }

  private async work(call: KeyedCall, { repeatable, run }: Execution): Promise<KeyedOutcome> {
    const id = idOfCall(call);
    let recorded = Promise.resolve();
    try {
      const found = await this.answerOrBegin(call, repeatable);
      if ('body' in found) return { answer: found, isRepeated: true };
      const { attempt } = found.request;
      try {
        const answer = await this.execute(found, run);
        const kept = this.capacity.keeps(answer) ? answer.body : undefined;
        recorded = this.record(id, (request) => succeeded(request, attempt, answer.status, kept));
        return { answer, isRepeated: false };
      } catch (error) {
        recorded = this.record(id, (request) => failed(request, attempt));
        throw error;
      } finally {
        await endsWithin(recorded, RECORD_MS);
      }
    } finally {
      void recorded.then(() => this.pending.delete(id));
    }
  }

  /** The recorded response; or an execution, which begins once no other process runs one. */
  private async answerOrBegin(call: KeyedCall, repeatable: boolean): Promise<KeyedAnswer | Begun> {
    for (const end = this.clock.now() + PATIENCE_MS; ; await sleep(POLL_MS)) {
      const now = this.clock.now();
      const known = this.requests.get(idOfCall(call));
      if (known === undefined || isExpired(known, now)) {
        this.capacity.admit(call.caller);
        const first = firstAttempt(call, this.own.id, now, this.lease);
        const request = await this.write(first, known?.revision);
        if (request) return { request, before: undefined };
        continue;
      }
      refuseOther(known.fingerprint, call);
      if (known.state === 'succeeded') return answerOf(known);
      if (known.state === 'failed' || isInterrupted(known, this.own, now)) {
        if (known.state === 'running' && !repeatable) throw unknownOutcome(call);
        const request = await this.write(nextAttempt(known, this.own.id, now, this.lease), known.revision);
        if (request) return { request, before: known.by };
      }
      if (now >= end) throw stillExecuted();
    }
  }

  /** Undefined if another process was faster; memory then has its write. */
  private async write(content: Content<KeyedRequest>, revision: number | undefined): Promise<KeyedRequest | undefined> {
    try {
      if (revision === undefined) return await this.requests.insert(content);
      return await this.requests.replace(content, revision);
    } catch (error) {
      if (!isDomainError(error, 'already-exists', 'conflict')) throw error;
      return undefined;
    }
  }

  private async execute({ request, before }: Begun, run: Execution['run']): Promise<KeyedAnswer> {
    const { id, attempt } = request;
    // What another process has created may not have arrived here yet.
    if (before !== undefined && before !== this.own.id) await this.store.catchUp();
    const started = performance.now();
    const earliest = Math.max(1, attempt - EXAMINED);
    const execution = {
      createdId: createdId(id, attempt),
      earlierIds: Array.from({ length: attempt - earliest }, (_, index) => createdId(id, earliest + index)),
      confirm: () => this.confirm(request, started),
    };
    return runExecution(execution, run);
  }

  /**
   * Other processes wait until the lease has ended. Half of it makes up for the differences between clocks of replicas.
   */
  private async confirm({ id, attempt }: KeyedRequest, started: number): Promise<void> {
    if (performance.now() - started < this.lease / 2) return;
    const stored = await this.requests.readFresh(id);
    if (stored?.attempt === attempt) return;
    throw new DomainError('unavailable', 'the request took too long, another replica has taken it over: repeat it');
  }

  /** Repeated while the database does not respond. Never rejects. */
  private async record(id: string, outcome: (stored: KeyedRequest) => KeyedRequest): Promise<void> {
    const isRetryable = (error: unknown): boolean => isDomainError(error, 'unavailable');
    try {
      await retry(() => this.requests.update(id, outcome), { ...RECORDING, isRetryable });
    } catch (error) {
      this.log.warn(`could not record the outcome of a request with an idempotency key (${id})`, error);
    }
  }
}

function refuseOther(fingerprint: string, call: KeyedCall): void {
  if (fingerprint === fingerprintOf(call)) return;
  throw new DomainError(
    'already-exists',
    `Idempotency-Key ${JSON.stringify(call.key)} was used for another request within the last 24 hours; ` +
      'a repetition has the same method, path and body, and a new request needs a new key',
  );
}

function answerOf({ status = 200, answer }: KeyedRequest): KeyedAnswer {
  if (answer !== undefined) return { status, body: answer };
  throw new DomainError(
    'already-exists',
    `the request with this Idempotency-Key succeeded with status ${status}; its response was too long to be kept`,
  );
}

const stillExecuted = (): DomainError =>
  new DomainError('unavailable', 'the request with this Idempotency-Key is still in progress, repeat it in a moment');

const unknownOutcome = ({ method, url }: KeyedCall): DomainError =>
  new DomainError(
    'already-exists',
    `the server ended while it executed ${method} ${url.split('?', 1)[0]!} with this Idempotency-Key: ` +
      'check whether it took effect, and repeat it with a new key if it did not',
  );
