import { Field, WireModel } from '../../../platform/http/wire/field.js';

@WireModel('v1.MachineFinalizeAllocationRequest')
export class MachineFinalizeAllocationRequest {
  @Field('string', { required: true }) console_password?: string;
  @Field('string', { required: true, device: true }) primarydisk?: string;
  @Field('string', { required: true, device: true }) ospartition?: string;
  @Field('string', { required: true, device: true }) initrd?: string;
  @Field('string', { required: true, device: true }) cmdline?: string;
  @Field('string', { required: true, device: true }) kernel?: string;
  @Field('string', { required: true, device: true }) bootloaderid?: string;
}

@WireModel('v1.MachineAbortReinstallRequest')
export class MachineAbortReinstallRequest {
  @Field('boolean', { required: true, doc: 'whether the old system is gone' }) primary_disk_wiped?: boolean;
}
