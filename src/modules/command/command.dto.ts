import { Field, WireModel } from '../../platform/http/wire/field.js';
import { COMMAND_STATES } from './command.js';

/** An entry of the journal. Not part of the v1 contract; contains no secrets. */
@WireModel('CommandResponse')
export class CommandResponse {
  @Field('string', { required: true })
  id!: string;
  @Field('string', { required: true, doc: 'id of the machine' })
  machine!: string;
  @Field('string', { required: true, doc: 'id of the partition whose agent executes it' })
  partition!: string;
  @Field('string', { required: true, doc: 'command, or delete for the reclaim of a freed machine' })
  type!: string;
  @Field('string', { required: true, doc: 'for example RESET; empty for delete' })
  command!: string;
  @Field('string', { required: true, array: true })
  params!: readonly string[];
  @Field('string', { required: true, enum: COMMAND_STATES })
  state!: string;
  @Field('int32', { required: true, doc: 'number of the current message, from 1' })
  attempt!: number;
  @Field('string', { required: true, doc: 'why it failed or is still waiting' })
  error!: string;
  @Field('string', { doc: 'how far it is, as the agent last reported; absent for commands that take a moment' })
  progress?: string;
  @Field('string', { required: true, doc: 'the user, or the part of the server, that requested it' })
  issuer!: string;
  @Field('date-time', { required: true })
  created!: string;
  @Field('date-time', { required: true, doc: 'time of the last change of the state' })
  changed!: string;
  @Field('date-time', { doc: 'time of expiry; absent if it never expires' })
  deadline?: string;
}
