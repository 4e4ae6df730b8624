/** A sign of life counts as one of a living process for so long, in milliseconds. */
const ALIVE_MS = 20_000;

/** The clock is judged by this many signs of life at least, and by no more than the last few. */
const MIN_SAMPLES = 2;
const MAX_SAMPLES = 4;

interface Sighting {
  /** When this process first heard of it, and last heard a sign of life; milliseconds since the epoch. */
  readonly first: number;
  last: number | undefined;
  offsets: number[];
}

/** When other replicas were last heard of, and how much this process's clock is ahead of theirs. */
export class Sightings {
  private readonly sightings = new Map<string, Sighting>();

  /** There is a record: its process may be long dead. */
  mention(id: string, now: number): void {
    if (!this.sightings.has(id)) this.sightings.set(id, { first: now, last: undefined, offsets: [] });
  }

  /** A sign of life that was given at `at` by the other clock arrives at `now`. */
  hear(id: string, at: number, now: number): void {
    this.mention(id, now);
    const sighting = this.sightings.get(id)!;
    sighting.last = now;
    sighting.offsets = [...sighting.offsets, now - at].slice(-MAX_SAMPLES);
  }

  forget(id: string): void {
    this.sightings.delete(id);
  }

  /** After a gap in the feed: what arrives first may have been on its way for long. */
  restart(): void {
    for (const sighting of this.sightings.values()) sighting.offsets = [];
  }

  isAlive(id: string, now: number): boolean {
    const last = this.sightings.get(id)?.last;
    return last !== undefined && now - last <= ALIVE_MS;
  }

  /** Milliseconds since the last sign of life, or since this process heard of it at all. */
  silence(id: string, now: number): number {
    const sighting = this.sightings.get(id);
    return sighting === undefined ? 0 : now - (sighting.last ?? sighting.first);
  }

  /** ISO-free: milliseconds since the epoch by this clock; undefined when no sign of life was heard. */
  lastOf(id: string): number | undefined {
    return this.sightings.get(id)?.last;
  }

  /**
   * How much this clock is ahead, in milliseconds. Every sample is too large by what the message took on its way, so the
   * smallest is the best; undefined while there are too few.
   */
  offset(id: string): number | undefined {
    const { offsets = [] } = this.sightings.get(id) ?? {};
    return offsets.length < MIN_SAMPLES ? undefined : Math.min(...offsets);
  }
}
