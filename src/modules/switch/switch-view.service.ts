import { Injectable } from '@nestjs/common';
import { IpService } from '../ip/ip.service.js';
import { NetworkService } from '../network/network.service.js';
import type { Partition } from '../partition/partition.js';
import { PartitionService } from '../partition/partition.service.js';
import { portFilter } from './port-filter.js';
import type { Announcements, PortFilter } from './port-filter.js';
import { identityOf, PortUseInquiry } from './switch.js';
import type { PortUse, Switch, SwitchStatus } from './switch.js';
import { SwitchService } from './switch.service.js';

/** A switch with all that is shown of it. */
export interface SwitchView {
  readonly leaf: Switch;
  /** Undefined when it is gone. */
  readonly partition: Partition | undefined;
  readonly status: SwitchStatus | undefined;
  /** By port; ports at which no machine works have none. */
  readonly filters: ReadonlyMap<string, PortFilter>;
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
        networks.find(networks.find(networkId)?.parentNetworkId ?? '')?.additionalAnnouncableCidrs ?? [],
      projectIps: (projectId) => ips.search({ projectId }).map(({ id }) => id),
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

  private filtersOf({ nics, connections }: Switch): Map<string, PortFilter> {
    const vrfs = new Map(nics.map((nic) => [identityOf(nic), nic.vrf]));
    const filterOf = this.remembering();
    return new Map(
      connections.flatMap(({ machineId, port }): [string, PortFilter][] => {
        const use = this.uses.ask(machineId);
        return use ? [[port, filterOf(vrfs.get(port) ?? '', use)]] : [];
      }),
    );
  }

  /** Machines of one cluster have the same filter, made of all addresses of their project: made once per answer. */
  private remembering(): (vrf: string, use: PortUse) => PortFilter {
    const known = new Map<string, PortFilter>();
    return (vrf, use) => {
      if (use.role === 'firewall') return portFilter(vrf, use, this.announcements);
      const key = JSON.stringify([use.project, use.networks.map(({ networkId, prefixes }) => [networkId, prefixes])]);
      const filter = known.get(key) ?? portFilter(vrf, use, this.announcements);
      known.set(key, filter);
      return filter;
    };
  }
}
