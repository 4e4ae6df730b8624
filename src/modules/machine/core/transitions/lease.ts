/** Who does a piece of work on a machine, and for how long others leave it alone. */
export interface Lease {
  /** Identity of the process. */
  readonly by: string;
  /** Milliseconds after which the sweeper of any process finishes or undoes the work. */
  readonly timeout: number;
}
