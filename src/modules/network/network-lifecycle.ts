import { counted } from '../../shared/text.js';
import { randomUUID } from 'node:crypto';
import { invalid, isDomainError } from '../../shared/errors/domain-error.js';
import { timestamp, type Clock } from '../../shared/clock.js';
import { created } from '../../shared/entity.js';
import { KeyedQueue } from '../../shared/async.js';
import type { Table } from '../../platform/store/table.js';
import type { OwnerStatus } from '../ipam/child-ledger.js';
import type { IpamService } from '../ipam/ipam.service.js';
import type { PoolService } from '../pool/pool.service.js';
import { isChild, type Network, type NetworkReferences, type NetworkStatus } from './network.js';
import type { NetworkDraft } from './network-draft.js';
import type { NetworkIndex } from './network.table.js';

/** How long the maker of a network may take before the sweeper undoes what it left behind. In milliseconds. */
const PATIENCE = 5 * 60_000;

/** What is acquired for a new network under its claim. */
export type Acquire = (id: string) => Promise<Pick<Network, 'vrf'> & Partial<Pick<Network, 'prefixes'>>>;

/**
 * How networks come and go. The document comes first, as a claim in whose name everything is acquired, and goes last:
 * what a crash leaves behind is found from it and undone or finished (design D3).
 */
export class NetworkLifecycle {
  /** Ends of one network in this process go one by one. */
  private readonly ends = new KeyedQueue();

  constructor(
    private readonly table: Table<Network, NetworkIndex>,
    private readonly ipam: IpamService,
    private readonly pools: PoolService,
    private readonly references: NetworkReferences,
    private readonly clock: Clock,
  ) {}

  /** Stores a network. When `acquire` fails everything is given back. Throws `already-exists` and what it throws. */
  async establish(id: string, draft: NetworkDraft, acquire: Acquire): Promise<Network> {
    const now = this.clock.now();
    const fields = { ...draft, id, vrf: 0, status: 'creating' as const, deadline: timestamp(now + PATIENCE) };
    const claim = await this.table.insert(created<Network>(fields, timestamp(now)));
    try {
      const acquired = await acquire(id);
      const network: Network = { ...claim, ...acquired, status: 'active', deadline: undefined };
      return await this.table.replace(network, claim.revision);
    } catch (error) {
      // What cannot be undone now is undone by the sweeper; the reason for the failure is what the caller needs.
      await this.undo(claim).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Gives everything back and removes the network. Throws `invalid`, with the network intact, while it has addresses,
   * children or other users. Repeating it after a crash finishes it.
   */
  async retire(id: string): Promise<void> {
    await this.ends.run(id, async () => {
      const network = this.table.get(id);
      if (network) await this.tearDown(network.status === 'deleting' ? network : await this.condemn(network));
    });
  }

  /** Undoes and finishes what was left behind with a deadline before `time` (in milliseconds); returns the ids. */
  async sweep(time: number): Promise<string[]> {
    const late = this.table
      .by('unfinished', 'yes')
      .filter(({ deadline }) => deadline !== undefined && Date.parse(deadline) < time);
    const swept = await Promise.all(late.map((network) => this.ends.run(network.id, () => this.settle(network))));
    return late.filter((_, position) => swept[position]).map(({ id }) => id);
  }

  /** For the ledgers of IPAM: how far the network with this id has come. */
  readonly statusOf = (id: string): OwnerStatus => {
    const status = this.table.get(id)?.status;
    return status === 'closing' ? 'active' : status;
  };

  /** Marks an unused network as one that will go, from which there is no way back. Throws `invalid` when it is used. */
  private async condemn(network: Network): Promise<Network> {
    this.refuseInUse(network);
    const closing = await this.advance(network.id, 'active', 'closing');
    // Somebody else got so far already: there is no way back.
    if (closing.status === 'deleting') return closing;
    try {
      if (network.privateSuper) await this.ipam.closeChildren(network.id);
      // Whoever took an address before the mark is seen now; whoever takes one later sees the mark.
      this.refuseInUse(closing);
    } catch (error) {
      await this.reopen(closing);
      throw error;
    }
    const marked = await this.advance(network.id, 'closing', 'deleting');
    // Somebody else reopened it after the look, and addresses may have been taken since: look again.
    return marked.status === 'deleting' ? marked : this.condemn(marked);
  }

  /** Ends what its maker or remover did not; false when somebody else was faster. */
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
    if (closing.privateSuper) await this.ipam.reopenChildren(closing.id);
    await this.table.update(closing.id, (now) => (now.status === 'closing' ? this.marked(now, 'active') : now));
  }

  private refuseInUse(network: Network): void {
    const used = network.prefixes.find((prefix) => this.ipam.addresses.count(prefix) > 0);
    if (used)
      throw invalid(
        `network "${network.id}" is in use: ${counted(this.ipam.addresses.count(used), `address of ${used} is`, `addresses of ${used} are`)} allocated`,
      );
    this.references.refuseIfAny('network', network.id);
  }

  /** The network as it is then; in another state than `from` it stays as it is. */
  private advance(id: string, from: NetworkStatus, to: NetworkStatus): Promise<Network> {
    return this.table.update(id, (network) => (network.status === from ? this.marked(network, to) : network));
  }

  private marked(network: Network, status: NetworkStatus): Network {
    const deadline = status === 'active' ? undefined : timestamp(this.clock.now() + PATIENCE);
    return { ...network, status, deadline };
  }

  /** The last write may have been carried out although its answer said otherwise: only the database knows. */
  private async undo(claim: Network): Promise<void> {
    await this.tearDown((await this.table.fresh(claim.id)) ?? claim);
  }

  /** Every step may be repeated; the document goes last. */
  private async tearDown(network: Network): Promise<void> {
    const { id, parentNetworkId, prefixes, vrf } = network;
    if (isChild(network)) await this.ipam.giveBackChildren(parentNetworkId, id, prefixes, this.statusOf);
    else await this.ipam.release(id);
    if (network.privateSuper) await this.ipam.dropChildren(id);
    await this.pools.releaseVrf(id, vrf || undefined);
    await this.table.remove(id);
  }
}

/** A new random id for a network. */
export const newNetworkId = (): string => randomUUID();
