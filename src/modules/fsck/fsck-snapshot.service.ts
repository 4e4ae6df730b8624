import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { type Clock } from '../../shared/clock.js';
import { IpService } from '../ip/ip.service.js';
import { IpamService } from '../ipam/ipam.service.js';
import { MachineQueryService } from '../machine/query/machine-query.service.js';
import { NetworkService } from '../network/network.service.js';
import { PartitionService } from '../partition/partition.service.js';
import { PoolService } from '../pool/pool.service.js';
import { ProjectService } from '../project/project.service.js';
import { SwitchService } from '../switch/switch.service.js';
import type { Snapshot } from './fsck.js';

/** Collects the input of the checks from this process's memory, without yielding, so that it shows a single moment. */
@Injectable()
export class FsckSnapshots {
  constructor(
    private readonly partitions: PartitionService,
    private readonly projects: ProjectService,
    private readonly networks: NetworkService,
    private readonly ipam: IpamService,
    private readonly pools: PoolService,
    private readonly ips: IpService,
    private readonly machines: MachineQueryService,
    private readonly switches: SwitchService,
    @InjectClock() private readonly clock: Clock,
  ) {}

  take(): Snapshot {
    const networks = mapped(this.networks.listAll());
    const counts = new Map<string, number>();
    for (const { prefixes } of networks.values())
      for (const prefix of prefixes) counts.set(prefix, this.ips.countOf(prefix));
    return {
      time: this.clock.now(),
      partitions: idsOf(this.partitions.list()),
      projects: idsOf(this.projects.list()),
      networks,
      reservations: this.ipam.reserved(),
      ledgers: mapped([...this.ipam.ledgers()]),
      vrfs: this.pools.vrfsInUse(),
      asns: this.pools.asnsInUse(),
      addresses: mapped(this.ips.list()),
      countOf: (prefix) => counts.get(prefix) ?? 0,
      machines: mapped(this.machines.search()),
      switches: this.switches.list(),
    };
  }
}

const idsOf = (entities: readonly { readonly id: string }[]): Set<string> => new Set(entities.map(({ id }) => id));

const mapped = <T extends { readonly id: string }>(entities: readonly T[]): Map<string, T> =>
  new Map(entities.map((entity) => [entity.id, entity]));
