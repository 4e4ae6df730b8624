import { EntityIdentity, EntityRequest, EntityResponse } from '../../platform/http/wire/entity.js';
import { Field, WireModel } from '../../platform/http/wire/field.js';
import type { InvalidValueError } from '../../platform/http/wire/scalar.js';
import { SharedDefinition } from '../../platform/http/wire/shared-definition.js';
import { PartitionResponse } from '../partition/partition.dto.js';

const STATUSES = ['DOWN', 'UNKNOWN', 'UP'];

/** Capitalized on the wire, as the first agents expect it (docs/reference/switches.md#fields). */
@WireModel('v1.SwitchBGPPortState')
export class SwitchBgpPortState {
  @Field('string', { required: true, device: true })
  Neighbor!: string;

  @Field('string', { required: true, device: true })
  PeerGroup!: string;

  @Field('string', { required: true, device: true })
  VrfName!: string;

  @Field('string', { required: true, device: true })
  BgpState!: string;

  @Field('int64', { required: true })
  BgpTimerUpEstablished!: number;

  @Field('int64', { required: true })
  SentPrefixCounter!: number;

  @Field('int64', { required: true })
  AcceptedPrefixCounter!: number;
}

/** The same model under the name that ports refer to. */
@WireModel('metal.SwitchBGPPortState')
export class StoredSwitchBgpPortState extends SwitchBgpPortState {}

@WireModel('v1.BGPFilter')
export class BgpFilter {
  @Field('string', { array: true, required: true, doc: 'prefixes that may be announced' })
  cidrs!: readonly string[];

  @Field('string', { array: true, doc: 'VRF numbers that may be announced' })
  vnis?: readonly string[];
}

@WireModel('v1.SwitchNic')
export class SwitchNicDto {
  @Field('string', { required: true, doc: 'MAC address of the port', device: true })
  mac!: string;

  @Field('string', { required: true, doc: 'name of the port', device: true })
  name!: string;

  @Field('string', { required: true, doc: 'identifier of the port within the switch', device: true })
  identifier!: string;

  @Field('string', { doc: 'empty: unprovisioned; default: a firewall; vrf<number>: a tenant', device: true })
  vrf?: string;

  @Field(() => BgpFilter, { doc: 'what the machine at the port may announce' })
  filter?: BgpFilter | null;

  @Field('string', {
    required: true,
    enum: STATUSES,
    doc: 'state of the port as reported by the switch; agents that do not read admin_status only get DOWN if an operator requested it',
  })
  actual!: string;

  @Field('string', { enum: ['DOWN', 'UP'], doc: 'desired state of the port' })
  admin_status?: string;

  @Field(() => StoredSwitchBgpPortState, { doc: 'state of the BGP session' })
  bgp_port_state?: StoredSwitchBgpPortState | null;
}

@WireModel('v1.SwitchConnection')
export class SwitchConnectionDto {
  @Field(() => SwitchNicDto, { required: true, doc: 'the port' })
  nic!: SwitchNicDto;

  @Field('string', { doc: 'the machine at the port' })
  machine_id!: string;
}

@WireModel('v1.SwitchOS')
export class SwitchOsDto {
  @Field('string', { enum: ['Cumulus', 'SONiC'] })
  vendor?: string;

  @Field('string', { device: true })
  version?: string;

  @Field('string', { device: true })
  metal_core_version?: string;
}

@WireModel('v1.SwitchSync')
export class SwitchSyncDto {
  @Field('date-time', { required: true, doc: 'end of the configuration run' })
  time!: string;

  @Field('int64', { required: true, doc: 'duration of the configuration run in nanoseconds' })
  duration!: number;

  @Field('string', { doc: 'error message', device: true })
  error!: string | null;
}

/** Fields that operators and agents can send for a switch; not every request uses all of them. */
export class SwitchRequest extends EntityRequest {
  @Field('string', { doc: 'human-readable name', device: true })
  override name?: string;

  @Field('string', { doc: 'description', device: true })
  override description?: string;

  @Field('string', { required: true, doc: 'the rack of the switch' })
  rack_id?: string;

  @Field('string', { doc: 'the room of the rack' })
  room_id?: string;

  @Field('string', { doc: 'operational or replace' })
  mode?: string;

  @Field(() => SwitchOsDto)
  os?: SwitchOsDto;

  @Field('string', { doc: 'address of the management port', device: true })
  management_ip?: string;

  @Field('string', { doc: 'user name for the management port', device: true })
  management_user?: string;

  @Field('string', { doc: 'command that opens the console' })
  console_command?: string;
}

@WireModel('v1.SwitchRegisterRequest')
export class SwitchRegisterRequest extends SwitchRequest {
  @Field(() => SwitchNicDto, { array: true, required: true, doc: 'ports of the switch' })
  nics?: Partial<SwitchNicDto>[];

  @Field('string', { required: true, doc: 'the partition of the switch' })
  partition_id?: string;
}

@WireModel('v1.SwitchUpdateRequest')
export class SwitchUpdateRequest extends SwitchRequest {}

@WireModel('v1.SwitchFindRequest')
@SharedDefinition(
  'datastore.SwitchSearchQuery',
  'v1.SwitchFindRequest',
  'id',
  'name',
  'partitionid',
  'rackid',
  'roomid',
  'osvendor',
  'osversion',
)
export class SwitchFindRequest {
  @Field('string')
  id?: string;

  @Field('string')
  name?: string;

  @Field('string')
  partitionid?: string;

  @Field('string')
  rackid?: string;

  @Field('string')
  roomid?: string;

  @Field('string')
  osvendor?: string;

  @Field('string')
  osversion?: string;
}

@WireModel('v1.SwitchNotifyRequest')
export class SwitchNotifyRequest {
  @Field('int64', { required: true, doc: 'duration of the configuration run in nanoseconds' })
  sync_duration?: number;

  @Field('string', { required: true, doc: 'error message; absent if the run succeeded', device: true })
  error?: string;

  @Field('string', { map: true, separate: true, device: true, required: true, doc: 'state of the ports by port name' })
  port_states?: Record<string, string | InvalidValueError>;

  @Field(() => SwitchBgpPortState, { map: true, separate: true, doc: 'BGP sessions by port name' })
  bgp_port_states?: Record<string, Partial<SwitchBgpPortState> | InvalidValueError>;
}

@WireModel('v1.SwitchNotifyResponse')
export class SwitchNotifyResponse extends EntityIdentity {
  @Field(() => SwitchSyncDto, { doc: 'last successful configuration run' })
  last_sync?: SwitchSyncDto | null;

  @Field(() => SwitchSyncDto, { doc: 'last failed configuration run' })
  last_sync_error?: SwitchSyncDto | null;
}

@WireModel('v1.SwitchPortToggleRequest')
export class SwitchPortToggleRequest {
  @Field('string', { required: true, doc: 'name of the port' })
  nic?: string;

  @Field('string', { required: true, enum: ['DOWN', 'UP'], doc: 'desired state of the port' })
  status?: string;
}

@WireModel('v1.SwitchMigrateRequest')
export class SwitchMigrateRequest {
  @Field('string', { required: true, doc: 'the switch whose machines are moved' })
  old_switch_id?: string;

  @Field('string', { required: true, doc: 'the switch that the machines are moved to' })
  new_switch_id?: string;
}

@WireModel('v1.SwitchResponse')
@SharedDefinition(
  'v1.SwitchBase',
  'v1.SwitchResponse',
  'rack_id',
  'room_id',
  'mode',
  'os',
  'management_ip',
  'management_user',
  'console_command',
)
export class SwitchResponse extends EntityResponse {
  @Field('string', { required: true, doc: 'the rack of the switch' })
  rack_id!: string;

  @Field('string', { doc: 'the room of the rack' })
  room_id!: string;

  @Field('string', { doc: 'operational or replace; empty means operational' })
  mode!: string;

  @Field(() => SwitchOsDto)
  os!: SwitchOsDto | null;

  @Field('string', { doc: 'address of the management port', device: true })
  management_ip!: string;

  @Field('string', { doc: 'user name for the management port', device: true })
  management_user!: string;

  @Field('string', { doc: 'command that opens the console' })
  console_command!: string;

  @Field(() => SwitchNicDto, { array: true, required: true, doc: 'ports of the switch, ordered by name' })
  nics!: SwitchNicDto[];

  @Field(() => PartitionResponse, { required: true, doc: 'the partition of the switch' })
  partition!: PartitionResponse;

  @Field(() => SwitchConnectionDto, { array: true, required: true, doc: 'machines connected to the ports' })
  connections!: SwitchConnectionDto[];

  @Field(() => SwitchSyncDto, { doc: 'last successful configuration run' })
  last_sync!: SwitchSyncDto | null;

  @Field(() => SwitchSyncDto, { doc: 'last failed configuration run' })
  last_sync_error!: SwitchSyncDto | null;
}
