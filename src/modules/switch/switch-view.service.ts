import { Injectable } from '@nestjs/common';
import { IpService } from '../ip/ip.service.js';
import { NetworkService } from '../network/network.service.js';
import type { Partition } from '../partition/partition.js';
import { PartitionService } from '../partition/partition.service.js';
import { portFilter } from './port-filter.js';
import type { Announcements, PortFilter } from './port-filter.js';
import { identityOf, PortUseLookup } from './switch.js';
import type { Switch, SwitchStatus } from './switch.js';
import { SwitchService } from './switch.service.js';
import { memoizeByIdentity } from '../../shared/memoize-by-identity.js';

/**
 * A switch with all data shown for it. Its parts are identical objects until they change, so that responses can be
 * memoized.
 */
export interface SwitchView {
  readonly leaf: Switch;
  /** Undefined if the partition was deleted. */
  readonly partition: Partition | undefined;
  readonly status: SwitchStatus | undefined;
  /** One per connection of the leaf; undefined for machines that are not in use. */
  readonly filters: readonly (PortFilter | undefined)[];
}

/** Joins switches with the data of machines, networks and addresses that determines their port filters. */
@Injectable()
export class SwitchViewService {
  private readonly announcements: Announcements;

  constructor(
    private readonly switches: SwitchService,
    private readonly partitions: PartitionService,
    private readonly uses: PortUseLookup,
    networks: NetworkService,
    ips: IpService,
  ) {
    this.announcements = {
      additionalCidrs: (networkId) =>
        networks.find(networks.find(networkId)?.parentNetworkId)?.additionalAnnouncableCidrs ?? NONE,
      projectAddresses: (projectId) => ips.addressesOf(projectId),
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
      const use = this.uses.call(machineId);
      return use && portFilter(vrfs.get(port), use, this.announcements);
    });
  }
}

const NONE: readonly string[] = [];

/** Keyed by the identities of ports. */
const vrfsOf = memoizeByIdentity(({ nics }: Switch): ReadonlyMap<string, string | undefined> => {
  return new Map(nics.map((nic) => [identityOf(nic), nic.vrf]));
});
