import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { UrlProbe } from '../../platform/reachability/url-probe.js';
import { EntityService } from '../../platform/store/entity-service.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { changeEntity, checkId, createEntity, definedFields } from '../../shared/entity.js';
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

/** Fields that a client may set. On update, omitted fields keep their value; on creation they are empty. */
export type PartitionSpec = Optional<
  Pick<Partition, 'name' | 'description' | 'mgmtServiceAddress' | 'labels' | 'dnsServers' | 'ntpServers'> & {
    readonly bootConfiguration: Optional<BootConfiguration>;
  }
>;

/**
 * The path of the legacy capacity route would hide a partition with this name
 * (docs/reference/partitions.md#capacity-of-january-2021).
 */
const RESERVED_ID = 'capacity';

/** Manages partitions: the sites of machines. */
@Injectable()
export class PartitionService extends EntityService<Partition> {
  constructor(
    @InjectTable(partitionTable) partitions: Table<Partition>,
    @InjectClock() private readonly clock: Clock,
    private readonly references: PartitionReferences,
    private readonly urls: UrlProbe,
  ) {
    super('partition', partitions);
  }

  /** Throws `malformed` for invalid ID, URLs or servers, `invalid` for the prefix length, `already-exists`. */
  async create(id: string, spec: PartitionSpec, prefixLength = DEFAULT_PRIVATE_PREFIX_LENGTH): Promise<Partition> {
    checkId('partition', id);
    if (id === RESERVED_ID) throw malformed(`partition id "${id}" is reserved`);
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
      createEntity<Partition>(
        { ...fields, bootConfiguration, privateNetworkPrefixLength: prefixLength },
        timestamp(this.clock.now()),
      ),
    );
  }

  /** Changes only the given fields, of the boot configuration as well. Throws `not-found`, `malformed`. */
  async update(id: string, { bootConfiguration = {}, ...spec }: PartitionSpec): Promise<Partition> {
    this.get(id);
    await this.check({ bootConfiguration, ...spec });
    return this.table.update(id, (partition) => {
      const boot = { ...partition.bootConfiguration, ...definedFields(bootConfiguration) };
      return changeEntity(partition, { ...spec, bootConfiguration: boot }, timestamp(this.clock.now()));
    });
  }

  /** Throws `not-found`, and `invalid` while it has machines, switches, networks or reservations. */
  async delete(id: string): Promise<Partition> {
    const partition = this.get(id);
    this.references.assertUnreferenced('partition', id);
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
