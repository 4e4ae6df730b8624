import { Ip } from '../../../shared/net/ip.js';
import { Prefix } from '../../../shared/net/prefix.js';
import { canonicalMac } from '../../../shared/spelling.js';
import type { MachineSearchQuery } from './machine-query.dto.js';
import type { MachineQuery } from './machine-query.js';

export const toMachineQuery = (body: MachineSearchQuery): MachineQuery => ({
  id: body.id,
  name: body.name,
  partitionId: body.partition_id,
  sizeId: body.sizeid,
  rackId: body.rackid,
  roomId: body.roomid,
  tags: body.tags,
  ...allocationFilters(body),
  ...networkFilters(body),
  ...hardwareFilters(body),
  // The API calls a machine reserved that is stored as tainted; both names match.
  state: body.state_value === 'RESERVED' ? 'TAINTED' : body.state_value,
  ...bmcFilters(body),
});

const allocationFilters = (body: MachineSearchQuery): MachineQuery => ({
  allocationName: body.allocation_name,
  allocationProject: body.allocation_project,
  allocationImageId: body.allocation_image_id,
  allocationHostname: body.allocation_hostname,
  allocationRole: body.allocation_role,
  allocationSucceeded: body.allocation_succeeded,
});

const networkFilters = (body: MachineSearchQuery): MachineQuery => ({
  networkIds: body.network_ids,
  networkPrefixes: body.network_prefixes?.map(canonicalPrefix),
  networkIps: body.network_ips?.map((text) => Ip.tryParseUnmapped(text)?.toString() ?? text),
  networkDestinationPrefixes: body.network_destination_prefixes?.map(canonicalPrefix),
  networkVrfs: body.network_vrfs,
  networkAsns: body.network_asns,
  networkPrivate: listOf(body.network_private),
  networkNat: listOf(body.network_nat),
  networkUnderlay: listOf(body.network_underlay),
});

const hardwareFilters = (body: MachineSearchQuery): MachineQuery => ({
  memory: body.hardware_memory,
  cpuCores: body.hardware_cpu_cores,
  nicMacs: body.nics_mac_addresses?.map(canonicalMac),
  nicNames: body.nics_names,
  nicVrfs: body.nics_vrfs,
  neighborMacs: body.nics_neighbor_mac_addresses?.map(canonicalMac),
  neighborNames: body.nics_neighbor_names,
  neighborVrfs: body.nics_neighbor_vrfs,
  diskNames: body.disk_names,
  diskSizes: body.disk_sizes,
});

const bmcFilters = (body: MachineSearchQuery): MachineQuery => ({
  bmcAddress: body.ipmi_address,
  bmcMac: body.ipmi_mac_address && canonicalMac(body.ipmi_mac_address),
  bmcUser: body.ipmi_user,
  bmcInterface: body.ipmi_interface,
  chassisPartNumber: body.fru_chassis_part_number,
  chassisPartSerial: body.fru_chassis_part_serial,
  boardMfg: body.fru_board_mfg,
  boardMfgSerial: body.fru_board_mfg_serial,
  boardPartNumber: body.fru_board_part_number,
  productManufacturer: body.fru_product_manufacturer,
  productPartNumber: body.fru_product_part_number,
  productSerial: body.fru_product_serial,
});

/** Text that is not a prefix is kept as it is, and matches nothing. */
const canonicalPrefix = (text: string): string => Prefix.tryParse(text)?.toString() ?? text;

const listOf = (value: boolean | undefined): boolean[] | undefined => (value === undefined ? undefined : [value]);
