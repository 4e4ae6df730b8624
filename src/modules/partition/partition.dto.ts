import { EntityRequest, EntityResponse } from '../../platform/http/wire/entity.js';
import { Field, WireModel } from '../../platform/http/wire/field.js';
import { SharedDefinition } from '../../platform/http/wire/shared-definition.js';

@WireModel('v1.PartitionBootConfiguration')
export class PartitionBootConfiguration {
  @Field('string', { doc: 'URL of the initial ramdisk of the discovery image' })
  imageurl?: string;

  @Field('string', { doc: 'URL of the kernel of the discovery image' })
  kernelurl?: string;

  @Field('string', { doc: 'kernel command line of the discovery image' })
  commandline?: string;
}

@WireModel('v1.DNSServer')
export class DnsServer {
  @Field('string', { required: true, doc: 'IP address of a DNS server' })
  ip!: string;
}

@WireModel('v1.NTPServer')
export class NtpServer {
  @Field('string', { required: true, doc: 'IP address or DNS name of an NTP server' })
  address!: string;
}

@WireModel('v1.PartitionCreateRequest')
export class PartitionCreateRequest extends EntityRequest {
  @Field('string', { doc: 'address of the management service' })
  mgmtserviceaddress?: string;

  @Field('string', { map: true, doc: 'arbitrary labels' })
  labels?: Record<string, string>;

  @Field(() => DnsServer, { array: true, doc: 'for machines that specify none' })
  dns_servers?: DnsServer[];

  @Field(() => NtpServer, { array: true, doc: 'for machines that specify none' })
  ntp_servers?: NtpServer[];

  @Field(() => PartitionBootConfiguration, { required: true, doc: 'the discovery image' })
  bootconfig?: PartitionBootConfiguration;

  @Field('int32', { doc: 'IPv4 prefix length of private networks, 16 to 30; defaults to 22' })
  privatenetworkprefixlength?: number;
}

@WireModel('v1.PartitionUpdateRequest')
export class PartitionUpdateRequest extends EntityRequest {
  @Field('string', { doc: 'address of the management service' })
  mgmtserviceaddress?: string;

  @Field('string', { map: true, doc: 'replaces all labels' })
  labels?: Record<string, string>;

  @Field(() => DnsServer, {
    array: true,
    required: true,
    doc: 'for machines that specify none; an empty list removes all',
  })
  dns_servers?: DnsServer[];

  @Field(() => NtpServer, {
    array: true,
    required: true,
    doc: 'for machines that specify none; an empty list removes all',
  })
  ntp_servers?: NtpServer[];

  @Field(() => PartitionBootConfiguration, { doc: 'the discovery image' })
  bootconfig?: PartitionBootConfiguration;
}

@WireModel('v1.PartitionResponse')
@SharedDefinition(
  'v1.PartitionBase',
  'v1.PartitionResponse',
  'dns_servers',
  'labels',
  'mgmtserviceaddress',
  'ntp_servers',
)
@SharedDefinition('v1.Common', 'v1.PartitionResponse', 'id', 'name', 'description')
@SharedDefinition('v1.Identifiable', 'v1.PartitionResponse', 'id')
@SharedDefinition('v1.Describable', 'v1.PartitionResponse', 'name', 'description')
@SharedDefinition('v1.Timestamps', 'v1.PartitionResponse', 'created', 'changed')
export class PartitionResponse extends EntityResponse {
  @Field('string', { doc: 'address of the management service' })
  mgmtserviceaddress!: string;

  @Field('string', { map: true, doc: 'arbitrary labels' })
  labels!: Readonly<Record<string, string>>;

  @Field(() => DnsServer, { array: true, doc: 'for machines that specify none' })
  dns_servers?: DnsServer[];

  @Field(() => NtpServer, { array: true, doc: 'for machines that specify none' })
  ntp_servers?: NtpServer[];

  @Field(() => PartitionBootConfiguration, { required: true, doc: 'the discovery image' })
  bootconfig!: PartitionBootConfiguration;

  @Field('int32', { doc: 'IPv4 prefix length of private networks' })
  privatenetworkprefixlength!: number;
}
