import { backoff, sleep } from '../../shared/async.js';
import { containsAll } from '../../shared/contains-all.js';
import { invalid, isDomainError } from '../../shared/errors/domain-error.js';
import type { Table } from '../../platform/store/table.js';
import type { IpamService } from '../ipam/ipam.service.js';
import { isChild, type Network } from './network.js';
import type { PlannedChange } from './network-change.js';
import type { NetworkIndex } from './network.table.js';

/** How often the ledger is tried to be brought in step with a network, while others write it. */
const ATTEMPTS = 20;

/** Changes the prefixes of stored networks, in step with IPAM. */
export class NetworkPrefixes {
  /** Networks that differed from their reservation when `sweep` last looked. */
  private suspects: ReadonlySet<string> = new Set();

  constructor(
    private readonly table: Table<Network, NetworkIndex>,
    private readonly ipam: IpamService,
  ) {}

  /**
   * Stores a planned change. Prefixes are reserved before the network says that it has them, and freed after it says
   * that it has not. Throws `invalid` when prefixes overlap or are in use, `conflict` when somebody else changed the network.
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
   * Finishes changes that a crash interrupted; returns the ids. A change under way looks the same, so without `certain`
   * a network must have been found twice.
   */
  async sweep(certain: boolean): Promise<string[]> {
    const found = this.misaligned();
    const due = found.filter((id) => certain || this.suspects.has(id));
    this.suspects = new Set(found);
    const done: string[] = [];
    // One by one: they share a document. What fails is found again.
    for (const id of due)
      await this.realign(id).then(
        () => done.push(id),
        () => undefined,
      );
    return done;
  }

  /**
   * Makes IPAM say what the stored network says. The network is written unchanged in between, so that whoever planned a
   * change before has to read it again: what he reserved for it is taken away here. Idempotent. Throws `conflict` when
   * somebody interfered, `invalid` for a network that is still being made.
   */
  async realign(id: string): Promise<void> {
    const network = await this.ipam.correct(id, async () => {
      const stored = await this.table.fresh(id);
      if (stored?.status === 'creating') throw invalid(`network "${id}" is still being made`);
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

  /** Ids of reservations that say something else than their network. */
  private misaligned(): string[] {
    const spaces = new Map([...this.ipam.ledgers()].map((ledger) => [ledger.id, ledger.spaces]));
    return this.ipam.reserved().flatMap(({ owner, prefixes }) => {
      const network = this.table.get(owner);
      if (network && network.status !== 'active') return [];
      const cutFrom = spaces.get(owner)?.map(({ prefix }) => prefix) ?? network?.prefixes ?? [];
      return network && sameTexts(prefixes, network.prefixes) && sameTexts(cutFrom, network.prefixes) ? [] : [owner];
    });
  }

  /** A super network gives either addresses or children (reference/20 §8.6 step 1). Throws `invalid`. */
  refuseChildren(parent: Network): void {
    const used = this.usedOf(parent.prefixes);
    if (used) throw invalid(`no child networks can be taken from ${used}: addresses of it are allocated`);
  }

  private refuseUsed(removed: readonly string[]): void {
    const used = this.usedOf(removed);
    if (used) {
      const count = this.ipam.addresses.count(used);
      throw invalid(`prefix ${used} cannot be removed, ${count} addresses of it are allocated`);
    }
  }

  private usedOf(prefixes: readonly string[]): string | undefined {
    return prefixes.find((prefix) => this.ipam.addresses.count(prefix) > 0);
  }

  /** An address that was taken between the check and the write keeps its prefix. */
  private async undoWhenUsed(before: Network, removed: readonly string[]): Promise<void> {
    try {
      this.refuseUsed(removed);
    } catch (error) {
      await this.table.update(before.id, (network) => ({ ...network, prefixes: before.prefixes }));
      throw error;
    }
  }

  /** After a change, whether it came about or not. What fails here the sweeper finds. */
  private async follow(id: string): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      try {
        return await this.realign(id);
      } catch (error) {
        if (!isDomainError(error, 'conflict')) return;
        await sleep(backoff(attempt));
      }
    }
  }
}

const sameTexts = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && containsAll(some)(others);

export const SUPER_ROLE = 'the private super network';

/** What only one network of a partition may be; nothing without a partition (reference/20 §2.2 step 11). */
export function rolesOf({
  partitionId,
  privateSuper,
  underlay,
}: Pick<Network, 'partitionId' | 'privateSuper' | 'underlay'>): string[] {
  if (!partitionId) return [];
  if (privateSuper) return [`${SUPER_ROLE} of partition "${partitionId}"`];
  return underlay ? [`the underlay of partition "${partitionId}"`] : [];
}
