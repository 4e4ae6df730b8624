import { entityResponse } from '../../platform/http/wire/entity.js';
import { withCachedJson } from '../../platform/http/wire/json.js';
import { memoizeByIdentity } from '../../shared/memoize-by-identity.js';
import { unmappedText } from '../../shared/net/ip.js';
import type { PartitionBootConfiguration, PartitionResponse, PartitionUpdateRequest } from './partition.dto.js';
import type { BootConfiguration, Partition } from './partition.js';
import type { PartitionSpec } from './partition.service.js';

export const toPartitionSpec = (body: PartitionUpdateRequest): PartitionSpec => ({
  name: body.name,
  description: body.description,
  mgmtServiceAddress: body.mgmtserviceaddress,
  labels: body.labels,
  dnsServers: body.dns_servers?.map(({ ip }) => unmappedText(ip ?? '')),
  ntpServers: body.ntp_servers?.map(({ address }) => unmappedText(address ?? '')),
  bootConfiguration: body.bootconfig && {
    imageUrl: body.bootconfig.imageurl,
    kernelUrl: body.bootconfig.kernelurl,
    commandLine: body.bootconfig.commandline,
  },
});

/** The response as part of others. Memoized: do not modify the result. */
export const partitionPart = memoizeByIdentity((partition: Partition) =>
  withCachedJson(toPartitionResponse(partition)),
);

export const toPartitionResponse = (partition: Partition): PartitionResponse => ({
  ...entityResponse(partition),
  mgmtserviceaddress: partition.mgmtServiceAddress,
  labels: partition.labels,
  ...(partition.dnsServers.length > 0 && { dns_servers: partition.dnsServers.map((ip) => ({ ip })) }),
  ...(partition.ntpServers.length > 0 && { ntp_servers: partition.ntpServers.map((address) => ({ address })) }),
  bootconfig: toBootConfiguration(partition.bootConfiguration),
  privatenetworkprefixlength: partition.privateNetworkPrefixLength,
});

const toBootConfiguration = (boot: BootConfiguration): Required<PartitionBootConfiguration> => ({
  imageurl: boot.imageUrl,
  kernelurl: boot.kernelUrl,
  commandline: boot.commandLine,
});

/** The name of a partition; only members see where its services are. */
export const partitionOutline = (partition: PartitionResponse): PartitionResponse => ({
  ...entityResponse(partition),
  mgmtserviceaddress: '',
  labels: {},
  bootconfig: { imageurl: '', kernelurl: '', commandline: '' },
  privatenetworkprefixlength: partition.privatenetworkprefixlength,
});
