import { Field, WireModel } from '../../platform/http/wire/field.js';
import { COMMAND_STATES } from './command.js';

/** An entry of the journal. Not part of the v1 contract; holds no secret. */
@WireModel('CommandResponse')
export class CommandResponse {
  @Field('string', { required: true })
  id!: string;
  @Field('string', { required: true, doc: 'id of the machine' })
  machine!: string;
  @Field('string', { required: true, doc: 'id of the partition whose agent carries it out' })
  partition!: string;
  @Field('string', { required: true, doc: 'command, or delete for a machine that is taken back' })
  type!: string;
  @Field('string', { required: true, doc: 'for example RESET; empty for delete' })
  command!: string;
  @Field('string', { required: true, array: true })
  params!: readonly string[];
  @Field('string', { required: true, enum: COMMAND_STATES })
  state!: string;
  @Field('int32', { required: true, doc: 'number of the message that counts, from 1' })
  attempt!: number;
  @Field('string', { required: true, doc: 'why it failed or still waits' })
  error!: string;
  @Field('string', { required: true, doc: 'who asked for it' })
  issuer!: string;
  @Field('date-time', { required: true })
  created!: string;
  @Field('date-time', { required: true, doc: 'when the state changed last' })
  changed!: string;
  @Field('date-time', { doc: 'when it expires; absent when never' })
  deadline?: string;
}
