import { Field, WireModel } from '../../platform/http/wire/field.js';

/** Partitions were internal to the legacy installer; they are accepted but not stored. */
@WireModel('v1.MachineDiskPartition')
export class MachineDiskPartition {
  @Field('string', { required: true }) label?: string;
  @Field('string', { required: true }) device?: string;
  @Field('uint64', { required: true }) number?: number;
  @Field('string', { required: true }) mountpoint?: string;
  @Field('string', { required: true, array: true }) mountoptions?: string[];
  @Field('int64', { required: true }) size?: number;
  @Field('string', { required: true }) filesystem?: string;
  @Field('string', { required: true }) gpttyoe?: string;
  @Field('string', { required: true }) gptguid?: string;
  @Field('string', { required: true, map: true }) properties?: Record<string, string>;
}

@WireModel('v1.MachineBlockDevice')
export class MachineBlockDevice {
  @Field('string', { required: true, device: true }) name!: string;
  @Field('uint64', { required: true, doc: 'bytes' }) size!: number;
  @Field('boolean', { doc: 'deprecated, never set' }) primary?: boolean;
  @Field(() => MachineDiskPartition, { array: true, doc: 'deprecated, ignored' })
  partitions?: readonly MachineDiskPartition[];
}

@WireModel('v1.MachineNicExtended')
export class MachineNicExtended {
  @Field('string', { required: true, device: true }) mac?: string;
  @Field('string', { required: true, device: true }) name?: string;
  @Field(() => MachineNicExtended, { required: true, array: true, doc: 'the switch ports it is wired to' })
  neighbors?: readonly MachineNicExtended[];
}

/** Hardware as described by legacy clients. */
@WireModel('v1.MachineHardwareExtended')
export class MachineHardwareExtended {
  @Field('uint64', { required: true, doc: 'bytes' }) memory?: number;
  @Field('int32', { required: true, doc: 'total of all CPUs' }) cpu_cores?: number;
  @Field(() => MachineBlockDevice, { required: true, array: true, maxItems: 256 })
  disks?: readonly MachineBlockDevice[];
  @Field(() => MachineNicExtended, { required: true, array: true }) nics?: readonly MachineNicExtended[];
}
