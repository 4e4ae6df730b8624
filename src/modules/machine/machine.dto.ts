import { EntityResponse } from '../../platform/http/wire/entity.js';
import { Field, WireModel } from '../../platform/http/wire/field.js';
import { Part } from '../../platform/http/wire/part.js';
import { PartitionResponse } from '../partition/partition.dto.js';
import { SizeResponse } from '../size/size.dto.js';
import { MachineIpmi } from './bmc/bmc.dto.js';
import { MachineRecentProvisioningEvents } from './event/event.dto.js';
import { MachineBIOS, MachineHardware } from './hardware.dto.js';
import { MachineAllocation } from './machine-allocation.dto.js';

const STATES = ['', 'LOCKED', 'RESERVED'];

/** The part of a machine that is no other entity's too. */
const BASE = [
  'partition',
  'rackid',
  'roomid',
  'size',
  'hardware',
  'bios',
  'allocation',
  'state',
  'ledstate',
  'liveliness',
  'events',
  'tags',
];

@WireModel('v1.MachineState')
export class MachineState {
  @Field('string', { required: true, enum: STATES, doc: 'empty means available' }) value!: string;
  @Field('string', { required: true }) description!: string;
  @Field('string', { doc: 'e-mail of who set it; absent when empty' }) issuer?: string;
  @Field('string', { required: true, doc: 'version of the installer' }) metal_hammer_version!: string;
}

@WireModel('v1.ChassisIdentifyLEDState')
export class ChassisIdentifyLEDState {
  @Field('string', { required: true, doc: 'LED-ON or LED-OFF, empty when unknown' }) value!: string;
  @Field('string', { required: true, device: true }) description!: string;
}

@WireModel('v1.MachineResponse')
@Part('v1.MachineBase', 'v1.MachineResponse', ...BASE)
export class MachineResponse extends EntityResponse {
  @Field(() => PartitionResponse, { readOnly: true }) partition!: PartitionResponse | null;
  @Field('string', { readOnly: true }) rackid!: string;
  @Field('string', { readOnly: true, doc: 'the room that the rack stands in' }) roomid!: string;
  @Field(() => SizeResponse, { readOnly: true }) size!: SizeResponse | null;
  @Field(() => MachineHardware, { required: true }) hardware!: MachineHardware;
  @Field(() => MachineBIOS, { required: true }) bios!: MachineBIOS;
  @Field(() => MachineAllocation, { doc: 'null when the machine is free' }) allocation!: MachineAllocation | null;
  @Field(() => MachineState, { required: true }) state!: MachineState;
  @Field(() => ChassisIdentifyLEDState, { required: true }) ledstate!: ChassisIdentifyLEDState;
  @Field('string', { required: true, doc: 'Alive, Dead or Unknown' }) liveliness!: string;
  @Field(() => MachineRecentProvisioningEvents, { required: true }) events!: MachineRecentProvisioningEvents;
  @Field('string', { required: true, array: true }) tags!: readonly string[];
}

@WireModel('v1.MachineIPMIResponse')
export class MachineIPMIResponse extends MachineResponse {
  @Field(() => MachineIpmi, { required: true }) ipmi!: MachineIpmi;
}
