import { isDomainError } from '../../shared/errors/domain-error.js';
import type { FailureReporter } from './table-mirror.js';

/**
 * Logs an outage of the database once, although every table notices it, and its end once. Causes that an operator has
 * to fix are logged as soon as they are known, however the outage began.
 */
export class OutageReporter {
  private told: string | undefined;
  private ended = false;

  constructor(private readonly report: FailureReporter) {}

  /** A table lost its feed, or failed to re-establish it. */
  lost(error: Error): void {
    const isNews = this.told === undefined || (isDomainError(error) && error.message !== this.told);
    if (this.ended || !isNews) return;
    this.told = error.message;
    this.report(`database connection lost, serving reads from memory until it is restored: ${error.message}`);
  }

  /** All tables follow the database again. */
  over(): void {
    if (this.told !== undefined && !this.ended) this.report('database connection restored, all tables are loaded');
    this.told = undefined;
  }

  /** The store is stopping; feeds that break from now on are expected. */
  end(): void {
    this.ended = true;
  }
}
