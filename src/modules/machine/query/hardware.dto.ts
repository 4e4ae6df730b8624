import { Field, WireModel } from '../../../platform/http/wire/field.js';
import { MachineBlockDevice } from '../../size/legacy-hardware.dto.js';

@WireModel('v1.MetalCPU')
export class MetalCPU {
  @Field('string', { required: true }) vendor!: string;
  @Field('string', { required: true }) model!: string;
  @Field('uint64', { required: true }) cores!: number;
  @Field('uint64', { required: true }) threads!: number;
}

@WireModel('v1.MetalGPU')
export class MetalGPU {
  @Field('string', { required: true }) vendor!: string;
  @Field('string', { required: true }) model!: string;
}

@WireModel('v1.MachineNic')
export class MachineNicDto {
  @Field('string', { required: true }) mac!: string;
  @Field('string', { required: true }) name!: string;
  @Field('string', { required: true }) identifier!: string;
  @Field(() => MachineNicDto, { required: true, array: true, doc: 'the switch ports that it is wired to' })
  neighbors!: readonly MachineNicDto[];
}

@WireModel('v1.MachineHardwareBase')
export class MachineHardwareBase {
  @Field('uint64', { required: true, doc: 'bytes' }) memory!: number;
  @Field('int32', { required: true, doc: 'sum over all cpus' }) cpu_cores!: number;
  @Field(() => MachineBlockDevice, { required: true, array: true }) disks!: readonly MachineBlockDevice[];
  @Field(() => MetalCPU, { array: true }) cpus?: readonly MetalCPU[] | undefined;
  @Field(() => MetalGPU, { array: true }) gpus?: readonly MetalGPU[] | undefined;
}

@WireModel('v1.MachineHardware')
export class MachineHardwareDto extends MachineHardwareBase {
  @Field(() => MachineNicDto, { required: true, array: true }) nics!: readonly MachineNicDto[];
}

@WireModel('v1.MachineBIOS')
export class MachineBIOS {
  @Field('string', { required: true, device: true }) version!: string;
  @Field('string', { required: true, device: true }) vendor!: string;
  @Field('string', { required: true, device: true }) date!: string;
}
