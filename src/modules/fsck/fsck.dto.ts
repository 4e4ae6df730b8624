import { Field, WireModel } from '../../platform/http/wire/field.js';

@WireModel('FsckFinding')
export class FsckFindingDto {
  @Field('string', { required: true, doc: 'name of the invariant that is violated' }) invariant!: string;
  @Field('string', { required: true, array: true, doc: 'kind and id of what is concerned' }) ids!: readonly string[];
  @Field('string', { required: true }) message!: string;
  @Field('string', { required: true, doc: 'what would repair it; null when a person has to decide' })
  repair!: string | null;
  @Field('string', { doc: 'what became of it, when repairs were asked for' }) outcome?: string;
}

@WireModel('FsckReport')
export class FsckReportDto {
  @Field('boolean', { required: true, doc: 'no invariant is violated' }) consistent!: boolean;
  @Field('int', { required: true, map: true, doc: 'number of documents by kind' }) examined!: Record<string, number>;
  @Field('string', { required: true, map: true, doc: 'all invariants, by name' }) invariants!: Record<string, string>;
  @Field(() => FsckFindingDto, { required: true, array: true }) findings!: readonly FsckFindingDto[];
}
