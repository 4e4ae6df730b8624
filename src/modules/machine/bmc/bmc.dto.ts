import { Field, WireModel } from '../../../platform/http/wire/field.js';
import { BulkBody } from '../../../platform/http/wire/limits.js';
import type { Misfit } from '../../../platform/http/wire/scalar.js';

/** Machines in one report; the BMC watchers of a partition report all of its machines at once. */
const MAX_REPORTS = 5000;

@WireModel('v1.MachineFru')
export class MachineFru {
  @Field('string', { device: true }) chassis_part_number?: string;
  @Field('string', { device: true }) chassis_part_serial?: string;
  @Field('string', { device: true }) board_mfg?: string;
  @Field('string', { device: true }) board_mfg_serial?: string;
  @Field('string', { device: true }) board_part_number?: string;
  @Field('string', { device: true }) product_manufacturer?: string;
  @Field('string', { device: true }) product_part_number?: string;
  @Field('string', { device: true }) product_serial?: string;
}

@WireModel('v1.PowerMetric')
export class PowerMetric {
  @Field('float', { required: true, doc: 'watts' }) averageconsumedwatts?: number;
  @Field('float', { required: true, doc: 'minutes' }) intervalinmin?: number;
  @Field('float', { required: true, doc: 'watts' }) maxconsumedwatts?: number;
  @Field('float', { required: true, doc: 'watts' }) minconsumedwatts?: number;
}

@WireModel('v1.PowerSupplyStatus')
export class PowerSupplyStatus {
  @Field('string', { required: true, doc: 'OK when good', device: true }) health?: string;
  @Field('string', { required: true, doc: 'Enabled when good', device: true }) state?: string;
}

@WireModel('v1.PowerSupply')
export class PowerSupply {
  @Field(() => PowerSupplyStatus, { required: true }) status?: PowerSupplyStatus;
}

/** What is known of a BMC; part of answers only. */
@WireModel('v1.MachineIPMI')
export class MachineIpmi {
  @Field('string', { required: true, doc: 'host and port', device: true }) address!: string;
  @Field('string', { required: true, device: true }) mac!: string;
  @Field('string', { required: true, device: true }) user!: string;
  @Field('string', { required: true, doc: 'shown to editors and admins only' }) password!: string;
  @Field('string', { required: true, doc: 'the IPMI interface, such as lanplus', device: true }) interface!: string;
  @Field(() => MachineFru, { required: true }) fru!: MachineFru;
  @Field('string', { required: true, device: true }) bmcversion!: string;
  @Field('string', { required: true, doc: 'ON or OFF', device: true }) powerstate!: string;
  @Field(() => PowerMetric, { required: true }) powermetric!: PowerMetric | null;
  @Field(() => PowerSupply, { required: true, array: true }) powersupplies!: readonly PowerSupply[];
  @Field('date-time', { required: true, doc: 'when this was last reported' }) last_updated!: string;
}

@WireModel('v1.MachineIpmiReport')
export class MachineIpmiReport {
  @Field('string', { required: true, doc: 'address of the BMC, without port', device: true }) BMCIp?: string;
  @Field('string', { required: true, device: true }) BMCVersion?: string;
  @Field('string', { required: true, device: true }) BIOSVersion?: string;
  @Field(() => MachineFru, { required: true }) FRU?: MachineFru;
  @Field('string', { required: true, doc: 'ON or OFF', device: true }) PowerState?: string;
  @Field('string', { required: true, doc: 'LED-ON or LED-OFF', device: true }) IndicatorLEDState?: string;
  @Field(() => PowerMetric, { required: true }) PowerMetric?: PowerMetric;
  @Field(() => PowerSupply, { required: true, array: true }) PowerSupplies?: PowerSupply[];
}

/** Reports of a whole partition come in one body; each has about 35 values. */
@WireModel('v1.MachineIpmiReports')
@BulkBody(MAX_REPORTS * 40)
export class MachineIpmiReports {
  @Field('string', { doc: 'the partition that all these machines stand in' }) partitionid?: string;
  @Field(() => MachineIpmiReport, { map: true, maxItems: MAX_REPORTS, separate: true, doc: 'by machine id' })
  reports?: Record<string, MachineIpmiReport | Misfit>;
}

@WireModel('v1.MachineIpmiReportResponse')
export class MachineIpmiReportResponse {
  @Field('string', { required: true, array: true, doc: 'machines that were known' }) updated!: readonly string[];
  @Field('string', { required: true, array: true, doc: 'machines that were not' }) created!: readonly string[];
}
