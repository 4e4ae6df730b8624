/** One entry of append-only history. Ids sort by time (they start with a fixed-width timestamp). */
export interface LogEntry {
  readonly id: string;
}

/** Declares an append-only log: history that is not held in memory (audit traces, finished commands). */
export interface LogDefinition<E extends LogEntry = LogEntry> {
  readonly name: string;
  /** Never set; carries the entry type. */
  readonly entry?: E;
}

export const defineLog = <E extends LogEntry>(name: string): LogDefinition<E> => ({ name });

/** Half-open range of ids, `from` included, `to` excluded. */
export interface LogRange {
  readonly from?: string;
  readonly to?: string;
}

/** Append-only history in the database. */
export interface Log<E extends LogEntry> {
  /** Durable when the promise resolves. Appending the same id again replaces the entry (idempotent). */
  append(entries: readonly E[]): Promise<void>;
  /**
   * Appends the entry unless its id is there; true for exactly one of all who claim it, in whatever process. With
   * `durable` it stays when this process crashes; without, it is on disk no later than what is written afterwards, as
   * far as the engine can order that. Throws `unavailable`.
   */
  claim(entry: E, options: { readonly durable: boolean }): Promise<boolean>;
  /** Entries of the range in ascending order of ids. */
  scan(range: LogRange, options?: { readonly descending?: boolean }): AsyncIterable<E>;
  /** Removes the entries of the range; returns how many. */
  prune(range: LogRange): Promise<number>;
  /** Removes all but the newest `keep` entries; returns how many. */
  trim(keep: number): Promise<number>;
}
