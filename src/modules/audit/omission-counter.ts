/** Number of callers that are counted individually; all others share a count. */
const MAX_CALLERS = 100;

/** Number of omitted calls of a caller, and their time range. Times in milliseconds since the epoch. */
export interface OmittedCalls {
  readonly user: string;
  readonly calls: number;
  readonly from: number;
  readonly to: number;
}

/** Counts omitted calls by caller until they are reported. */
export class OmissionCounter {
  private readonly byUser = new Map<string, { calls: number; from: number; to: number }>();

  add(user: string, now: number): void {
    const name = this.byUser.has(user) || this.byUser.size < MAX_CALLERS ? user : 'others';
    const known = this.byUser.get(name);
    if (!known) return void this.byUser.set(name, { calls: 1, from: now, to: now });
    known.calls++;
    known.to = now;
  }

  /** Returns the counts since the last call, and resets them. */
  drain(): readonly OmittedCalls[] {
    const omissions = [...this.byUser].map(([user, count]) => ({ user, ...count }));
    this.byUser.clear();
    return omissions;
  }
}
