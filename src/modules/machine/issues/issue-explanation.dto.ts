import { Field, WireModel } from '../../../platform/http/wire/field.js';

@WireModel('ExplainedIssue')
export class ExplainedIssue {
  @Field('string', { required: true }) id!: string;
  @Field('string', { required: true, doc: 'minor, major or critical' }) severity!: string;
  @Field('string', { required: true }) description!: string;
  @Field('string', { required: true, doc: 'what is safe to do about it' }) action!: string;
}

/** The most severe issue first. */
@WireModel('IssueExplanation')
export class IssueExplanation {
  @Field('string', { required: true, doc: 'ID of the machine' }) machine!: string;
  @Field('boolean', { required: true }) healthy!: boolean;
  @Field(() => ExplainedIssue, { required: true, array: true }) issues!: readonly ExplainedIssue[];
  @Field('string', { doc: 'what to do first; absent for a healthy machine' }) next?: string;
}
