import { Field, WireModel } from '../../../platform/http/wire/field.js';
import { BulkBody } from '../../../platform/http/wire/limits.js';
import type { InvalidValueError } from '../../../platform/http/wire/scalar.js';

/** Maximum number of machines in one report; a BMC watcher reports all machines of its partition at once. */
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
export class PowerMetricDto {
  @Field('float', { required: true, doc: 'watts' }) averageconsumedwatts?: number;
  @Field('float', { required: true, doc: 'minutes' }) intervalinmin?: number;
  @Field('float', { required: true, doc: 'watts' }) maxconsumedwatts?: number;
  @Field('float', { required: true, doc: 'watts' }) minconsumedwatts?: number;
}

@WireModel('v1.PowerSupplyStatus')
export class PowerSupplyStatus {
  @Field('string', { required: true, doc: 'OK if healthy', device: true }) health?: string;
  @Field('string', { required: true, doc: 'Enabled if healthy', device: true }) state?: string;
}

@WireModel('v1.PowerSupply')
export class PowerSupply {
  @Field(() => PowerSupplyStatus, { required: true }) status?: PowerSupplyStatus;
}

/** What is known about a BMC; used in responses only. */
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
  @Field(() => PowerMetricDto, { required: true }) powermetric!: PowerMetricDto | null;
  @Field(() => PowerSupply, { required: true, array: true }) powersupplies!: readonly PowerSupply[];
  @Field('date-time', { required: true, doc: 'time of the last report' }) last_updated!: string;
}

@WireModel('v1.MachineIpmiReport')
export class MachineIpmiReport {
  @Field('string', { required: true, doc: 'address of the BMC, without port', device: true }) BMCIp?: string;
  @Field('string', { required: true, device: true }) BMCVersion?: string;
  @Field('string', { required: true, device: true }) BIOSVersion?: string;
  @Field(() => MachineFru, { required: true }) FRU?: MachineFru;
  @Field('string', { required: true, doc: 'ON or OFF', device: true }) PowerState?: string;
  @Field('string', { required: true, doc: 'LED-ON or LED-OFF', device: true }) IndicatorLEDState?: string;
  @Field(() => PowerMetricDto, { required: true }) PowerMetric?: PowerMetricDto;
  @Field(() => PowerSupply, { required: true, array: true }) PowerSupplies?: PowerSupply[];
}

/** The reports of a whole partition arrive in one body; each report has about 35 values. */
@WireModel('v1.MachineIpmiReports')
@BulkBody(MAX_REPORTS * 40)
export class MachineIpmiReports {
  @Field('string', { doc: 'the partition of all these machines' }) partitionid?: string;
  @Field(() => MachineIpmiReport, { map: true, maxItems: MAX_REPORTS, separate: true, doc: 'reports by machine id' })
  reports?: Record<string, MachineIpmiReport | InvalidValueError>;
}

@WireModel('v1.MachineIpmiReportResponse')
export class MachineIpmiReportResponse {
  @Field('string', { required: true, array: true, doc: 'machines that were known before' }) updated!: readonly string[];
  @Field('string', { required: true, array: true, doc: 'machines that were unknown and have been created' })
  created!: readonly string[];
}
