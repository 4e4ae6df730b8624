/** A hold: something that is being created counts toward its quota before every process sees it. */
export interface Hold {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A hold without a result is dropped after this time, in milliseconds: the process that made it has crashed. */
export const HOLD_ABANDONED_AFTER = 60_000;

export interface QuotaUse {
  /** Undefined: no limit. */
  readonly quota: number | undefined;
  /** What exists, as far as this process sees. */
  readonly used: number;
  /** Whether what a hold is for is visible already, and thus part of `used`. */
  readonly isSeen: (key: string) => boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The holds of a scope with one more, for `key`; a former hold of `key` is replaced. Throws `refuse(used)` if what exists and
 * what is held already reach the quota. The result must be compared-and-set in one document of the scope, so that no two
 * holds are made on the same state.
 */
export function hold(
  holds: readonly Hold[],
  key: string,
  use: QuotaUse,
  refuse: (used: number) => Error,
): readonly Hold[] {
  const total = countHeld(holds, key, use);
  if (use.quota !== undefined && total >= use.quota) throw refuse(total);
  return [...othersOf(holds, key, use.now), { key, at: use.now }];
}

/** What exists and what is held for others than `key`. */
export const countHeld = (
  holds: readonly Hold[],
  key: string,
  { used, isSeen, now }: Omit<QuotaUse, 'quota'>,
): number => used + othersOf(holds, key, now).filter((each) => !isSeen(each.key)).length;

const othersOf = (holds: readonly Hold[], key: string, now: number): readonly Hold[] =>
  holds.filter((each) => each.key !== key && now - each.at < HOLD_ABANDONED_AFTER);
