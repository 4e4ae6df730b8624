import { randomUUID } from 'node:crypto';
import { timestamp, type Clock } from '../../shared/clock.js';
import { created } from '../../shared/entity.js';
import { DomainError, isDomainError } from '../../shared/errors/domain-error.js';
import type { AddressFamily } from '../../shared/net/family.js';
import { Ip } from '../../shared/net/ip.js';
import type { Table } from '../../platform/store/table.js';
import type { IpamService } from '../ipam/ipam.service.js';
import { prefixesOf, type Network } from '../network/network.js';
import type { NetworkService } from '../network/network.service.js';
import type { IpAddress } from './ip.js';
import type { IpIndex } from './ip.table.js';

/** What is known of an address before it is chosen. */
export type IpDraft = Pick<
  IpAddress,
  'networkId' | 'projectId' | 'name' | 'description' | 'type' | 'tags' | 'attachments'
>;

/** Stores, changes and removes the documents of addresses; IPAM's memory of what is free follows them. */
export class IpRecords {
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

  /** The lowest free address of the family. Throws `exhausted`. */
  async take(network: Network, family: AddressFamily, draft: IpDraft): Promise<IpAddress> {
    await this.refuseParent(network);
    const prefixes = prefixesOf(network.prefixes, family);
    const taken = await this.ipam.addresses.acquireLowest(prefixes, (ip, prefix) => this.store(ip, prefix, draft));
    if (!taken)
      throw new DomainError(
        'exhausted',
        `no free ${family} address is left in network "${network.id}": ${prefixes.join(', ')}`,
      );
    return taken;
  }

  /** This address of this prefix. Throws `conflict` when it is taken or reserved. */
  async takeThis(network: Network, prefix: string, ip: Ip, draft: IpDraft): Promise<IpAddress> {
    await this.refuseParent(network);
    return this.ipam.addresses.acquireThis(prefix, ip, (address, from) => this.store(address, from, draft));
  }

  /** How many addresses of a prefix are taken. */
  countOf(prefix: string): number {
    return this.ipam.addresses.count(prefix);
  }

  private async refuseParent(network: Network): Promise<void> {
    if (network.privateSuper) await this.networks.refuseParent(network.id);
  }

  /** Stores the address, and takes it back when its network vanished meanwhile. Throws `already-exists`. */
  private async store(ip: Ip, prefix: string, draft: IpDraft): Promise<IpAddress> {
    const now = timestamp(this.clock.now());
    const fields = { ...draft, id: ip.toString(), prefix, allocationUuid: randomUUID() };
    const stored = await this.table.insert(created<IpAddress>(fields, now));
    try {
      await this.networks.confirmAddress(draft.networkId, prefix);
    } catch (error) {
      await this.table.remove(stored.id, stored.revision);
      throw error;
    }
    return stored;
  }

  /** Read-modify-write or -remove, repeated until nobody interferes; the address as it was, or became. */
  async change(id: string, next: (ip: IpAddress) => IpAddress | 'gone'): Promise<IpAddress | undefined> {
    for (let ip = this.table.get(id); ip; ip = await this.table.fresh(id)) {
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
