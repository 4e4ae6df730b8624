import { Field, WireModel } from '../../../platform/http/wire/field.js';

@WireModel('ExplanationMiss')
export class MissResponse {
  @Field('string', { required: true, doc: 'ID of the machine' }) machine!: string;
  @Field('string', { required: true, doc: 'the filter that it does not pass' }) filter!: string;
  @Field('string', { required: true }) reason!: string;
}

@WireModel('ExplanationFilter')
export class FilterResponse {
  @Field('string', { required: true }) filter!: string;
  @Field('int', { required: true, doc: 'number of machines that pass this filter and all before' }) left!: number;
  @Field(() => MissResponse, { required: true, array: true, doc: 'some machines that do not pass' })
  examples!: readonly MissResponse[];
}

@WireModel('ExplanationRack')
export class RackResponse {
  @Field('string', { required: true }) rack!: string;
  @Field('int', { required: true, doc: 'machines that pass all filters' }) available!: number;
  @Field('int', { required: true, doc: 'machines of the project' }) ofproject!: number;
  @Field('int', { required: true, doc: 'placement tags that machines of the rack have in common with the request' })
  tags!: number;
  @Field('boolean', { required: true, doc: 'whether the machine is chosen from this rack' }) wins!: boolean;
}

@WireModel('ExplanationChoice')
export class ChoiceResponse {
  @Field('int', { required: true, doc: 'number of equally good machines, of which one is chosen at random' })
  oneof!: number;
  @Field('string', { required: true, array: true, doc: 'IDs of some of them' }) machines!: readonly string[];
}

@WireModel('ExplanationAddresses')
export class AddressesResponse {
  @Field('string', { required: true, doc: 'ID of the network' }) network!: string;
  @Field('string', { required: true, doc: 'IPv4 or IPv6' }) family!: string;
  @Field('int', { required: true }) left!: number;
}

@WireModel('ExplanationMachineFilter')
export class MachineFilterResponse {
  @Field('string', { required: true }) filter!: string;
  @Field('boolean', { required: true }) passes!: boolean;
  @Field('string') reason?: string;
}

@WireModel('ExplanationMachine')
export class ExplainedMachineResponse {
  @Field('string', { required: true, doc: 'ID of the machine' }) machine!: string;
  @Field('string', { required: true, doc: 'whether it is taken, and why not' }) verdict!: string;
  @Field(() => MachineFilterResponse, { required: true, array: true }) filters!: readonly MachineFilterResponse[];
}

/** Parts that come after the rule that refuses the request are left out. */
@WireModel('AllocationExplanation')
export class ExplanationResponse {
  @Field('string', { required: true, enum: ['allocatable', 'refused'] }) verdict!: 'allocatable' | 'refused';
  @Field('string', { doc: 'the message with which an allocation is refused' }) refusal?: string | undefined;
  @Field('string', { doc: 'the filters in one line, as the refusal has them' }) summary?: string | undefined;
  @Field(() => FilterResponse, { array: true }) filters?: readonly FilterResponse[] | undefined;
  @Field(() => MissResponse, { array: true, doc: 'machines that fail one filter only' })
  nearestmisses?: readonly MissResponse[] | undefined;
  @Field(() => RackResponse, { array: true }) racks?: readonly RackResponse[] | undefined;
  @Field(() => ChoiceResponse) chosen?: ChoiceResponse | undefined;
  @Field(() => AddressesResponse, { array: true, doc: 'addresses left in each network of the request' })
  addresses?: readonly AddressesResponse[] | undefined;
  @Field(() => ExplainedMachineResponse, { doc: 'the machine of the query' }) machine?:
    ExplainedMachineResponse | undefined;
}
