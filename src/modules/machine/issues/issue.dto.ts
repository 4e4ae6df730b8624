import { Field, WireModel } from '../../../platform/http/wire/field.js';
import { MachineSearchQuery } from '../query/machine-query.dto.js';

@WireModel('v1.MachineIssue')
export class MachineIssue {
  @Field('string', { required: true }) id!: string;
  @Field('string', { required: true, doc: 'minor, major or critical' }) severity!: string;
  @Field('string', { required: true }) description!: string;
  @Field('string', { required: true, doc: 'page that explains how to resolve it' }) ref_url!: string;
  @Field('string', { required: true }) details!: string;
}

@WireModel('v1.MachineIssuesRequest')
export class MachineIssuesRequest extends MachineSearchQuery {
  @Field('string', { required: true, array: true, doc: 'ids of issues to include; empty means all' }) only?: string[];
  @Field('string', { required: true, array: true, doc: 'ids of issues to exclude; takes precedence over only' })
  omit?: string[];
  @Field('string', { required: true, doc: 'minimum severity' }) severity?: string;
  @Field('duration', { required: true, doc: 'ignore errors older than this, in nanoseconds' })
  last_error_threshold?: number;
}

@WireModel('v1.MachineIssueResponse')
export class MachineIssueResponse {
  @Field('string', { required: true }) machineid!: string;
  @Field('string', { required: true, array: true, doc: 'ids of issues' }) issues!: readonly string[];
}
