import { isDomainError } from '../../shared/errors/domain-error.js';
import type { Report } from './replica.js';

/**
 * Says once that the database is lost, although every table notices, and once that it is back. What an operator has to put
 * right is said as soon as it is known, however the outage began.
 */
export class Outage {
  private told: string | undefined;
  private ended = false;

  constructor(private readonly report: Report) {}

  /** A table lost its feed, or could not follow again. */
  lost(error: Error): void {
    const isNews = this.told === undefined || (isDomainError(error) && error.message !== this.told);
    if (this.ended || !isNews) return;
    this.told = error.message;
    this.report(`the database is lost, reads are answered from memory until it is back: ${error.message}`);
  }

  /** Every table follows the database again. */
  over(): void {
    if (this.told !== undefined && !this.ended) this.report('the database is back, all tables are loaded');
    this.told = undefined;
  }

  /** The store stops; what breaks from now on is meant to. */
  end(): void {
    this.ended = true;
  }
}
