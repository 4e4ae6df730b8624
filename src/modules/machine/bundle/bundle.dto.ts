import { Field, WireModel } from '../../../platform/http/wire/field.js';
import { IPAllocateRequest, IPResponse } from '../../ip/ip.dto.js';
import { FirewallCreateRequest, MachineAllocateRequest } from '../allocation/allocation.dto.js';
import { MachineResponse } from '../query/machine.dto.js';

@WireModel('AllocateManyRequest')
export class AllocateManyRequest {
  @Field(() => MachineAllocateRequest, { array: true, doc: 'as for machine/allocate' })
  machines?: readonly MachineAllocateRequest[];

  @Field(() => FirewallCreateRequest, { array: true, doc: 'as for firewall/allocate' })
  firewalls?: readonly FirewallCreateRequest[];

  @Field(() => IPAllocateRequest, { array: true, doc: 'as for ip/allocate' })
  ips?: readonly IPAllocateRequest[];

  @Field('string', {
    doc: 'how long the request may wait for free machines, from 1s to 24h, such as 30m; it is refused at once when not given',
  })
  wait?: string;
}

/** Each list is in the order of the request. */
@WireModel('AllocateManyResponse')
export class AllocateManyResponse {
  @Field(() => MachineResponse, { required: true, array: true }) machines!: readonly MachineResponse[];
  @Field(() => MachineResponse, { required: true, array: true }) firewalls!: readonly MachineResponse[];
  @Field(() => IPResponse, { required: true, array: true }) ips!: readonly IPResponse[];
}
