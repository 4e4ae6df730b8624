import { Injectable } from '@nestjs/common';
import { isDomainError } from '../../shared/errors/domain-error.js';
import { IpService } from '../ip/ip.service.js';
import { PortVrfService } from '../machine/port-vrf.service.js';
import { NetworkService } from '../network/network.service.js';
import { PoolService } from '../pool/pool.service.js';
import { SwitchService } from '../switch/switch.service.js';
import type { Repair } from './fsck.js';

/** Resolves when this process has seen everything that was written before it was called. */
export type Settled = () => Promise<void>;

/**
 * Carries out repairs through the services that own the documents. Each makes sure of its premise by itself where
 * somebody else could have changed it meanwhile.
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

  /** Undefined when it is done, otherwise why it is not. */
  async carryOut(repair: Repair, settled: Settled): Promise<string | undefined> {
    try {
      await this.act(repair, settled);
      return undefined;
    } catch (error) {
      if (!isDomainError(error)) throw error;
      return error.message;
    }
  }

  private async act(repair: Repair, settled: Settled): Promise<void> {
    switch (repair.action) {
      case 'realign-network':
        return this.networks.realign(repair.network);
      case 'recount-children':
        return this.networks.recountChildren(repair.network, settled);
      case 'give-back-children':
        return this.networks.giveBackFor(repair.network, repair.owner);
      case 'release-vrf':
        return this.pools.releaseThisVrf(repair.vrf, repair.network);
      case 'acquire-vrf':
        return this.pools.acquireThisVrf(repair.vrf, repair.network, repair.share);
      case 'release-asn':
        return this.pools.releaseAsn(repair.allocation);
      case 'acquire-asn':
        return this.pools.acquireThisAsn(repair.asn, repair.allocation);
      case 'remove-address':
        return this.ips.removeOutlived(repair.address);
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
