import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../../shared/clock.js';
import { isDomainError } from '../../shared/errors/domain-error.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { AddressBook } from './address-book.js';
import { BatchedUpdates } from './batched-updates.js';
import {
  changeSpaces,
  childCount,
  closeLedger,
  giveBackChildren,
  newChildLedger,
  settleJournal,
  takeChildren,
  takenBy,
  type OwnerStatus,
} from './child-ledger.js';
import {
  refuseInnerOverlap,
  usageOf,
  type ChildLedger,
  type ChildRequest,
  type Reservation,
  type ReservationLedger,
  type Usage,
} from './ipam.js';
import { childLedgerTable, RESERVATION_LEDGER, reservationLedgerTable } from './ipam.table.js';
import { refuseOverlap, refuseTakenRoles, reserve } from './reservation-ledger.js';

/** Prefixes and addresses: who has which, and what is free (design §8). Owners are ids of networks. */
@Injectable()
export class IpamService {
  readonly addresses = new AddressBook();
  private readonly ledgerChanges: BatchedUpdates<ChildLedger>;

  constructor(
    @InjectTable(reservationLedgerTable) private readonly reservations: Table<ReservationLedger>,
    @InjectTable(childLedgerTable) private readonly children: Table<ChildLedger>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.ledgerChanges = new BatchedUpdates(children);
  }

  /** Throws `invalid` when top-level prefixes overlap each other, or those of other networks as far as memory knows. */
  refuseOverlap(owner: string, prefixes: readonly string[]): void {
    refuseInnerOverlap(prefixes);
    refuseOverlap(this.reserved(), owner, prefixes);
  }

  /** Throws `conflict` when another network holds one of the roles, as far as memory knows. */
  refuseTakenRoles(owner: string, roles: readonly string[]): void {
    refuseTakenRoles(this.reserved(), owner, roles);
  }

  /** Gives the owner exactly these top-level prefixes and roles. Idempotent. Throws `invalid`, `conflict`. */
  async reserve(wanted: Reservation): Promise<void> {
    refuseInnerOverlap(wanted.prefixes);
    await this.reservations.upsert(RESERVATION_LEDGER, (ledger) => ({
      id: RESERVATION_LEDGER,
      reservations: reserve(ledger?.reservations ?? [], wanted),
    }));
  }

  /**
   * Gives the owner these top-level prefixes and roles besides what it has; they may overlap what it has. Idempotent.
   * Throws `invalid`, `conflict`.
   */
  async extend({ owner, prefixes, roles }: Reservation): Promise<void> {
    await this.reservations.upsert(RESERVATION_LEDGER, (ledger) => {
      const reservations = ledger?.reservations ?? [];
      const before = reservations.find((reservation) => reservation.owner === owner)?.prefixes ?? [];
      const all = [...new Set([...before, ...prefixes])];
      return { id: RESERVATION_LEDGER, reservations: reserve(reservations, { owner, prefixes: all, roles }) };
    });
  }

  /** Takes the owner's top-level prefixes and roles away. Idempotent. */
  async release(owner: string): Promise<void> {
    await this.reservations.upsert(RESERVATION_LEDGER, (ledger) => ({
      id: RESERVATION_LEDGER,
      reservations: (ledger?.reservations ?? []).filter((reservation) => reservation.owner !== owner),
    }));
  }

  /** Starts a network's life as super network. Idempotent. */
  async openChildren(networkId: string, prefixes: readonly string[]): Promise<void> {
    await this.children.upsert(networkId, (ledger) => ledger ?? newChildLedger(networkId, prefixes));
  }

  /** Changes the prefixes that children are cut from. Throws `invalid` when a removed one has children. */
  async changeSpaces(networkId: string, added: readonly string[], removed: readonly string[]): Promise<void> {
    await this.ledgerChanges.update(networkId, (ledger) => changeSpaces(ledger, added, removed));
  }

  /** No more children for a super network that is about to go. Idempotent. Throws `invalid` while it has any. */
  async closeChildren(networkId: string): Promise<void> {
    await this.children.fresh(networkId);
    await this.changeLedger(networkId, closeLedger);
  }

  /** Takes back `closeChildren`. Idempotent. */
  async reopenChildren(networkId: string): Promise<void> {
    await this.children.fresh(networkId);
    await this.changeLedger(networkId, (ledger) => (ledger.closed ? { ...ledger, closed: false } : ledger));
  }

  /** Ends a network's life as super network. Idempotent. */
  async dropChildren(networkId: string): Promise<void> {
    await this.children.remove(networkId);
  }

  /**
   * Takes one child prefix per request for `owner` from a super network, all or none, in the order of the requests.
   * Repeating it gives the same ones. Throws `invalid` when there is no room.
   */
  async takeChildren(
    networkId: string,
    owner: string,
    requests: readonly ChildRequest[],
    statusOf: (owner: string) => OwnerStatus,
  ): Promise<readonly string[]> {
    let taken: readonly string[] = [];
    await this.ledgerChanges.update(networkId, (current) => {
      const now = this.clock.now();
      const ledger = takeChildren(settleJournal(current, statusOf, now), owner, requests, now);
      taken = takenBy(ledger, owner) ?? [];
      return ledger;
    });
    return taken;
  }

  /** Gives back what `owner` took, as its document says in `prefixes`. Idempotent. */
  async giveBackChildren(
    networkId: string,
    owner: string,
    prefixes: readonly string[],
    statusOf: (owner: string) => OwnerStatus,
  ): Promise<void> {
    // Only the journal knows what was taken: that it was nothing is believed of the database alone.
    if (prefixes.length === 0) await this.children.fresh(networkId);
    await this.changeLedger(networkId, (current) =>
      giveBackChildren(settleJournal(current, statusOf, this.clock.now()), owner, prefixes, this.clock.now()),
    );
  }

  /** The top-level prefixes and roles of every network, as far as memory knows. */
  reserved(): readonly Reservation[] {
    return this.reservations.get(RESERVATION_LEDGER)?.reservations ?? [];
  }

  /** The ledgers of all super networks, as far as memory knows. */
  ledgers(): Iterable<ChildLedger> {
    return this.children.list();
  }

  /**
   * Replaces what `owner` has by what is true, or takes everything away. `truth` is asked after the ledger was read,
   * and must see to it that whoever decided before can no longer store what contradicts it. Throws `conflict` when
   * somebody else wrote the ledger meanwhile: then nothing has changed. Returns the truth.
   */
  async correct<T extends Reservation>(owner: string, truth: () => Promise<T | undefined>): Promise<T | undefined> {
    const ledger = await this.reservations.fresh(RESERVATION_LEDGER);
    const wanted = await truth();
    const others = (ledger?.reservations ?? []).filter((reservation) => reservation.owner !== owner);
    const reservations = wanted ? reserve(others, { owner, prefixes: wanted.prefixes, roles: wanted.roles }) : others;
    const content = { id: RESERVATION_LEDGER, reservations };
    if (ledger) await this.reservations.replace(content, ledger.revision);
    else await this.reservations.insert(content);
    return wanted;
  }

  /** The same for the ledger of a super network; without spaces it goes. Throws `conflict`, `already-exists`. */
  async correctChildren(
    networkId: string,
    truth: (journal: ChildLedger['journal']) => Promise<ChildLedger['spaces'] | undefined>,
  ): Promise<void> {
    const ledger = await this.children.fresh(networkId);
    const spaces = await truth(ledger?.journal ?? []);
    if (!spaces) await this.children.remove(networkId, ledger?.revision);
    else if (ledger) await this.children.replace({ ...ledger, spaces, closed: false }, ledger.revision);
    else await this.children.insert({ ...newChildLedger(networkId, []), spaces });
  }

  /** Number of child prefixes of a network, read from the database; 0 for a network that is no super network. */
  async countChildren(networkId: string): Promise<number> {
    const ledger = await this.children.fresh(networkId);
    return ledger ? childCount(ledger) : 0;
  }

  /** Usage of one prefix of a network. */
  usage(networkId: string, text: string): Usage {
    return usageOf(text, this.addresses.count(text), this.ledgerOf(networkId));
  }

  /** The ledger of a super network, as far as memory knows. */
  ledgerOf(networkId: string): ChildLedger | undefined {
    return this.children.get(networkId);
  }

  /** For steps that are repeated after a crash: a ledger that is gone already needs no change. */
  private async changeLedger(networkId: string, change: (ledger: ChildLedger) => ChildLedger): Promise<void> {
    try {
      await this.ledgerChanges.update(networkId, change);
    } catch (error) {
      if (!isDomainError(error, 'not-found')) throw error;
    }
  }
}
