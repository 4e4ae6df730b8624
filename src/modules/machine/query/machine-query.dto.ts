import { Field, WireModel } from '../../../platform/http/wire/field.js';

const STATES = ['', 'LOCKED', 'RESERVED'];

@WireModel('datastore.MachineSearchQuery')
export class MachineSearchQuery {
  @Field('string') id?: string;
  @Field('string') name?: string;
  @Field('string') partition_id?: string;
  @Field('string') sizeid?: string;
  @Field('string') rackid?: string;
  @Field('string') roomid?: string;
  @Field('string', { array: true, doc: 'machines with all of these tags' }) tags?: string[];

  @Field('string') allocation_name?: string;
  @Field('string') allocation_project?: string;
  @Field('string', { doc: 'full image id' }) allocation_image_id?: string;
  @Field('string') allocation_hostname?: string;
  @Field('string', { doc: 'machine or firewall' }) allocation_role?: string;
  @Field('boolean') allocation_succeeded?: boolean;

  @Field('string', { array: true }) network_ids?: string[];
  @Field('string', { array: true }) network_prefixes?: string[];
  @Field('string', { array: true }) network_ips?: string[];
  @Field('string', { array: true }) network_destination_prefixes?: string[];
  @Field('int64', { array: true }) network_vrfs?: number[];
  @Field('int64', { array: true }) network_asns?: number[];
  @Field('boolean', { doc: 'deprecated' }) network_private?: boolean;
  @Field('boolean', { doc: 'deprecated' }) network_nat?: boolean;
  @Field('boolean', { doc: 'deprecated' }) network_underlay?: boolean;

  @Field('int64', { doc: 'bytes' }) hardware_memory?: number;
  @Field('int64', { doc: 'deprecated' }) hardware_cpu_cores?: number;
  @Field('string', { array: true }) nics_mac_addresses?: string[];
  @Field('string', { array: true }) nics_names?: string[];
  @Field('string', { array: true }) nics_vrfs?: string[];
  @Field('string', { array: true }) nics_neighbor_mac_addresses?: string[];
  @Field('string', { array: true }) nics_neighbor_names?: string[];
  @Field('string', { array: true }) nics_neighbor_vrfs?: string[];
  @Field('string', { array: true }) disk_names?: string[];
  @Field('int64', { array: true, doc: 'bytes' }) disk_sizes?: number[];

  @Field('string', { enum: STATES }) state_value?: string;

  @Field('string', { doc: 'host and port' }) ipmi_address?: string;
  @Field('string') ipmi_mac_address?: string;
  @Field('string') ipmi_user?: string;
  @Field('string') ipmi_interface?: string;

  @Field('string') fru_chassis_part_number?: string;
  @Field('string') fru_chassis_part_serial?: string;
  @Field('string') fru_board_mfg?: string;
  @Field('string') fru_board_mfg_serial?: string;
  @Field('string') fru_board_part_number?: string;
  @Field('string') fru_product_manufacturer?: string;
  @Field('string') fru_product_part_number?: string;
  @Field('string') fru_product_serial?: string;
}

@WireModel('v1.MachineFindRequest')
export class MachineFindRequest extends MachineSearchQuery {}
