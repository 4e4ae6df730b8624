import { EntityIdentity, EntityRequest, EntityResponse } from '../../platform/http/wire/entity.js';
import { Field, WireModel } from '../../platform/http/wire/field.js';
import type { Misfit } from '../../platform/http/wire/scalar.js';
import { Part } from '../../platform/http/wire/part.js';
import { PartitionResponse } from '../partition/partition.dto.js';

const STATUSES = ['DOWN', 'UNKNOWN', 'UP'];

/** Capitalised on the wire: the first agents were written so (reference/30 §7.1). */
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

/** The same under the name that ports refer to. */
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

  @Field('string', { required: true, doc: 'what the port is known by within the switch', device: true })
  identifier!: string;

  @Field('string', { doc: 'empty: unprovisioned; default: a firewall; vrf<number>: a tenant', device: true })
  vrf?: string;

  @Field(() => BgpFilter, { doc: 'what the machine at the port may announce' })
  filter?: BgpFilter | null;

  @Field('string', {
    required: true,
    enum: STATUSES,
    doc: 'state of the port as the switch reports it; agents that do not read admin_status get DOWN only where it is wanted',
  })
  actual!: string;

  @Field('string', { enum: ['DOWN', 'UP'], doc: 'state that the port shall have' })
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
  @Field('date-time', { required: true, doc: 'when the round ended' })
  time!: string;

  @Field('int64', { required: true, doc: 'nanoseconds' })
  duration!: number;

  @Field('string', { doc: 'what went wrong', device: true })
  error!: string | null;
}

/** What operators and agents may say of a switch; not all of it is heard in every request. */
export class SwitchRequest extends EntityRequest {
  @Field('string', { doc: 'a readable name for this entity', device: true })
  override name?: string;

  @Field('string', { doc: 'a description for this entity', device: true })
  override description?: string;

  @Field('string', { required: true, doc: 'the rack it is in' })
  rack_id?: string;

  @Field('string', { doc: 'the room that the rack stands in' })
  room_id?: string;

  @Field('string', { doc: 'operational or replace' })
  mode?: string;

  @Field(() => SwitchOsDto)
  os?: SwitchOsDto;

  @Field('string', { doc: 'address of its management port', device: true })
  management_ip?: string;

  @Field('string', { doc: 'user for its management', device: true })
  management_user?: string;

  @Field('string', { doc: 'how its console is reached' })
  console_command?: string;
}

@WireModel('v1.SwitchRegisterRequest')
export class SwitchRegisterRequest extends SwitchRequest {
  @Field(() => SwitchNicDto, { array: true, required: true, doc: 'its ports' })
  nics?: Partial<SwitchNicDto>[];

  @Field('string', { required: true, doc: 'the partition it is in' })
  partition_id?: string;
}

@WireModel('v1.SwitchUpdateRequest')
export class SwitchUpdateRequest extends SwitchRequest {}

@WireModel('v1.SwitchFindRequest')
@Part(
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
  @Field('int64', { required: true, doc: 'how long the round took, in nanoseconds' })
  sync_duration?: number;

  @Field('string', { required: true, doc: 'what went wrong; absent when nothing did', device: true })
  error?: string;

  @Field('string', { map: true, separate: true, device: true, required: true, doc: 'state of the ports by name' })
  port_states?: Record<string, string | Misfit>;

  @Field(() => SwitchBgpPortState, { map: true, separate: true, doc: 'BGP sessions by the name of their port' })
  bgp_port_states?: Record<string, Partial<SwitchBgpPortState> | Misfit>;
}

@WireModel('v1.SwitchNotifyResponse')
export class SwitchNotifyResponse extends EntityIdentity {
  @Field(() => SwitchSyncDto, { doc: 'the last round that went well' })
  last_sync?: SwitchSyncDto | null;

  @Field(() => SwitchSyncDto, { doc: 'the last round that did not' })
  last_sync_error?: SwitchSyncDto | null;
}

@WireModel('v1.SwitchPortToggleRequest')
export class SwitchPortToggleRequest {
  @Field('string', { required: true, doc: 'name of the port' })
  nic?: string;

  @Field('string', { required: true, enum: ['DOWN', 'UP'], doc: 'what is wanted of the port' })
  status?: string;
}

@WireModel('v1.SwitchMigrateRequest')
export class SwitchMigrateRequest {
  @Field('string', { required: true, doc: 'the switch that gives its machines away' })
  old_switch_id?: string;

  @Field('string', { required: true, doc: 'the switch that takes them' })
  new_switch_id?: string;
}

@WireModel('v1.SwitchResponse')
@Part(
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
  @Field('string', { required: true, doc: 'the rack it is in' })
  rack_id!: string;

  @Field('string', { doc: 'the room that the rack stands in' })
  room_id!: string;

  @Field('string', { doc: 'operational or replace; empty is operational' })
  mode!: string;

  @Field(() => SwitchOsDto)
  os!: SwitchOsDto | null;

  @Field('string', { doc: 'address of its management port', device: true })
  management_ip!: string;

  @Field('string', { doc: 'user for its management', device: true })
  management_user!: string;

  @Field('string', { doc: 'how its console is reached' })
  console_command!: string;

  @Field(() => SwitchNicDto, { array: true, required: true, doc: 'its ports, by name' })
  nics!: SwitchNicDto[];

  @Field(() => PartitionResponse, { required: true, doc: 'the partition it is in' })
  partition!: PartitionResponse;

  @Field(() => SwitchConnectionDto, { array: true, required: true, doc: 'machines at its ports' })
  connections!: SwitchConnectionDto[];

  @Field(() => SwitchSyncDto, { doc: 'the last round that went well' })
  last_sync!: SwitchSyncDto | null;

  @Field(() => SwitchSyncDto, { doc: 'the last round that did not' })
  last_sync_error!: SwitchSyncDto | null;
}
