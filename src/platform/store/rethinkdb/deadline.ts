import { withDeadline } from '../../../shared/concurrency/deadline.js';

/** A query or connection attempt that timed out: its outcome is unknown. */
export class DeadlineExceeded extends Error {
  constructor(milliseconds: number) {
    super(`no response from the database within ${milliseconds} ms`);
    this.name = 'DeadlineExceeded';
  }
}

/** Resolves like `task`, or throws DeadlineExceeded after `milliseconds`; a later outcome of the task is ignored. */
export const withDatabaseDeadline = <T>(task: Promise<T>, milliseconds: number): Promise<T> =>
  withDeadline(task, milliseconds, () => new DeadlineExceeded(milliseconds));
