import { Field, WireModel } from '../../../platform/http/wire/field.js';

@WireModel('v1.MachineProvisioningEvent')
export class MachineProvisioningEvent {
  @Field('date-time', { readOnly: true, doc: 'when the server received the event' }) time?: string;
  @Field('string', { required: true, doc: 'the event type' }) event!: string;
  @Field('string', { device: true }) message?: string;
}

@WireModel('v1.MachineRecentProvisioningEvents')
export class MachineRecentProvisioningEvents {
  @Field(() => MachineProvisioningEvent, { required: true, array: true, doc: 'newest first' })
  log!: readonly MachineProvisioningEvent[];

  @Field('date-time') last_event_time!: string | null;

  @Field(() => MachineProvisioningEvent, { doc: 'absent when there never was an error' })
  last_error_event?: MachineProvisioningEvent;

  @Field('boolean', { required: true }) crash_loop!: boolean;
  @Field('boolean', { required: true, doc: 'it phones home although it was freed' }) failed_machine_reclaim!: boolean;
  @Field('string', { doc: 'deprecated' }) incomplete_provisioning_cycles!: string;
}
