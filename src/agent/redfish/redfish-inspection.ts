import { sanitizeText } from '../../shared/text.js';
import { BmcError } from '../bmc/bmc-driver.js';
import type { BmcFindings, BmcFru, BmcPowerDraw, BmcSensor } from '../bmc/bmc-inspector.js';
import { numberAt, objectAt, objectsAt, textAt } from './bounded-json.js';
import type { RedfishObject } from './bounded-json.js';
import { isLit } from './identify-led.js';
import { isPoweredOn } from './power-control.js';
import type { Resource } from './redfish-client.js';
import type { RedfishService } from './redfish-service.js';

const MAX_SENSORS = 100;
const MAX_SUPPLIES = 16;

/** Reads inventory, power and sensors of a machine. A part that the BMC lacks or refuses is missing. */
export async function inspectService(service: RedfishService): Promise<BmcFindings> {
  const { system } = service;
  const [chassis, manager] = [await optional(service.chassis()), await optional(service.manager())];
  const power = await detail(service, chassis, 'Power');
  const thermal = await detail(service, chassis, 'Thermal');
  return {
    protocol: 'redfish',
    uuid: cleaned(system.body, 'UUID')?.toLowerCase(),
    bmcVersion: manager && cleaned(manager.body, 'FirmwareVersion'),
    biosVersion: cleaned(system.body, 'BiosVersion'),
    fru: fruOf(system.body, chassis?.body ?? {}),
    isOn: powerState(service),
    isLedOn: isLit(system, chassis),
    powerDraw: powerDrawOf(power) ?? (await drawOfEnvironment(service, chassis)),
    powerSupplies: power === undefined ? await suppliesOfSubsystem(service, chassis) : suppliesOf(power),
    sensors: [...sensorsOf(thermal), ...(thermal === undefined ? await sensorCollection(service, chassis) : [])],
  };
}

const cleaned = (from: RedfishObject, name: string): string | undefined => {
  const text = textAt(from, name);
  return text === undefined ? undefined : sanitizeText(text.trim()) || undefined;
};

function fruOf(system: RedfishObject, chassis: RedfishObject): BmcFru {
  return {
    chassisPartNumber: cleaned(chassis, 'PartNumber'),
    chassisPartSerial: cleaned(chassis, 'SerialNumber'),
    boardMfg: cleaned(system, 'Manufacturer') ?? cleaned(chassis, 'Manufacturer'),
    boardPartNumber: cleaned(system, 'PartNumber') ?? cleaned(system, 'Model'),
    productManufacturer: cleaned(system, 'Manufacturer') ?? cleaned(chassis, 'Manufacturer'),
    productPartNumber: cleaned(system, 'SKU') ?? cleaned(system, 'Model') ?? cleaned(chassis, 'Model'),
    productSerial: cleaned(system, 'SerialNumber') ?? cleaned(chassis, 'SerialNumber'),
  };
}

function powerState(service: RedfishService): boolean | undefined {
  try {
    return isPoweredOn(service);
  } catch {
    return undefined;
  }
}

/** `PowerControl` of the older `Power` resource. */
function powerDrawOf(power: RedfishObject | undefined): BmcPowerDraw | undefined {
  const [control = {}] = power === undefined ? [] : objectsAt(power, 'PowerControl', 1);
  const metrics = objectAt(control, 'PowerMetrics');
  const now = numberAt(control, 'PowerConsumedWatts');
  const average = numberAt(metrics, 'AverageConsumedWatts') ?? now;
  if (average === undefined) return undefined;
  return {
    average,
    min: numberAt(metrics, 'MinConsumedWatts') ?? average,
    max: numberAt(metrics, 'MaxConsumedWatts') ?? average,
    intervalInMin: numberAt(metrics, 'IntervalInMin') ?? 0,
  };
}

/** `EnvironmentMetrics`, where newer services report power draw. */
async function drawOfEnvironment(
  service: RedfishService,
  chassis: Resource | undefined,
): Promise<BmcPowerDraw | undefined> {
  const metrics = await detail(service, chassis, 'EnvironmentMetrics');
  const watts = metrics && numberAt(objectAt(metrics, 'PowerWatts'), 'Reading');
  return watts === undefined ? undefined : { average: watts, min: watts, max: watts, intervalInMin: 0 };
}

const suppliesOf = (power: RedfishObject): BmcFindings['powerSupplies'] =>
  objectsAt(power, 'PowerSupplies', MAX_SUPPLIES).map(statusOf);

async function suppliesOfSubsystem(
  service: RedfishService,
  chassis: Resource | undefined,
): Promise<BmcFindings['powerSupplies']> {
  const subsystem = await detail(service, chassis, 'PowerSubsystem');
  const link = objectAt(subsystem, 'PowerSupplies');
  if (link['@odata.id'] === undefined) return [];
  const members = await optional(service.client.members(link));
  return (members ?? []).slice(0, MAX_SUPPLIES).map(({ body }) => statusOf(body));
}

const statusOf = (supply: RedfishObject): { health: string; state: string } => {
  const status = objectAt(supply, 'Status');
  return { health: cleaned(status, 'Health') ?? '', state: cleaned(status, 'State') ?? '' };
};

/** Temperatures and fans of the older `Thermal` resource. */
function sensorsOf(thermal: RedfishObject | undefined): readonly BmcSensor[] {
  if (thermal === undefined) return [];
  const temperatures = objectsAt(thermal, 'Temperatures', MAX_SENSORS).flatMap((entry) =>
    sensor(entry, numberAt(entry, 'ReadingCelsius'), 'Cel'),
  );
  const fans = objectsAt(thermal, 'Fans', MAX_SENSORS).flatMap((entry) =>
    sensor(entry, numberAt(entry, 'Reading') ?? numberAt(entry, 'ReadingRPM'), unitOfFan(entry)),
  );
  return [...temperatures, ...fans].slice(0, MAX_SENSORS);
}

const unitOfFan = (fan: RedfishObject): string => (textAt(fan, 'ReadingUnits') === 'Percent' ? '%' : 'RPM');

async function sensorCollection(service: RedfishService, chassis: Resource | undefined): Promise<readonly BmcSensor[]> {
  const link = objectAt(chassis?.body, 'Sensors');
  if (link['@odata.id'] === undefined) return [];
  const members = (await optional(service.client.members(link))) ?? [];
  return members.flatMap(({ body }) => sensor(body, numberAt(body, 'Reading'), cleaned(body, 'ReadingUnits') ?? ''));
}

const sensor = (from: RedfishObject, reading: number | undefined, unit: string): readonly BmcSensor[] => {
  const name = cleaned(from, 'Name') ?? cleaned(from, 'MemberId');
  if (name === undefined || reading === undefined) return [];
  return [{ name, reading, unit, health: cleaned(objectAt(from, 'Status'), 'Health') ?? '' }];
};

/** A resource that the chassis links; undefined if it links none or cannot read it. */
async function detail(
  { client }: RedfishService,
  chassis: Resource | undefined,
  name: string,
): Promise<RedfishObject | undefined> {
  const link = objectAt(chassis?.body, name);
  if (link['@odata.id'] === undefined) return undefined;
  return (await optional(client.follow(link)))?.body;
}

/** Undefined instead of a failure, unless the BMC is away or refuses the login: then the rest fails as well. */
async function optional<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof BmcError && (error.failure === 'refused' || error.failure === 'unsupported')) return undefined;
    throw error;
  }
}
