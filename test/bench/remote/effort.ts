/** How much a run against a URL does. */
export interface RemoteEffort {
  /** Addresses and networks that exist while lists and searches are measured. */
  readonly addresses: number;
  readonly networks: number;
  /** Requests per figure. */
  readonly gets: number;
  readonly lists: number;
  /** Pairs of allocate and free for each number of callers; the first round warms up and is not reported. */
  readonly pairs: readonly { readonly callers: number; readonly pairs: number }[];
}

export const FULL: RemoteEffort = {
  addresses: 500,
  networks: 100,
  gets: 300,
  lists: 60,
  pairs: [
    { callers: 5, pairs: 20 },
    { callers: 1, pairs: 100 },
    { callers: 20, pairs: 400 },
    { callers: 50, pairs: 600 },
  ],
};
export const QUICK: RemoteEffort = {
  addresses: 100,
  networks: 20,
  gets: 60,
  lists: 15,
  pairs: [
    { callers: 5, pairs: 10 },
    { callers: 1, pairs: 20 },
    { callers: 20, pairs: 80 },
    { callers: 50, pairs: 150 },
  ],
};
