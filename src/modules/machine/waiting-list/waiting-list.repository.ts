import { Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Change, Content, Table, Unsubscribe } from '../../../platform/store/table.js';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import type { Clock } from '../../../shared/clock.js';
import { isDomainError, notFound } from '../../../shared/errors/domain-error.js';
import type { PartitionId, ProjectId, SizeId, WaitEntryId } from '../../../shared/id.js';
import { candidateKey } from '../machine.table.js';
import { admitted, compareEntries, ended, endedBy, returned, taken } from './wait-entry.js';
import type { Attempt, End, WaitEntry } from './wait-entry.js';
import { waitEntryTable } from './wait-entry.table.js';
import type { WaitEntryIndex } from './wait-entry.table.js';

/** The entries of the waiting list and their order. Reads come from memory. */
@Injectable()
export class WaitingListRepository {
  /** Numbers that this process has given away may not be in memory yet. */
  private lastNumber = 0;

  constructor(
    @InjectTable(waitEntryTable) private readonly entries: Table<WaitEntry, WaitEntryIndex>,
    @InjectClock() private readonly clock: Clock,
  ) {}

  /** An entry that is or was on the list. Throws `not-found`. */
  get(id: WaitEntryId): WaitEntry {
    const entry = this.entries.get(id);
    if (!entry || entry.state === 'joining') throw notFound('entry of the waiting list', id);
    return entry;
  }

  find(id: WaitEntryId): WaitEntry | undefined {
    return this.entries.get(id);
  }

  /** Reads the entry from the database. */
  readFresh(id: WaitEntryId): Promise<WaitEntry | undefined> {
    return this.entries.readFresh(id);
  }

  /** All entries, also ended ones, in their order. */
  list(): readonly WaitEntry[] {
    return [...this.entries.list()].sort(compareEntries);
  }

  /** Open entries in no particular order. */
  open(): readonly WaitEntry[] {
    return this.entries.by('open', 'yes');
  }

  /** Open entries with members of the project. */
  openOf(project: ProjectId): readonly WaitEntry[] {
    return this.entries.by('project', project);
  }

  /** Open entries that want machines of the size in the partition, in no particular order. */
  queue(partitionId: PartitionId, sizeId: SizeId): readonly WaitEntry[] {
    return this.queueOf(candidateKey(partitionId, sizeId));
  }

  /** The same, by the key of the queue. */
  queueOf(key: string): readonly WaitEntry[] {
    return this.entries.by('queue', key);
  }

  /** The place of an open entry in the queue of a size in a partition, from 1. */
  position(entry: WaitEntry, partitionId: PartitionId, sizeId: SizeId): number {
    return 1 + this.queue(partitionId, sizeId).filter((other) => compareEntries(other, entry) < 0).length;
  }

  /** How many machines the entries before `id` want of the size in the partition; all entries for undefined. */
  awaited(partitionId: PartitionId, sizeId: SizeId, id: WaitEntryId | undefined): number {
    const self = id === undefined ? undefined : this.entries.get(id);
    return this.queue(partitionId, sizeId)
      .filter((other) => self === undefined || compareEntries(other, self) < 0)
      .flatMap(({ wants }) => wants)
      .filter((want) => want.partitionId === partitionId && want.sizeId === sizeId)
      .reduce((sum, { machines }) => sum + machines, 0);
  }

  /** A number behind every entry that memory knows. */
  nextNumber(): number {
    for (const { number } of this.entries.list()) this.lastNumber = Math.max(this.lastNumber, number);
    this.lastNumber += 1;
    return this.lastNumber;
  }

  insert(entry: Content<WaitEntry>): Promise<WaitEntry> {
    return this.entries.insert(entry);
  }

  /** Puts an entry that has joined on the list. */
  admit(id: WaitEntryId): Promise<WaitEntry> {
    return this.entries.update(id, admitted);
  }

  /** Begins an attempt to serve the entry if it is as it was seen; undefined if another process was faster. */
  async take(entry: WaitEntry, attempt: Attempt): Promise<WaitEntry | undefined> {
    try {
      return await this.entries.replace(taken(entry, attempt), entry.revision);
    } catch (error) {
      if (isDomainError(error, 'conflict', 'not-found')) return undefined;
      throw error;
    }
  }

  /** Cancels an entry that waits. Takes over one that is being served; one that has ended stays as it is. */
  cancelOrTake(id: WaitEntryId, attempt: Attempt): Promise<WaitEntry> {
    return this.entries.update(id, (entry) =>
      entry.state === 'serving' ? taken(entry, attempt) : ended(entry, { state: 'cancelled' }, this.clock.now()),
    );
  }

  /** Ends the attempt of `entry` without a result; it waits again, unless another attempt has taken it over. */
  async return({ id, attempt }: WaitEntry, reason: string): Promise<void> {
    await this.entries.update(id, (current) => returned(current, attempt!.token, reason));
  }

  /** Ends `entry`, which waits or is held by its attempt; otherwise it stays as it is. Returns what is stored. */
  end({ id, attempt }: WaitEntry, end: End): Promise<WaitEntry> {
    const now = this.clock.now();
    return this.entries.update(id, (current) =>
      attempt ? endedBy(current, attempt.token, end, now) : ended(current, end, now),
    );
  }

  /** Removes the entry if it is as it was seen. */
  async forget({ id, revision }: WaitEntry): Promise<void> {
    await this.entries.remove(id, revision).catch((error: unknown) => {
      if (!isDomainError(error, 'conflict')) throw error;
    });
  }

  watch(listener: (change: Change<WaitEntry>) => void): Unsubscribe {
    return this.entries.watch(listener);
  }
}
