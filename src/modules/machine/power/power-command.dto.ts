import { Field, WireModel } from '../../../platform/http/wire/field.js';
import { BOOT_COMMANDS, PERSISTENCES, POWER_COMMANDS } from './power-command.js';

@WireModel('PowerCommandRequest')
export class PowerCommandRequest {
  @Field('string', { required: true, doc: 'id of the machine' })
  machine?: string;
  @Field('string', {
    required: true,
    enum: POWER_COMMANDS,
    doc: `${BOOT_COMMANDS.join(', ')} select what the machine boots from, the others change its power`,
  })
  command?: string;
  @Field('boolean', { doc: 'with OFF: ask the operating system to shut down, and never force it' })
  graceful?: boolean;
  @Field('string', {
    enum: PERSISTENCES,
    doc: `with ${BOOT_COMMANDS.join(', ')}: for the next boot only, or for all boots; by default as in v1: BIOS once, PXE and DISK for all boots`,
  })
  persistence?: string;
}
