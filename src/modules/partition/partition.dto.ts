import { EntityRequest, EntityResponse } from '../../platform/http/wire/entity.js';
import { Field, WireModel } from '../../platform/http/wire/field.js';
import { Part } from '../../platform/http/wire/part.js';

@WireModel('v1.PartitionBootConfiguration')
export class PartitionBootConfiguration {
  @Field('string', { doc: 'where machines get the initial ramdisk of the discovery image' })
  imageurl?: string;

  @Field('string', { doc: 'where machines get the kernel of the discovery image' })
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

  @Field('string', { map: true, doc: 'free labels' })
  labels?: Record<string, string>;

  @Field(() => DnsServer, { array: true, doc: 'for machines that name none' })
  dns_servers?: DnsServer[];

  @Field(() => NtpServer, { array: true, doc: 'for machines that name none' })
  ntp_servers?: NtpServer[];

  @Field(() => PartitionBootConfiguration, { required: true, doc: 'the discovery image' })
  bootconfig?: PartitionBootConfiguration;

  @Field('int32', { doc: 'bits of IPv4 prefixes of private networks, 16 to 30; 22 unless given' })
  privatenetworkprefixlength?: number;
}

@WireModel('v1.PartitionUpdateRequest')
export class PartitionUpdateRequest extends EntityRequest {
  @Field('string', { doc: 'address of the management service' })
  mgmtserviceaddress?: string;

  @Field('string', { map: true, doc: 'replaces all labels' })
  labels?: Record<string, string>;

  @Field(() => DnsServer, { array: true, required: true, doc: 'for machines that name none; an empty list clears' })
  dns_servers?: DnsServer[];

  @Field(() => NtpServer, { array: true, required: true, doc: 'for machines that name none; an empty list clears' })
  ntp_servers?: NtpServer[];

  @Field(() => PartitionBootConfiguration, { doc: 'the discovery image' })
  bootconfig?: PartitionBootConfiguration;
}

@WireModel('v1.PartitionResponse')
@Part('v1.PartitionBase', 'v1.PartitionResponse', 'dns_servers', 'labels', 'mgmtserviceaddress', 'ntp_servers')
@Part('v1.Common', 'v1.PartitionResponse', 'id', 'name', 'description')
@Part('v1.Identifiable', 'v1.PartitionResponse', 'id')
@Part('v1.Describable', 'v1.PartitionResponse', 'name', 'description')
@Part('v1.Timestamps', 'v1.PartitionResponse', 'created', 'changed')
export class PartitionResponse extends EntityResponse {
  @Field('string', { doc: 'address of the management service' })
  mgmtserviceaddress!: string;

  @Field('string', { map: true, doc: 'free labels' })
  labels!: Readonly<Record<string, string>>;

  @Field(() => DnsServer, { array: true, doc: 'for machines that name none' })
  dns_servers?: DnsServer[];

  @Field(() => NtpServer, { array: true, doc: 'for machines that name none' })
  ntp_servers?: NtpServer[];

  @Field(() => PartitionBootConfiguration, { required: true, doc: 'the discovery image' })
  bootconfig!: PartitionBootConfiguration;

  @Field('int32', { doc: 'bits of IPv4 prefixes of private networks' })
  privatenetworkprefixlength!: number;
}
