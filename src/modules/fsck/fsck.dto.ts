import { Field, WireModel } from '../../platform/http/wire/field.js';

@WireModel('FsckFinding')
export class FsckFindingDto {
  @Field('string', { required: true, doc: 'name of the violated invariant' }) invariant!: string;
  @Field('string', { required: true, array: true, doc: 'kinds and ids of the documents concerned' })
  ids!: readonly string[];
  @Field('string', { required: true }) message!: string;
  @Field('string', { required: true, doc: 'the repair; null if an operator has to decide' })
  repair!: string | null;
  @Field('string', { doc: 'result of the repair, if repairs were requested' }) outcome?: string;
}

@WireModel('FsckReport')
export class FsckReportDto {
  @Field('boolean', { required: true, doc: 'whether no invariant is violated' }) consistent!: boolean;
  @Field('int', { required: true, map: true, doc: 'number of documents by kind' }) examined!: Record<string, number>;
  @Field('string', { required: true, map: true, doc: 'all invariants, by name' }) invariants!: Record<string, string>;
  @Field(() => FsckFindingDto, { required: true, array: true }) findings!: readonly FsckFindingDto[];
}
