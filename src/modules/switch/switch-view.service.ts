import { Injectable } from '@nestjs/common';
import { IpService } from '../ip/ip.service.js';
import { NetworkService } from '../network/network.service.js';
import type { Partition } from '../partition/partition.js';
import { PartitionService } from '../partition/partition.service.js';
import { portFilter } from './port-filter.js';
import type { Announcements, PortFilter } from './port-filter.js';
import { identityOf, PortUseInquiry } from './switch.js';
import type { Switch, SwitchStatus } from './switch.js';
import { SwitchService } from './switch.service.js';
import { remembered } from '../../shared/remembered.js';

/**
 * A switch with all that is shown of it. Its parts are the very same objects as long as nothing of them changes, so that
 * answers may be remembered for them.
 */
export interface SwitchView {
  readonly leaf: Switch;
  /** Undefined when it is gone. */
  readonly partition: Partition | undefined;
  readonly status: SwitchStatus | undefined;
  /** One for each connection of the leaf; undefined where no machine works for anybody. */
  readonly filters: readonly (PortFilter | undefined)[];
}

/** Joins switches with what machines, networks and addresses make of their ports. */
@Injectable()
export class SwitchViewService {
  private readonly announcements: Announcements;

  constructor(
    private readonly switches: SwitchService,
    private readonly partitions: PartitionService,
    private readonly uses: PortUseInquiry,
    networks: NetworkService,
    ips: IpService,
  ) {
    this.announcements = {
      additionalCidrs: (networkId) =>
        networks.find(networks.find(networkId)?.parentNetworkId ?? '')?.additionalAnnouncableCidrs ?? NONE,
      projectIps: (projectId) => ips.addressesOf(projectId),
    };
  }

  of(leaf: Switch): SwitchView {
    return {
      leaf,
      partition: this.partitions.find(leaf.partitionId),
      status: this.switches.status(leaf.id),
      filters: this.filtersOf(leaf),
    };
  }

  private filtersOf(leaf: Switch): (PortFilter | undefined)[] {
    const vrfs = vrfsOf(leaf);
    return leaf.connections.map(({ machineId, port }) => {
      const use = this.uses.ask(machineId);
      return use && portFilter(vrfs.get(port) ?? '', use, this.announcements);
    });
  }
}

const NONE: readonly string[] = [];

/** By the identities of ports. */
const vrfsOf = remembered(({ nics }: Switch): ReadonlyMap<string, string> => {
  return new Map(nics.map((nic) => [identityOf(nic), nic.vrf]));
});
