import { Field, WireModel } from '../../../platform/http/wire/field.js';
import { SharedDefinition } from '../../../platform/http/wire/shared-definition.js';
import { DnsServer, NtpServer } from '../../partition/partition.dto.js';
import { FirewallRules } from '../query/firewall-rules.dto.js';

/** In characters. Stored with the machine, and part of every response that shows it. */
const MAX_USER_DATA = 1024 * 1024;

@WireModel('v1.MachineAllocationNetwork')
export class MachineAllocationNetwork {
  @Field('string', { required: true }) networkid?: string;
  @Field('boolean', { required: true, doc: 'acquire a new address in this network; defaults to true' })
  autoacquire?: boolean;
}

@WireModel('v1.MachineAllocateRequest')
export class MachineAllocateRequest {
  @Field('string', { doc: 'the machine to allocate' }) uuid?: string;
  @Field('string') name?: string;
  @Field('string') description?: string;
  @Field('string') hostname?: string;
  @Field('string', { required: true }) projectid?: string;
  @Field('string', { required: true, doc: 'not needed with a uuid' }) partitionid?: string;
  @Field('string', { required: true, doc: 'not needed with a uuid' }) sizeid?: string;
  @Field('string', { required: true, doc: 'full id, or a shorthand without patch version' }) imageid?: string;
  @Field('string') filesystemlayoutid?: string;
  @Field('string', { required: true, array: true, doc: 'authorized_keys lines' }) ssh_pub_keys?: readonly string[];
  @Field('string', { maxLength: MAX_USER_DATA, doc: 'passed to the installed system unchanged' }) user_data?: string;
  @Field('string', { array: true }) tags?: readonly string[];
  @Field(() => MachineAllocationNetwork, { array: true }) networks?: readonly MachineAllocationNetwork[];
  @Field('string', { array: true, doc: 'existing addresses to attach' }) ips?: readonly string[];
  @Field('string', { array: true, doc: 'keep machines of the project that share one of these tags in different racks' })
  placement_tags?: readonly string[];
  @Field(() => DnsServer, { array: true }) dns_servers?: readonly DnsServer[];
  @Field(() => NtpServer, { array: true }) ntp_servers?: readonly NtpServer[];
}

@WireModel('v1.FirewallCreateRequest')
@SharedDefinition('v1.FirewallAllocateRequest', 'v1.FirewallCreateRequest', 'firewall_rules')
export class FirewallCreateRequest extends MachineAllocateRequest {
  @Field(() => FirewallRules) firewall_rules?: FirewallRules;
  @Field('boolean', { doc: 'deprecated; pairs of firewalls are not supported' }) ha?: boolean;
}
