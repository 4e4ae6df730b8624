import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { type Clock } from '../../shared/clock.js';
import { isDomainError } from '../../shared/errors/domain-error.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { AddressAllocator } from './address-allocator.js';
import { UpdateBatcher } from './update-batcher.js';
import {
  changeSpaces,
  childCount,
  closeLedger,
  releaseChildren,
  newChildLedger,
  settleJournal,
  acquireChildren,
  journaledPrefixes,
  type OwnerStatus,
} from './child-ledger.js';
import {
  assertDisjoint,
  usageOf,
  type ChildLedger,
  type ChildRequest,
  type PrefixReservation,
  type PrefixLedger,
  type Usage,
} from './ipam.js';
import { childLedgerTable, RESERVATION_LEDGER, prefixLedgerTable } from './ipam.table.js';
import { assertNoOverlap, assertRolesFree, reserve } from './prefix-ledger.js';

/**
 * Prefixes and addresses: which are allocated to whom, and which are free (docs/concepts/design.md#ipam). Owners are
 * network IDs.
 */
@Injectable()
export class IpamService {
  readonly addresses = new AddressAllocator();
  private readonly ledgerChanges: UpdateBatcher<ChildLedger>;

  constructor(
    @InjectTable(prefixLedgerTable) private readonly prefixLedgers: Table<PrefixLedger>,
    @InjectTable(childLedgerTable) private readonly children: Table<ChildLedger>,
    @InjectClock() private readonly clock: Clock,
  ) {
    this.ledgerChanges = new UpdateBatcher(children);
  }

  /**
   * Throws `invalid` if top-level prefixes overlap each other or those of other networks, according to this process's
   * mirror.
   */
  assertNoOverlap(owner: string, prefixes: readonly string[]): void {
    assertDisjoint(prefixes);
    assertNoOverlap(this.reserved(), owner, prefixes);
  }

  /** Throws `conflict` if another network has one of the roles, according to this process's mirror. */
  assertRolesFree(owner: string, roles: readonly string[]): void {
    assertRolesFree(this.reserved(), owner, roles);
  }

  /** Sets the top-level prefixes and roles of the owner. Idempotent. Throws `invalid`, `conflict`. */
  async reserve(wanted: PrefixReservation): Promise<void> {
    assertDisjoint(wanted.prefixes);
    await this.prefixLedgers.upsert(RESERVATION_LEDGER, (ledger) => ({
      id: RESERVATION_LEDGER,
      reservations: reserve(ledger?.reservations ?? [], wanted),
    }));
  }

  /**
   * Adds top-level prefixes and roles to those of the owner; they may overlap its own. Idempotent. Throws `invalid`,
   * `conflict`.
   */
  async extend({ owner, prefixes, roles }: PrefixReservation): Promise<void> {
    await this.prefixLedgers.upsert(RESERVATION_LEDGER, (ledger) => {
      const reservations = ledger?.reservations ?? [];
      const before = reservations.find((reservation) => reservation.owner === owner)?.prefixes ?? [];
      const all = [...new Set([...before, ...prefixes])];
      return { id: RESERVATION_LEDGER, reservations: reserve(reservations, { owner, prefixes: all, roles }) };
    });
  }

  /** Releases the owner's top-level prefixes and roles. Idempotent. */
  async release(owner: string): Promise<void> {
    await this.prefixLedgers.upsert(RESERVATION_LEDGER, (ledger) => ({
      id: RESERVATION_LEDGER,
      reservations: (ledger?.reservations ?? []).filter((reservation) => reservation.owner !== owner),
    }));
  }

  /** Creates the ledger of a new super network. Idempotent. */
  async openChildLedger(networkId: string, prefixes: readonly string[]): Promise<void> {
    await this.children.upsert(networkId, (ledger) => ledger ?? newChildLedger(networkId, prefixes));
  }

  /** Changes the prefixes that children are cut from. Throws `invalid` if a removed prefix has children. */
  async changeSpaces(networkId: string, added: readonly string[], removed: readonly string[]): Promise<void> {
    await this.ledgerChanges.update(networkId, (ledger) => changeSpaces(ledger, added, removed));
  }

  /**
   * Closes the ledger of a super network that is to be deleted: no more children. Idempotent. Throws `invalid` while it
   * has any.
   */
  async closeChildLedger(networkId: string): Promise<void> {
    await this.children.readFresh(networkId);
    await this.changeLedger(networkId, closeLedger);
  }

  /** Undoes `closeChildLedger`. Idempotent. */
  async reopenChildLedger(networkId: string): Promise<void> {
    await this.children.readFresh(networkId);
    await this.changeLedger(networkId, (ledger) => (ledger.closed ? { ...ledger, closed: false } : ledger));
  }

  /** Deletes the ledger of a super network. Idempotent. */
  async deleteChildLedger(networkId: string): Promise<void> {
    await this.children.remove(networkId);
  }

  /**
   * Acquires one child prefix per request for `owner` from a super network, all or nothing, in the order of the requests.
   * A repeated call returns the same prefixes. Throws `invalid` if there is not enough space.
   */
  async acquireChildren(
    networkId: string,
    owner: string,
    requests: readonly ChildRequest[],
    statusOf: (owner: string) => OwnerStatus,
  ): Promise<readonly string[]> {
    let taken: readonly string[] = [];
    await this.ledgerChanges.update(networkId, (current) => {
      const now = this.clock.now();
      const ledger = acquireChildren(settleJournal(current, statusOf, now), owner, requests, now);
      taken = journaledPrefixes(ledger, owner) ?? [];
      return ledger;
    });
    return taken;
  }

  /** Releases the prefixes of `owner`, given as `prefixes` by its document. Idempotent. */
  async releaseChildren(
    networkId: string,
    owner: string,
    prefixes: readonly string[],
    statusOf: (owner: string) => OwnerStatus,
  ): Promise<void> {
    // Only the journal knows what was acquired; that it was nothing is confirmed against the database.
    if (prefixes.length === 0) await this.children.readFresh(networkId);
    await this.changeLedger(networkId, (current) =>
      releaseChildren(settleJournal(current, statusOf, this.clock.now()), owner, prefixes, this.clock.now()),
    );
  }

  /** The top-level prefixes and roles of every network, according to this process's mirror. */
  reserved(): readonly PrefixReservation[] {
    return this.prefixLedgers.get(RESERVATION_LEDGER)?.reservations ?? [];
  }

  /** The ledgers of all super networks, according to this process's mirror. */
  ledgers(): Iterable<ChildLedger> {
    return this.children.list();
  }

  /**
   * Replaces the reservation of `owner` with the actual state, or removes it. `truth` is called after the ledger was
   * read, and must ensure that changes decided earlier can no longer be stored if they contradict it. Throws `conflict`
   * on a concurrent write of the ledger; nothing has changed then. Returns the truth.
   */
  async reconcile<T extends PrefixReservation>(
    owner: string,
    truth: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const ledger = await this.prefixLedgers.readFresh(RESERVATION_LEDGER);
    const wanted = await truth();
    const others = (ledger?.reservations ?? []).filter((reservation) => reservation.owner !== owner);
    const reservations = wanted ? reserve(others, { owner, prefixes: wanted.prefixes, roles: wanted.roles }) : others;
    const content = { id: RESERVATION_LEDGER, reservations };
    if (ledger) await this.prefixLedgers.replace(content, ledger.revision);
    else await this.prefixLedgers.insert(content);
    return wanted;
  }

  /**
   * Like `reconcile`, for the ledger of a super network; without spaces, removes it. Throws `conflict`,
   * `already-exists`.
   */
  async reconcileChildren(
    networkId: string,
    truth: (journal: ChildLedger['journal']) => Promise<ChildLedger['spaces'] | undefined>,
  ): Promise<void> {
    const ledger = await this.children.readFresh(networkId);
    const spaces = await truth(ledger?.journal ?? []);
    if (!spaces) await this.children.remove(networkId, ledger?.revision);
    else if (ledger) await this.children.replace({ ...ledger, spaces, closed: false }, ledger.revision);
    else await this.children.insert({ ...newChildLedger(networkId, []), spaces });
  }

  /** Number of child prefixes of a network, read from the database; 0 if it is not a super network. */
  async countChildren(networkId: string): Promise<number> {
    const ledger = await this.children.readFresh(networkId);
    return ledger ? childCount(ledger) : 0;
  }

  /** Usage of one prefix of a network. */
  usage(networkId: string, text: string): Usage {
    return usageOf(text, this.addresses.count(text), this.ledgerOf(networkId));
  }

  /** The ledger of a super network, according to this process's mirror. */
  ledgerOf(networkId: string): ChildLedger | undefined {
    return this.children.get(networkId);
  }

  /** For steps that are repeated after a crash: a missing ledger needs no change. */
  private async changeLedger(networkId: string, change: (ledger: ChildLedger) => ChildLedger): Promise<void> {
    try {
      await this.ledgerChanges.update(networkId, change);
    } catch (error) {
      if (!isDomainError(error, 'not-found')) throw error;
    }
  }
}
