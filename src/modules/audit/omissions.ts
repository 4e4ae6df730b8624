/** Callers that are counted one by one; all others share a count. */
const MAX_CALLERS = 100;

/** How many calls of a caller the trail left out, and when. Times in milliseconds since the epoch. */
export interface Omission {
  readonly user: string;
  readonly calls: number;
  readonly from: number;
  readonly to: number;
}

/** Counts the calls that the trail left out, by caller, until they are told. */
export class Omissions {
  private readonly byUser = new Map<string, { calls: number; from: number; to: number }>();

  add(user: string, now: number): void {
    const name = this.byUser.has(user) || this.byUser.size < MAX_CALLERS ? user : 'others';
    const known = this.byUser.get(name);
    if (!known) return void this.byUser.set(name, { calls: 1, from: now, to: now });
    known.calls++;
    known.to = now;
  }

  /** What was counted since the last time. */
  drain(): readonly Omission[] {
    const omissions = [...this.byUser].map(([user, count]) => ({ user, ...count }));
    this.byUser.clear();
    return omissions;
  }
}
