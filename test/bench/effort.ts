/** How much is done for one figure. */
export interface Effort {
  /** Milliseconds of one slice of a rate; slices of server and reference alternate. */
  readonly slice: number;
  readonly slices: number;
  /** Requests of one latency. */
  readonly finds: number;
  readonly lists: number;
  /** Milliseconds of a rate of writes. */
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
