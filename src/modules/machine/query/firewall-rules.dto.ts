import { Field, WireModel } from '../../../platform/http/wire/field.js';

const PROTOCOLS = ['tcp', 'udp'];

@WireModel('v1.FirewallEgressRule')
export class FirewallEgressRule {
  @Field('string', { enum: PROTOCOLS, doc: 'defaults to tcp' }) protocol?: string;
  @Field('int32', { required: true, array: true }) ports?: readonly number[];
  @Field('string', { required: true, array: true, doc: 'destination prefixes' }) to?: readonly string[];
  @Field('string') comment?: string | undefined;
}

@WireModel('v1.FirewallIngressRule')
export class FirewallIngressRule {
  @Field('string', { enum: PROTOCOLS, doc: 'defaults to tcp' }) protocol?: string;
  @Field('int32', { required: true, array: true }) ports?: readonly number[];
  @Field('string', { array: true, doc: 'destination prefixes' }) to?: readonly string[] | undefined;
  @Field('string', { required: true, array: true, doc: 'source prefixes' }) from?: readonly string[];
  @Field('string') comment?: string | undefined;
}

@WireModel('v1.FirewallRules')
export class FirewallRules {
  @Field(() => FirewallEgressRule, { array: true }) egress?: readonly FirewallEgressRule[] | undefined;
  @Field(() => FirewallIngressRule, { array: true }) ingress?: readonly FirewallIngressRule[] | undefined;
}
