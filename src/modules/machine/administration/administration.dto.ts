import { EntityRequest } from '../../../platform/http/wire/entity.js';
import { Field, WireModel } from '../../../platform/http/wire/field.js';

@WireModel('v1.MachineUpdateRequest')
export class MachineUpdateRequest {
  @Field('string', { required: true, doc: 'the machine' }) id?: string;
  @Field('string', { required: true, doc: 'replaces the description of the allocation' }) description?: string;
  @Field('string', { array: true, doc: 'replaces the tags of the user unless empty' }) tags?: string[];
  @Field('string', { array: true, doc: 'replaces the keys unless empty' }) ssh_pub_keys?: string[];
}

@WireModel('v1.MachineReinstallRequest')
export class MachineReinstallRequest extends EntityRequest {
  @Field('string', { required: true, doc: 'full or short id of the image to install' }) imageid?: string;
}

@WireModel('v1.MachineConsolePasswordRequest')
export class MachineConsolePasswordRequest {
  @Field('string', { required: true, doc: 'the machine' }) id?: string;
  @Field('string', { required: true, doc: 'the reason for the access; logged' }) reason?: string;
}

@WireModel('v1.MachineConsolePasswordResponse')
export class MachineConsolePasswordResponse {
  @Field('string', { required: true }) id!: string;
  @Field('string') name!: string;
  @Field('string') description!: string;
  @Field('string', { required: true }) console_password!: string;
}
