import { Field, WireModel } from '../../../platform/http/wire/field.js';
import { WAIT_STATES } from './wait-entry.js';

@WireModel('AllocationWaitQueue')
export class AllocationWaitQueue {
  @Field('string', { required: true }) partitionid!: string;
  @Field('string', { required: true }) sizeid!: string;
  @Field('int', { required: true, doc: 'how many machines and firewalls of this size the request wants' })
  machines!: number;
  @Field('int', {
    required: true,
    doc: 'place in the queue of this size in this partition, from 1; 0 when it has ended',
  })
  position!: number;
}

/** A request on the waiting list. Contains no secrets. */
@WireModel('AllocationWaitResponse')
export class AllocationWaitResponse {
  @Field('string', { required: true }) id!: string;
  @Field('string', { required: true, enum: WAIT_STATES.filter((state) => state !== 'joining') }) state!: string;
  @Field('int', {
    required: true,
    doc: 'the worst of its places in queues: it is served when it is first in each of them; 0 when it has ended',
  })
  position!: number;
  @Field(() => AllocationWaitQueue, { required: true, array: true }) queues!: readonly AllocationWaitQueue[];
  @Field('string', { required: true, doc: 'who asked' }) creator!: string;
  @Field('string', { required: true, array: true }) projectids!: readonly string[];
  @Field('date-time', { required: true }) since!: string;
  @Field('date-time', { required: true, doc: 'until then it waits' }) deadline!: string;
  @Field('date-time', { doc: 'when it was served, cancelled, expired or failed; it is kept for a day' }) ended?: string;
  @Field('string', { required: true, doc: 'why it waits, or has failed' }) reason!: string;
  @Field('string', { required: true, array: true, doc: 'IDs of the machines that it got' })
  machines!: readonly string[];
  @Field('string', { required: true, array: true, doc: 'IDs of the firewalls that it got' })
  firewalls!: readonly string[];
  @Field('string', { required: true, array: true, doc: 'addresses of the list ips that it got' })
  ips!: readonly string[];
}
