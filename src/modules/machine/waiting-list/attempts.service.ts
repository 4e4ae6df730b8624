import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { isDatabaseShared } from '../../../config/config.js';
import type { Config } from '../../../config/config.js';
import { InjectConfig } from '../../../config/config.module.js';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import { timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { WorkLease } from '../core/work-lease.js';
import type { Attempt, WaitEntry } from './wait-entry.js';

/** The attempts of this process to serve entries of the waiting list, and what is to be thought of those of others. */
@Injectable()
export class Attempts {
  /** Tokens of attempts that are under way. */
  private readonly active = new Set<string>();

  constructor(
    private readonly work: WorkLease,
    @InjectConfig() private readonly config: Config,
    @InjectClock() private readonly clock: Clock,
  ) {}

  /** Makes an attempt, which ends with `action`. */
  async make<T>(action: (attempt: Attempt) => Promise<T>): Promise<T> {
    const { by, timeout } = this.work.lease;
    const attempt = { token: randomUUID(), by, deadline: timestamp(this.clock.now() + timeout) };
    this.active.add(attempt.token);
    try {
      return await action(attempt);
    } finally {
      this.active.delete(attempt.token);
    }
  }

  /** Whether the last attempt has ended without an outcome: its process has ended, or took too long. */
  isInterrupted({ attempt }: WaitEntry): boolean {
    if (attempt === undefined || this.active.has(attempt.token)) return false;
    const isOver = attempt.by === this.work.lease.by || !isDatabaseShared(this.config);
    return isOver || Date.parse(attempt.deadline) <= this.clock.now();
  }
}
