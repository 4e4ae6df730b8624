import { Field, WireModel } from '../../../platform/http/wire/field.js';

@WireModel('v1.MachineProvisioningEvent')
export class MachineProvisioningEvent {
  @Field('date-time', { readOnly: true, doc: 'time of receipt by the server' }) time?: string;
  @Field('string', { required: true, doc: 'the event type' }) event!: string;
  @Field('string', { device: true }) message?: string;
}

@WireModel('v1.MachineRecentProvisioningEvents')
export class MachineRecentProvisioningEvents {
  @Field(() => MachineProvisioningEvent, { required: true, array: true, doc: 'newest first' })
  log!: readonly MachineProvisioningEvent[];

  @Field('date-time') last_event_time!: string | null;

  @Field(() => MachineProvisioningEvent, { doc: 'absent if there never was an error' })
  last_error_event?: MachineProvisioningEvent | undefined;

  @Field('boolean', { required: true }) crash_loop!: boolean;
  @Field('boolean', { required: true, doc: 'the machine phones home although it was freed' })
  failed_machine_reclaim!: boolean;
  @Field('string', { doc: 'deprecated' }) incomplete_provisioning_cycles!: string;
}
