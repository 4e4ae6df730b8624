import { Field, WireModel } from '../../../platform/http/wire/field.js';
import { FilesystemLayoutResponse } from '../../filesystem-layout/filesystem-layout.dto.js';
import { ImageResponse } from '../../image/image.dto.js';
import { DnsServer, NtpServer } from '../../partition/partition.dto.js';
import { FirewallRules } from './firewall-rules.dto.js';

const ROLES = ['firewall', 'machine'];

@WireModel('v1.MachineNetwork')
export class MachineNetworkDto {
  @Field('string', { required: true }) networkid!: string;
  @Field('string', { required: true, array: true }) prefixes!: readonly string[];
  @Field('string', { required: true, array: true }) ips!: readonly string[];
  @Field('string', { required: true, array: true }) destinationprefixes!: readonly string[];
  @Field('string', { required: true, doc: 'the type of the network as seen by the machine' }) networktype!: string;
  @Field('uint64', { required: true }) vrf!: number;
  @Field('int64', { required: true }) asn!: number;
  @Field('boolean', { required: true }) nat!: boolean;
  @Field('boolean', { required: true }) private!: boolean;
  @Field('boolean', { required: true }) underlay!: boolean;
  @Field('string', { required: true, doc: 'owner of the network' }) projectid!: string;
  @Field('string', { required: true, doc: 'the type of the network itself' }) networktypev2!: string;
  @Field('string', { required: true }) nattypev2!: string;
}

@WireModel('v1.BootInfo')
export class BootInfoDto {
  @Field('string', { required: true }) image_id!: string;
  @Field('string', { required: true }) primary_disk!: string;
  @Field('string', { required: true }) os_partition!: string;
  @Field('string', { required: true }) initrd!: string;
  @Field('string', { required: true }) cmdline!: string;
  @Field('string', { required: true }) kernel!: string;
  @Field('string', { required: true }) bootloaderid!: string;
}

@WireModel('v1.MachineVPN')
export class MachineVPN {
  @Field('string', { required: true, doc: 'address of the control plane' }) address!: string;
  @Field('string', { required: true, doc: 'shown to editors and admins only' }) auth_key!: string;
  @Field('boolean', { required: true }) connected!: boolean;
}

@WireModel('v1.MachineAllocation')
export class MachineAllocationDto {
  @Field('string', { required: true, doc: 'unique for each allocation' }) allocationuuid!: string;
  @Field('string', { required: true, enum: ROLES }) role!: string;
  @Field('string', { required: true, doc: 'e-mail or name of the user who allocated the machine' }) creator!: string;
  @Field('date-time', { required: true }) created!: string;
  @Field('string', { required: true }) name!: string;
  @Field('string', { doc: 'absent when empty' }) description?: string | undefined;
  @Field('string', { required: true }) project!: string;
  @Field('string', { required: true }) hostname!: string;
  @Field(() => ImageResponse, { readOnly: true }) image!: ImageResponse | null;
  @Field(() => FilesystemLayoutResponse) filesystemlayout!: FilesystemLayoutResponse | null;
  @Field(() => MachineNetworkDto, { required: true, array: true }) networks!: readonly MachineNetworkDto[];
  @Field('string', { required: true, array: true }) ssh_pub_keys!: readonly string[];
  @Field('string', { doc: 'absent when empty; viewers see an empty text' }) user_data?: string | undefined;
  @Field('boolean', { required: true, doc: 'always false' }) succeeded!: boolean;
  @Field('boolean', { required: true }) reinstall!: boolean;
  @Field(() => BootInfoDto, { doc: 'of the last installation' }) boot_info!: BootInfoDto | null;
  @Field(() => MachineVPN) vpn!: MachineVPN | null;
  @Field(() => FirewallRules, { doc: 'present for firewalls with rules only' }) firewall_rules?:
    FirewallRules | undefined;
  @Field(() => DnsServer, { array: true }) dns_servers?: readonly DnsServer[] | undefined;
  @Field(() => NtpServer, { array: true }) ntp_servers?: readonly NtpServer[] | undefined;
}
