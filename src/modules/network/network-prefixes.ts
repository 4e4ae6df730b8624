import { pluralize } from '../../shared/text.js';
import { retry } from '../../shared/concurrency/backoff.js';
import { containsAll } from '../../shared/contains-all.js';
import { invalid, isDomainError } from '../../shared/errors/domain-error.js';
import type { Table } from '../../platform/store/table.js';
import type { IpamService } from '../ipam/ipam.service.js';
import { isChild, type Network } from './network.js';
import type { PlannedChange } from './network-change.js';
import type { NetworkIndex } from './network.table.js';

/** Attempts to align the ledger with a network while other processes write it. */
const ATTEMPTS = 20;

/** Changes the prefixes of stored networks, and IPAM with them. */
export class NetworkPrefixes {
  /** Networks that differed from their reservation at the last `sweep`. */
  private suspects: ReadonlySet<string> = new Set();

  constructor(
    private readonly table: Table<Network, NetworkIndex>,
    private readonly ipam: IpamService,
  ) {}

  /**
   * Stores a planned change. Prefixes are reserved before they are added to the network, and released after they are
   * removed from it. Throws `invalid` if prefixes overlap or are in use, and `conflict` on a concurrent modification.
   */
  async change(current: Network, { network, added, removed }: PlannedChange): Promise<Network> {
    this.refuseUsed(removed);
    if (added.length + removed.length === 0) return this.table.replace(network, current.revision);
    const { id } = current;
    await this.ipam.extend({ owner: id, prefixes: [...current.prefixes, ...added], roles: rolesOf(current) });
    try {
      if (current.privateSuper) await this.ipam.changeSpaces(id, added, removed);
      const stored = await this.table.replace(network, current.revision);
      await this.undoWhenUsed(current, removed);
      return stored;
    } finally {
      await this.follow(id);
    }
  }

  /**
   * Finishes changes that a crash interrupted; returns the network IDs. A change in progress looks the same, so unless
   * `certain` is set, only networks found by two consecutive sweeps are repaired.
   */
  async sweep(certain: boolean): Promise<string[]> {
    const found = this.misaligned();
    const due = found.filter((id) => certain || this.suspects.has(id));
    this.suspects = new Set(found);
    const done: string[] = [];
    // One at a time, since they share a document. The next sweep finds failures again.
    for (const id of due)
      await this.realign(id).then(
        () => done.push(id),
        () => undefined,
      );
    return done;
  }

  /**
   * Aligns the reservation in IPAM with the stored network. The network is rewritten unchanged in between, so that a
   * change planned before has to re-read it: the prefixes reserved for that change are released here. Idempotent.
   * Throws `conflict` on a concurrent modification, and `invalid` for a network that is still being created.
   */
  async realign(id: string): Promise<void> {
    const network = await this.ipam.reconcile(id, async () => {
      const stored = await this.table.readFresh(id);
      if (stored?.status === 'creating') throw invalid(`network "${id}" is still being created`);
      if (!stored || stored.status === 'deleting' || isChild(stored)) return undefined;
      const sealed = await this.table.update(id, (current) => ({ ...current }));
      return { ...sealed, owner: id, roles: rolesOf(sealed) };
    });
    if (!network?.privateSuper) return;
    const spaces = [...this.ipam.ledgers()].find((ledger) => ledger.id === id)?.spaces ?? [];
    const kept = new Set(network.prefixes);
    const lost = spaces.filter(({ prefix }) => !kept.has(prefix)).map(({ prefix }) => prefix);
    await this.ipam.changeSpaces(id, network.prefixes, lost);
  }

  /** IDs of reservations that differ from their network. */
  private misaligned(): string[] {
    const spaces = new Map([...this.ipam.ledgers()].map((ledger) => [ledger.id, ledger.spaces]));
    return this.ipam.reserved().flatMap(({ owner, prefixes }) => {
      const network = this.table.get(owner);
      if (network && network.status !== 'active') return [];
      const cutFrom = spaces.get(owner)?.map(({ prefix }) => prefix) ?? network?.prefixes ?? [];
      return network && sameTexts(prefixes, network.prefixes) && sameTexts(cutFrom, network.prefixes) ? [] : [owner];
    });
  }

  /**
   * A super network has either addresses or children (docs/reference/ipam.md#acquire-a-child-prefix step 1). Throws
   * `invalid`.
   */
  assertNoAddresses(parent: Network): void {
    const used = this.usedOf(parent.prefixes);
    if (used) throw invalid(`no child networks can be allocated from ${used}: addresses of it are allocated`);
  }

  private refuseUsed(removed: readonly string[]): void {
    const used = this.usedOf(removed);
    if (used) {
      const count = this.ipam.addresses.count(used);
      throw invalid(
        `prefix ${used} cannot be removed: ${pluralize(count, 'address of it is', 'addresses of it are')} allocated`,
      );
    }
  }

  private usedOf(prefixes: readonly string[]): string | undefined {
    return prefixes.find((prefix) => this.ipam.addresses.count(prefix) > 0);
  }

  /** Restores a prefix if one of its addresses was acquired between the check and the write. */
  private async undoWhenUsed(before: Network, removed: readonly string[]): Promise<void> {
    try {
      this.refuseUsed(removed);
    } catch (error) {
      await this.table.update(before.id, (network) => ({ ...network, prefixes: before.prefixes }));
      throw error;
    }
  }

  /** Aligns IPAM after a change, successful or not. The sweeper repeats a failed alignment. */
  private async follow(id: string): Promise<void> {
    const isRetryable = (error: unknown): boolean => isDomainError(error, 'conflict');
    await retry(() => this.realign(id), { attempts: ATTEMPTS, isRetryable }).catch(() => undefined);
  }
}

const sameTexts = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && containsAll(some)(others);

export const SUPER_ROLE = 'the private super network';

/**
 * Roles that only one network of a partition may have; empty without a partition
 * (docs/reference/networks.md#create-a-network step 11).
 */
export function rolesOf({
  partitionId,
  privateSuper,
  underlay,
}: Pick<Network, 'partitionId' | 'privateSuper' | 'underlay'>): string[] {
  if (!partitionId) return [];
  if (privateSuper) return [`${SUPER_ROLE} of partition "${partitionId}"`];
  return underlay ? [`the underlay of partition "${partitionId}"`] : [];
}
