import { allEnded } from '../../shared/concurrency/all-ended.js';
import { pluralize } from '../../shared/text.js';
import { DomainError, invalid, isDomainError } from '../../shared/errors/domain-error.js';
import { timestamp, type Clock } from '../../shared/clock.js';
import { createEntity } from '../../shared/entity.js';
import { KeyedQueue } from '../../shared/concurrency/keyed-queue.js';
import { createdEarlier, currentExecution } from '../../platform/idempotency/current-execution.js';
import type { Table } from '../../platform/store/table.js';
import type { OwnerStatus } from '../ipam/child-ledger.js';
import type { IpamService } from '../ipam/ipam.service.js';
import type { PoolService } from '../pool/pool.service.js';
import { isChild, type Network, type NetworkReferences, type NetworkStatus } from './network.js';
import type { NetworkDraft } from './network-draft.js';
import type { NetworkIndex } from './network.table.js';

/** Time that a process may take to create a network before the sweeper undoes the creation, in milliseconds. */
const PATIENCE = 5 * 60_000;

/** The resources of a new network. */
type Acquired = Pick<Network, 'vrf'> & Partial<Pick<Network, 'prefixes'>>;

/** Acquires the resources of a new network under its claim. */
export type Acquire = (id: string) => Promise<Acquired>;

/**
 * Creation and deletion of networks. The document is written first, as a claim that owns every acquired resource, and
 * removed last. From it, the sweeper undoes or finishes what a crash interrupted
 * (docs/concepts/design.md#no-transactions).
 */
export class NetworkLifecycle {
  /** Serializes the deletions of one network in this process. */
  private readonly ends = new KeyedQueue();

  constructor(
    private readonly table: Table<Network, NetworkIndex>,
    private readonly ipam: IpamService,
    private readonly pools: PoolService,
    private readonly references: NetworkReferences,
    private readonly clock: Clock,
  ) {}

  /** The network that an earlier execution of this request has created; undoes those that were interrupted. */
  async createdEarlier(): Promise<Network | undefined> {
    const network = createdEarlier((id) => this.table.get(id));
    if (network?.status !== 'creating') return network;
    await this.settle(network);
    return this.createdEarlier();
  }

  /** Stores a network. If `acquire` fails, releases everything. Throws `already-exists` and the errors of `acquire`. */
  async create(id: string, draft: NetworkDraft, acquire: Acquire): Promise<Network> {
    const now = this.clock.now();
    const fields = { ...draft, id, vrf: 0, status: 'creating' as const, deadline: timestamp(now + PATIENCE) };
    const claim = await this.table.insert(createEntity<Network>(fields, timestamp(now)));
    try {
      await currentExecution()?.confirm();
      const acquired = await acquire(id);
      return await this.table.update(id, (now) => activated(now, acquired));
    } catch (error) {
      // The sweeper repeats a failed undo; the caller needs the reason for the failure.
      await this.undo(claim).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Releases everything and removes the network. Throws `invalid`, with the network intact, while it has addresses,
   * children or other users. Can be repeated after a crash.
   */
  async delete(id: string): Promise<void> {
    await this.ends.run(id, async () => {
      const network = this.table.get(id);
      if (network) await this.tearDown(network.status === 'deleting' ? network : await this.markDeleting(network));
    });
  }

  /**
   * Undoes or finishes what was interrupted, if its deadline is before `time` (in milliseconds). Returns the network
   * IDs.
   */
  async sweep(time: number): Promise<string[]> {
    const late = this.table
      .by('unfinished', 'yes')
      .filter(({ deadline }) => deadline !== undefined && Date.parse(deadline) < time);
    const swept = await Promise.all(late.map((network) => this.ends.run(network.id, () => this.settle(network))));
    return late.filter((_, position) => swept[position]).map(({ id }) => id);
  }

  /** Returns the state of the network with this ID, for IPAM's ledgers. */
  readonly statusOf = (id: string): OwnerStatus => {
    const status = this.table.get(id)?.status;
    return status === 'closing' ? 'active' : status;
  };

  /** Marks an unused network as being deleted, which is irreversible. Throws `invalid` if it is in use. */
  private async markDeleting(network: Network): Promise<Network> {
    this.refuseInUse(network);
    const closing = await this.advance(network.id, 'active', 'closing');
    // Another request has already marked it, which is irreversible.
    if (closing.status === 'deleting') return closing;
    try {
      if (network.privateSuper) await this.ipam.closeChildLedger(network.id);
      // Addresses acquired before the mark are seen now; requests that acquire one later see the mark.
      this.refuseInUse(closing);
    } catch (error) {
      await this.reopen(closing);
      throw error;
    }
    const marked = await this.advance(network.id, 'closing', 'deleting');
    // Another request reopened the network after the check, and addresses may have been acquired since: check again.
    return marked.status === 'deleting' ? marked : this.markDeleting(marked);
  }

  /** Finishes an interrupted creation or deletion. Returns false if another process was faster. */
  private async settle(network: Network): Promise<boolean> {
    try {
      if (network.status === 'closing') await this.reopen(network);
      else await this.tearDown(await this.table.replace(this.marked(network, 'deleting'), network.revision));
      return true;
    } catch (error) {
      if (isDomainError(error, 'conflict')) return false;
      throw error;
    }
  }

  private async reopen(closing: Network): Promise<void> {
    if (closing.privateSuper) await this.ipam.reopenChildLedger(closing.id);
    await this.table.update(closing.id, (now) => (now.status === 'closing' ? this.marked(now, 'active') : now));
  }

  private refuseInUse(network: Network): void {
    const used = network.prefixes.find((prefix) => this.ipam.addresses.count(prefix) > 0);
    if (used)
      throw invalid(
        `network "${network.id}" is in use: ${pluralize(this.ipam.addresses.count(used), `address of ${used} is`, `addresses of ${used} are`)} allocated`,
      );
    this.references.assertUnreferenced('network', network.id);
  }

  /** Returns the network after the change. A network in another state than `from` stays unchanged. */
  private advance(id: string, from: NetworkStatus, to: NetworkStatus): Promise<Network> {
    return this.table.update(id, (network) => (network.status === from ? this.marked(network, to) : network));
  }

  private marked(network: Network, status: NetworkStatus): Network {
    const deadline = status === 'active' ? undefined : timestamp(this.clock.now() + PATIENCE);
    return { ...network, status, deadline };
  }

  /**
   * The last write may have been applied although its response reported an error, so the state is read from the
   * database.
   */
  private async undo(claim: Network): Promise<void> {
    await this.tearDown((await this.table.readFresh(claim.id)) ?? claim);
  }

  /** Every step is idempotent; the document is removed last. */
  private async tearDown(network: Network): Promise<void> {
    const { id, vrf } = network;
    await allEnded([this.releasePrefixes(network), this.pools.releaseVrf(id, vrf || undefined)]);
    await this.table.remove(id);
  }

  private async releasePrefixes(network: Network): Promise<void> {
    const { id, prefixes } = network;
    if (isChild(network)) await this.ipam.releaseChildren(network.parentNetworkId, id, prefixes, this.statusOf);
    else await this.ipam.release(id);
    if (network.privateSuper) await this.ipam.deleteChildLedger(id);
  }
}

/**
 * A claim may have been rewritten since, e.g. by a migration, and is still a claim; one that the sweeper has begun to undo is
 * not. Throws `conflict`.
 */
function activated(claim: Network, acquired: Acquired): Network {
  if (claim.status !== 'creating')
    throw new DomainError('conflict', `creating network "${claim.id}" took too long and was undone, please retry`);
  return { ...claim, ...acquired, status: 'active', deadline: undefined };
}
