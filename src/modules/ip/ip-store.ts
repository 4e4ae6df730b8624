import { timestamp, type Clock } from '../../shared/clock.js';
import { createEntity } from '../../shared/entity.js';
import { DomainError, isDomainError } from '../../shared/errors/domain-error.js';
import type { AddressFamily } from '../../shared/net/family.js';
import { Ip } from '../../shared/net/ip.js';
import { currentExecution } from '../../platform/idempotency/current-execution.js';
import type { Table } from '../../platform/store/table.js';
import type { IpamService } from '../ipam/ipam.service.js';
import { prefixesOf, type Network } from '../network/network.js';
import type { NetworkService } from '../network/network.service.js';
import type { IpAddress } from './ip.js';
import type { IpIndex } from './ip.table.js';

/** The fields of an address that are known before the address is selected. */
export type IpDraft = Pick<
  IpAddress,
  'networkId' | 'projectId' | 'name' | 'description' | 'type' | 'tags' | 'attachments' | 'allocationUuid' | 'heldBy'
>;

/**
 * Stores, changes and removes the documents of addresses, and keeps IPAM's view of taken addresses in sync with them.
 */
export class IpStore {
  constructor(
    private readonly table: Table<IpAddress, IpIndex>,
    private readonly ipam: IpamService,
    private readonly networks: NetworkService,
    private readonly clock: Clock,
  ) {
    for (const ip of table.list()) ipam.addresses.record(ip.prefix, Ip.parse(ip.id));
    table.watch((change) => {
      if (change.type !== 'reset' && change.before) ipam.addresses.erase(change.before.prefix, Ip.parse(change.id));
      if (change.type === 'put') ipam.addresses.record(change.now.prefix, Ip.parse(change.id));
    });
  }

  /** Acquires the lowest free address of the family. Throws `exhausted`. */
  async acquireLowest(network: Network, family: AddressFamily, draft: IpDraft): Promise<IpAddress> {
    await this.refuseParent(network);
    const prefixes = prefixesOf(network.prefixes, family);
    const taken = await this.ipam.addresses.acquireLowest(prefixes, (ip, prefix) => this.store(ip, prefix, draft));
    if (!taken)
      throw new DomainError(
        'exhausted',
        `network "${network.id}" has no free ${family} address: ${prefixes.join(', ')}`,
      );
    return taken;
  }

  /** Acquires this address of this prefix. Throws `conflict` if it is taken or reserved. */
  async acquireSpecific(network: Network, prefix: string, ip: Ip, draft: IpDraft): Promise<IpAddress> {
    await this.refuseParent(network);
    return this.ipam.addresses.acquireSpecific(prefix, ip, (address, from) => this.store(address, from, draft));
  }

  /** Number of allocated addresses of a prefix. */
  countOf(prefix: string): number {
    return this.ipam.addresses.count(prefix);
  }

  private async refuseParent(network: Network): Promise<void> {
    if (network.privateSuper) await this.networks.assertNoChildren(network.id);
  }

  /** Stores the address, and removes it again if its network was deleted in the meantime. Throws `already-exists`. */
  private async store(ip: Ip, prefix: string, draft: IpDraft): Promise<IpAddress> {
    const now = timestamp(this.clock.now());
    const fields = { ...draft, id: ip.toString(), prefix };
    const stored = await this.table.insert(createEntity<IpAddress>(fields, now));
    try {
      await this.networks.confirmAddress(draft.networkId, prefix);
      await currentExecution()?.confirm();
    } catch (error) {
      await this.change(stored.id, () => 'gone'); // a migration may have rewritten it
      throw error;
    }
    return stored;
  }

  /**
   * Read-modify-write (or remove), repeated on concurrent modifications. Returns the address before a removal or after
   * a change.
   */
  async change(id: string, next: (ip: IpAddress) => IpAddress | 'gone'): Promise<IpAddress | undefined> {
    for (let ip = this.table.get(id); ip; ip = await this.table.readFresh(id)) {
      const result = next(ip);
      if (result === ip) return ip;
      try {
        if (result !== 'gone') return await this.table.replace(result, ip.revision);
        await this.table.remove(id, ip.revision);
        return ip;
      } catch (error) {
        if (!isDomainError(error, 'conflict')) throw error;
      }
    }
    return undefined;
  }
}
