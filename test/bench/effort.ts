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
  /** Pairs of allocate and free for each concurrency; the first round warms up and is not reported. */
  readonly pairs: readonly { readonly concurrency: number; readonly pairs: number }[];
}

const pairs = (...[warmUp, one, twenty, fifty, twoHundred]: number[]): Effort['pairs'] => [
  { concurrency: 5, pairs: warmUp! },
  { concurrency: 1, pairs: one! },
  { concurrency: 20, pairs: twenty! },
  { concurrency: 50, pairs: fifty! },
  { concurrency: 200, pairs: twoHundred! },
];

export const FULL: Effort = {
  slice: 2000,
  slices: 5,
  finds: 300,
  lists: 21,
  writes: 2000,
  pairs: pairs(40, 60, 100, 150, 200),
};
export const QUICK: Effort = {
  slice: 700,
  slices: 5,
  finds: 60,
  lists: 7,
  writes: 500,
  pairs: pairs(20, 20, 60, 100, 200),
};
