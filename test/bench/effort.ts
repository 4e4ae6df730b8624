/** The effort for each figure. */
export interface Effort {
  /** Duration of one slice of a rate measurement in milliseconds; slices of server and reference alternate. */
  readonly slice: number;
  readonly slices: number;
  /** Number of requests per latency figure. */
  readonly finds: number;
  readonly lists: number;
  /** Duration of a measurement of write rates, in milliseconds. */
  readonly writes: number;
  /** Pairs of allocate and free at concurrency 1, 50 and 200. */
  readonly pairs: readonly { readonly concurrency: number; readonly pairs: number }[];
}

const pairs = (one: number, fifty: number, twoHundred: number): Effort['pairs'] => [
  { concurrency: 1, pairs: one },
  { concurrency: 50, pairs: fifty },
  { concurrency: 200, pairs: twoHundred },
];

export const FULL: Effort = { slice: 2000, slices: 4, finds: 300, lists: 21, writes: 2000, pairs: pairs(60, 150, 340) };
export const QUICK: Effort = { slice: 700, slices: 2, finds: 60, lists: 7, writes: 500, pairs: pairs(20, 100, 250) };
