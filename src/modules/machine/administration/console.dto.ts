import { Field, WireModel } from '../../../platform/http/wire/field.js';

@WireModel('v1.MachineConsoleLoginRequest')
export class MachineConsoleLoginRequest {
  @Field('string', { required: true, doc: 'the console password that a user entered; not recorded' }) password?: string;
  @Field('string', { required: true, doc: 'the reason for the access; logged' }) reason?: string;
  @Field('string', { required: true, doc: 'the address of the user' }) address?: string;
}

@WireModel('v1.MachineConsoleLoginResponse')
export class MachineConsoleLoginResponse {
  @Field('string', { required: true, doc: 'the machine' }) id!: string;
  @Field('boolean', { required: true, doc: 'whether it is the console password of the allocation' }) valid!: boolean;
}

@WireModel('v1.MachineConsoleSession')
export class MachineConsoleSession {
  @Field('string', { required: true, doc: 'names the session in all of its records' }) session?: string;
  @Field('string', { required: true, enum: ['opened', 'closed'] }) event?: string;
  @Field('string', { required: true, doc: 'key fingerprint, account of an operator or console password' })
  caller?: string;
  @Field('string', { required: true, doc: 'the address of the user' }) address?: string;
  @Field('string', { doc: 'the reason for the access, or for the end of the session' }) reason?: string;
}
