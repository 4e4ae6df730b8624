/** One entry of append-only history. IDs sort by time: they start with a fixed-width timestamp. */
export interface LogEntry {
  readonly id: string;
}

/** Declares an append-only log: history that is not held in memory (audit traces, finished commands). */
export interface LogDefinition<E extends LogEntry = LogEntry> {
  readonly name: string;
  /** Paths of texts that are `undefined` in the program when they are absent, and stored as `""`, as those of a table. */
  readonly absentTexts?: readonly string[];
  /** Never set; carries the entry type. */
  readonly entry?: E;
}

export const defineLog = <E extends LogEntry>(
  name: string,
  options: Pick<LogDefinition, 'absentTexts'> = {},
): LogDefinition<E> => ({ name, ...options });

/** Half-open range of IDs: `from` is included, `to` is excluded. */
export interface LogRange {
  readonly from?: string;
  readonly to?: string;
}

/** Append-only history in the database. */
export interface AppendLog<E extends LogEntry> {
  /** Durable when the promise resolves. Appending an entry with an existing ID replaces it (idempotent). */
  append(entries: readonly E[]): Promise<void>;
  /**
   * Appends the entry unless its ID exists. Returns true for exactly one of the concurrent claimants, across all
   * processes. With `durable`, the claim survives a crash of this process; without, it reaches the disk no later than
   * subsequent writes, as far as the engine can guarantee that order. Throws `unavailable`.
   */
  claim(entry: E, options: { readonly durable: boolean }): Promise<boolean>;
  /** Entries of the range in ascending order of IDs, or in descending order on request. */
  scan(range: LogRange, options?: { readonly descending?: boolean }): AsyncIterable<E>;
  /** Removes the entries of the range. Returns the number of removed entries. */
  prune(range: LogRange): Promise<number>;
  /** Removes all but the newest `keep` entries. Returns the number of removed entries. */
  trim(keep: number): Promise<number>;
}
