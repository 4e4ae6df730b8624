import { Field, WireModel } from '../../../platform/http/wire/field.js';
import { MachineHardwareExtended } from '../../size/hardware-2021.dto.js';
import { MachineIpmi } from '../bmc/bmc.dto.js';
import { MachineBIOS } from '../hardware.dto.js';

/** What metal-core of 2021 sends in the name of an installer. */
@WireModel('v1.MachineRegisterRequest')
export class MachineRegisterRequest {
  @Field('string', { required: true }) uuid?: string;
  @Field('string', { required: true }) partitionid?: string;
  @Field('string', { required: true, doc: 'ignored: the switches decide' }) rackid?: string;
  @Field(() => MachineHardwareExtended, { required: true }) hardware?: MachineHardwareExtended;
  @Field(() => MachineBIOS, { required: true }) bios?: MachineBIOS;
  @Field(() => MachineIpmi, { required: true }) ipmi?: MachineIpmi;
  @Field('string', { required: true, array: true }) tags?: string[];
}
