/** A list that decides what is removed, and what it looked like before. */
export interface ListLength {
  /** What it lists, for messages: `images in the API`. */
  readonly what: string;
  readonly now: number;
  /** At the last run that was accepted; undefined when there was none. */
  readonly before: number | undefined;
  /** Files on disk that such a list once asked for. */
  readonly cached: number;
}

/**
 * Why a list must not decide what is removed: it is empty although files are cached, or it lost more than
 * `maxShrinkPercent` of its entries, as after a start on a fresh database or with the wrong bucket. Undefined when it may.
 */
export function shrinkProblem({ what, now, before, cached }: ListLength, maxShrinkPercent: number): string | undefined {
  if (now === 0 && (cached > 0 || (before ?? 0) > 0)) return `there are no ${what}, but ${cached} files in the cache`;
  if (before !== undefined && now < before * (1 - maxShrinkPercent / 100)) {
    return `there are only ${now} ${what}, and were ${before} before: more than ${maxShrinkPercent} % fewer`;
  }
  return undefined;
}
