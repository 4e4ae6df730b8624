import { Injectable } from '@nestjs/common';
import { isDomainError } from '../../shared/errors/domain-error.js';
import { IpService } from '../ip/ip.service.js';
import { PortVrfService } from '../machine/core/port-vrf.service.js';
import { NetworkService } from '../network/network.service.js';
import { PoolService } from '../pool/pool.service.js';
import { SwitchService } from '../switch/switch.service.js';
import type { Repair } from './fsck.js';

/** Resolves when this process has seen every write that precedes the call. */
export type CatchUp = () => Promise<void>;

/**
 * Applies repairs through the services that own the documents. Each repair verifies its own premise if a concurrent
 * change could have invalidated it.
 */
@Injectable()
export class FsckRepairs {
  constructor(
    private readonly networks: NetworkService,
    private readonly pools: PoolService,
    private readonly ips: IpService,
    private readonly switches: SwitchService,
    private readonly portVrfs: PortVrfService,
  ) {}

  /** Returns undefined on success, otherwise the reason for the failure. */
  async apply(repair: Repair, catchUp: CatchUp): Promise<string | undefined> {
    try {
      await this.act(repair, catchUp);
      return undefined;
    } catch (error) {
      if (!isDomainError(error)) throw error;
      return error.message;
    }
  }

  private async act(repair: Repair, catchUp: CatchUp): Promise<void> {
    switch (repair.action) {
      case 'realign-network':
        return this.networks.realign(repair.network);
      case 'recount-children':
        return this.networks.recountChildren(repair.network, catchUp);
      case 'give-back-children':
        return this.networks.releaseChildrenOf(repair.network, repair.owner);
      case 'release-vrf':
        return this.pools.releaseSpecificVrf(repair.vrf, repair.network);
      case 'acquire-vrf':
        return this.pools.acquireSpecificVrf(repair.vrf, repair.network, repair.share);
      case 'release-asn':
        return this.pools.releaseAsn(repair.allocation);
      case 'acquire-asn':
        return this.pools.acquireSpecificAsn(repair.asn, repair.allocation);
      case 'remove-address':
        return this.ips.removeOrphaned(repair.address);
      case 'release-addresses':
        return this.ips.releaseAllocation(repair.machine, repair.allocation, 'failed');
      case 'drop-tag':
        return this.ips.dropTag(repair.address, repair.tag);
      case 'set-port-vrf':
        return this.portVrfs.align(repair.machine);
      case 'reset-port-vrf':
        return this.switches.resetPort(repair.switch, repair.port);
      case 'disconnect':
        return this.portVrfs.disconnectUnknown(repair.machine);
    }
  }
}
