import { Field, WireModel } from '../../../platform/http/wire/field.js';
import { MachineHardwareExtended } from '../../size/legacy-hardware.dto.js';
import { MachineIpmi } from '../bmc/bmc.dto.js';
import { MachineBIOS } from '../query/hardware.dto.js';

/** Sent by legacy agents on behalf of an installer. */
@WireModel('v1.MachineRegisterRequest')
export class MachineRegisterRequest {
  @Field('string', { required: true }) uuid?: string;
  @Field('string', { required: true }) partitionid?: string;
  @Field('string', { required: true, doc: 'ignored; derived from the switches' }) rackid?: string;
  @Field(() => MachineHardwareExtended, { required: true }) hardware?: MachineHardwareExtended;
  @Field(() => MachineBIOS, { required: true }) bios?: MachineBIOS;
  @Field(() => MachineIpmi, { required: true }) ipmi?: MachineIpmi;
  @Field('string', { required: true, array: true }) tags?: string[];
}
