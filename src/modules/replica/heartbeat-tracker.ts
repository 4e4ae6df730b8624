/** A replica counts as alive for this long after a heartbeat, in milliseconds. */
const ALIVE_MS = 20_000;

/** Minimum number of heartbeats for estimating the clock offset, and the number of latest ones that are used. */
const MIN_SAMPLES = 2;
const MAX_SAMPLES = 4;

interface Sighting {
  /** When this process first learned of it, and received its last heartbeat; milliseconds since the epoch. */
  readonly first: number;
  last: number | undefined;
  offsets: number[];
}

/** Tracks heartbeats of other replicas, and how far this process's clock is ahead of theirs. */
export class HeartbeatTracker {
  private readonly sightings = new Map<string, Sighting>();

  /** Notes that a record exists; its process may be long dead. */
  noteRecord(id: string, now: number): void {
    if (!this.sightings.has(id)) this.sightings.set(id, { first: now, last: undefined, offsets: [] });
  }

  /** Notes a heartbeat that was sent at `at` by the other clock and received at `now`. */
  noteHeartbeat(id: string, at: number, now: number): void {
    this.noteRecord(id, now);
    const sighting = this.sightings.get(id)!;
    sighting.last = now;
    sighting.offsets = [...sighting.offsets, now - at].slice(-MAX_SAMPLES);
  }

  forget(id: string): void {
    this.sightings.delete(id);
  }

  /** Discards offsets after a gap in the feed: the first heartbeats to arrive may have been delayed for long. */
  restart(): void {
    for (const sighting of this.sightings.values()) sighting.offsets = [];
  }

  isAlive(id: string, now: number): boolean {
    const last = this.sightings.get(id)?.last;
    return last !== undefined && now - last <= ALIVE_MS;
  }

  /** Milliseconds since the last heartbeat, or since this process learned of the replica if there was none. */
  silence(id: string, now: number): number {
    const sighting = this.sightings.get(id);
    return sighting === undefined ? 0 : now - (sighting.last ?? sighting.first);
  }

  /** Time of the last heartbeat by this clock, in milliseconds since the epoch; undefined if there was none. */
  lastOf(id: string): number | undefined {
    return this.sightings.get(id)?.last;
  }

  /**
   * How far this clock is ahead, in milliseconds. Every sample is too large by the delivery time of its message, so
   * the smallest is the most accurate; undefined if there are too few.
   */
  offset(id: string): number | undefined {
    const { offsets = [] } = this.sightings.get(id) ?? {};
    return offsets.length < MIN_SAMPLES ? undefined : Math.min(...offsets);
  }
}
