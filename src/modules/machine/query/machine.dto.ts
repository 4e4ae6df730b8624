import { EntityResponse } from '../../../platform/http/wire/entity.js';
import { Field, WireModel } from '../../../platform/http/wire/field.js';
import { SharedDefinition } from '../../../platform/http/wire/shared-definition.js';
import { PartitionResponse } from '../../partition/partition.dto.js';
import { SizeResponse } from '../../size/size.dto.js';
import { MachineIpmi } from '../bmc/bmc.dto.js';
import { MachineRecentProvisioningEvents } from '../event/event.dto.js';
import { MachineBIOS, MachineHardwareDto } from './hardware.dto.js';
import { MachineAllocationDto } from './machine-allocation.dto.js';

const STATES = ['', 'LOCKED', 'RESERVED'];

/** The fields that only machines have. */
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
export class MachineStateDto {
  @Field('string', { required: true, enum: STATES, doc: 'empty means available' }) value!: string;
  @Field('string', { required: true }) description!: string;
  @Field('string', { doc: 'e-mail of the user who set it; absent when empty' }) issuer?: string | undefined;
  @Field('string', { required: true, doc: 'version of the installer' }) metal_hammer_version!: string;
}

@WireModel('v1.ChassisIdentifyLEDState')
export class ChassisIdentifyLEDState {
  @Field('string', { required: true, doc: 'LED-ON or LED-OFF, empty when unknown' }) value!: string;
  @Field('string', { required: true, device: true }) description!: string;
}

@WireModel('v1.MachineResponse')
@SharedDefinition('v1.MachineBase', 'v1.MachineResponse', ...BASE)
export class MachineResponse extends EntityResponse {
  @Field(() => PartitionResponse, { readOnly: true }) partition!: PartitionResponse | null;
  @Field('string', { readOnly: true }) rackid!: string;
  @Field('string', { readOnly: true, doc: 'the room of the rack' }) roomid!: string;
  @Field(() => SizeResponse, { readOnly: true }) size!: SizeResponse | null;
  @Field(() => MachineHardwareDto, { required: true }) hardware!: MachineHardwareDto;
  @Field(() => MachineBIOS, { required: true }) bios!: MachineBIOS;
  @Field(() => MachineAllocationDto, { doc: 'null when the machine is free' }) allocation!: MachineAllocationDto | null;
  @Field(() => MachineStateDto, { required: true }) state!: MachineStateDto;
  @Field(() => ChassisIdentifyLEDState, { required: true }) ledstate!: ChassisIdentifyLEDState;
  @Field('string', { required: true, doc: 'Alive, Dead or Unknown' }) liveliness!: string;
  @Field(() => MachineRecentProvisioningEvents, { required: true }) events!: MachineRecentProvisioningEvents;
  @Field('string', { required: true, array: true }) tags!: readonly string[];
}

@WireModel('v1.MachineIPMIResponse')
export class MachineIPMIResponse extends MachineResponse {
  @Field(() => MachineIpmi, { required: true }) ipmi!: MachineIpmi;
}
