import { Inject, Injectable } from '@nestjs/common';
import { UrlProbe } from '../../platform/reachability/url-probe.js';
import { Entities } from '../../platform/store/entities.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { CLOCK, timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { changed, checkId, created, given } from '../../shared/entity.js';
import type { Optional } from '../../shared/entity.js';
import { malformed } from '../../shared/errors/domain-error.js';
import {
  checkDnsServers,
  checkNtpServers,
  checkPrivatePrefixLength,
  DEFAULT_PRIVATE_PREFIX_LENGTH,
  PartitionReferences,
} from './partition.js';
import type { BootConfiguration, Partition } from './partition.js';
import { partitionTable } from './partition.table.js';

/** What a client says about a partition; what it leaves out is kept, or empty. */
export interface PartitionSpec extends Optional<
  Pick<Partition, 'name' | 'description' | 'mgmtServiceAddress' | 'labels' | 'dnsServers' | 'ntpServers'>
> {
  readonly bootConfiguration?: Optional<BootConfiguration>;
}

/** The path of the capacity route of 2021 would hide a partition with this name (reference/30 §1.4). */
const RESERVED_ID = 'capacity';

/** Partitions: the sites where machines stand. */
@Injectable()
export class PartitionService extends Entities<Partition> {
  constructor(
    @InjectTable(partitionTable) partitions: Table<Partition>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly references: PartitionReferences,
    private readonly urls: UrlProbe,
  ) {
    super('partition', partitions);
  }

  /** Throws `malformed` for id, URLs or servers, `invalid` for the prefix length, `already-exists`. */
  async create(id: string, spec: PartitionSpec, prefixLength = DEFAULT_PRIVATE_PREFIX_LENGTH): Promise<Partition> {
    checkId('partition', id);
    if (id === RESERVED_ID) throw malformed(`a partition cannot be called "${id}"`);
    await this.check(spec);
    checkPrivatePrefixLength(prefixLength);
    const {
      name = '',
      description = '',
      mgmtServiceAddress = '',
      labels = {},
      dnsServers = [],
      ntpServers = [],
    } = spec;
    const { imageUrl = '', kernelUrl = '', commandLine = '' } = spec.bootConfiguration ?? {};
    const fields = { id, name, description, mgmtServiceAddress, labels, dnsServers, ntpServers };
    const bootConfiguration = { imageUrl, kernelUrl, commandLine };
    return this.table.insert(
      created<Partition>(
        { ...fields, bootConfiguration, privateNetworkPrefixLength: prefixLength },
        timestamp(this.clock.now()),
      ),
    );
  }

  /** Of the boot configuration, too, only what is given changes. Throws `not-found`, `malformed`. */
  async update(id: string, { bootConfiguration = {}, ...spec }: PartitionSpec): Promise<Partition> {
    this.get(id);
    await this.check({ bootConfiguration, ...spec });
    return this.table.update(id, (partition) => {
      const boot = { ...partition.bootConfiguration, ...given(bootConfiguration) };
      return changed(partition, { ...spec, bootConfiguration: boot }, timestamp(this.clock.now()));
    });
  }

  /** Throws `not-found`, and `invalid` while machines, switches, networks or reservations are in it. */
  async delete(id: string): Promise<Partition> {
    const partition = this.get(id);
    this.references.refuseIfAny('partition', id);
    await this.table.remove(id);
    return partition;
  }

  private async check({ bootConfiguration, dnsServers = [], ntpServers = [] }: PartitionSpec): Promise<void> {
    await this.urls.check('bootconfig.imageurl', bootConfiguration?.imageUrl);
    await this.urls.check('bootconfig.kernelurl', bootConfiguration?.kernelUrl);
    checkDnsServers(dnsServers);
    checkNtpServers(ntpServers);
  }
}
