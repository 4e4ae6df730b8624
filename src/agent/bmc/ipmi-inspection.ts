import { sanitizeText } from '../../shared/text.js';
import { BmcError } from './bmc-driver.js';
import type { BmcTarget } from './bmc-driver.js';
import type { BmcFindings, BmcFru, BmcPowerDraw, BmcSensor } from './bmc-inspector.js';
import type { Ipmitool } from './ipmitool.js';

const MAX_SENSORS = 100;
const MAX_SUPPLIES = 16;

/** NetFn and command of "Get Chassis Status" and "Get System GUID". */
const CHASSIS_STATUS = ['raw', '0x00', '0x01'];
const SYSTEM_GUID = ['raw', '0x06', '0x37'];

/**
 * Reads inventory, power and sensors over IPMI. The chassis status must be readable; every other part is optional. IPMI
 * does not report the BIOS version.
 */
export async function inspectOverIpmi(tool: Ipmitool, target: BmcTarget): Promise<BmcFindings> {
  const status = parseBytes(await tool.run(target, CHASSIS_STATUS));
  const quiet = tool.quietly();
  const ask = (...args: string[]): Promise<string> => optional(quiet.run(target, args));
  return {
    protocol: 'ipmi',
    uuid: parseGuid(await ask(...SYSTEM_GUID)),
    bmcVersion: valueOf(await ask('mc', 'info'), 'Firmware Revision'),
    biosVersion: undefined,
    fru: parseFru(await ask('fru', 'print', '0')),
    isOn: status[0] === undefined ? undefined : (status[0] & 1) === 1,
    isLedOn: identifyState(status[2]),
    powerDraw: parsePowerReading(await ask('dcmi', 'power', 'reading')),
    powerSupplies: parseSupplies(await ask('sdr', 'type', 'Power Supply')),
    sensors: parseSensors(await ask('-c', 'sdr', 'list', 'full')),
  };
}

/** `""` instead of a refusal; other failures end the inspection, because what follows would fail as well. */
async function optional(output: Promise<string>): Promise<string> {
  try {
    return await output;
  } catch (error) {
    if (error instanceof BmcError && error.failure === 'refused') return '';
    throw error;
  }
}

/** The bytes of a raw response, from the first line that consists of bytes only. */
export function parseBytes(output: string): readonly number[] {
  const lines: string[] = [];
  for (const line of output.split('\n')) {
    if (/^\s*[0-9a-f]{2}(?:\s+[0-9a-f]{2}){0,31}\s*$/.test(line)) lines.push(line);
    else if (lines.length > 0) break;
  }
  return (lines.join(' ').match(/[0-9a-f]{2}/g) ?? []).map((byte) => parseInt(byte, 16));
}

/** Bit 6 of the third byte: the state is known; bits 5 and 4: temporarily or indefinitely on. */
const identifyState = (byte: number | undefined): boolean | undefined =>
  byte === undefined || (byte & 0x40) === 0 ? undefined : (byte & 0x30) !== 0;

/**
 * The UUID of "Get System GUID". Vendors use three byte orders; the first that yields a UUID of a known version is
 * taken: that of SMBIOS, the reverse one of IPMI, and that of RFC 4122. Undefined for a GUID of zeros or ones.
 */
export function parseGuid(output: string): string | undefined {
  const bytes = parseBytes(output).map((byte) => byte.toString(16).padStart(2, '0'));
  if (bytes.length !== 16 || new Set(bytes).size === 1) return undefined;
  const smbios = [...bytes.slice(0, 4).reverse(), ...bytes.slice(4, 6).reverse(), ...bytes.slice(6, 8).reverse()];
  const candidates = [[...smbios, ...bytes.slice(8)], bytes.toReversed(), bytes].map(uuidOf);
  return candidates.find((uuid) => /^.{14}[1-5].{4}[89ab]/.test(uuid)) ?? candidates[0];
}

const uuidOf = (bytes: readonly string[]): string =>
  bytes.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** The value of the first line `NAME : VALUE`; undefined if there is none. */
function valueOf(output: string, name: string): string | undefined {
  for (const line of output.split('\n', 500)) {
    const colon = line.indexOf(':');
    if (colon > 0 && line.slice(0, colon).trim() === name)
      return sanitizeText(line.slice(colon + 1).trim()) || undefined;
  }
  return undefined;
}

export const parseFru = (output: string): BmcFru => ({
  chassisPartNumber: valueOf(output, 'Chassis Part Number'),
  chassisPartSerial: valueOf(output, 'Chassis Serial'),
  boardMfg: valueOf(output, 'Board Mfg'),
  boardMfgSerial: valueOf(output, 'Board Serial'),
  boardPartNumber: valueOf(output, 'Board Part Number'),
  productManufacturer: valueOf(output, 'Product Manufacturer'),
  productPartNumber: valueOf(output, 'Product Part Number'),
  productSerial: valueOf(output, 'Product Serial'),
});

export function parsePowerReading(output: string): BmcPowerDraw | undefined {
  const watts = (name: string): number | undefined => numberIn(valueOf(output, name));
  const now = watts('Instantaneous power reading');
  const average = watts('Average power reading over sample period') ?? now;
  if (average === undefined) return undefined;
  return {
    average,
    min: watts('Minimum during sampling period') ?? average,
    max: watts('Maximum during sampling period') ?? average,
    intervalInMin: (numberIn(valueOf(output, 'Sampling period')) ?? 0) / 60,
  };
}

/** Lines `PS1 Status | C8h | ok | 10.1 | Presence detected`. A line without state is a slot without supply. */
export function parseSupplies(output: string): BmcFindings['powerSupplies'] {
  return output
    .split('\n', 200)
    .map((line) => line.split('|', 6).map((field) => field.trim()))
    .filter((fields) => fields.length === 5 && /presence detected/i.test(fields[4]!))
    .slice(0, MAX_SUPPLIES)
    .map(([, , status = '', , event = '']) => ({
      health: /fail|lost|error/i.test(event) ? 'Critical' : healthOf(status),
      state: 'Enabled',
    }));
}

/** Lines `NAME,READING,UNIT,STATUS`. */
export function parseSensors(output: string): readonly BmcSensor[] {
  return output
    .split('\n', 1000)
    .map((line) => line.split(',', 5))
    .flatMap(([name = '', reading = '', unit = '', status = '']): BmcSensor[] => {
      const value = Number(reading);
      if (name === '' || reading.trim() === '' || !Number.isFinite(value)) return [];
      return [{ name: sanitizeText(name.trim()), reading: value, unit: unitOf(unit.trim()), health: healthOf(status) }];
    })
    .slice(0, MAX_SENSORS);
}

const UNITS: Readonly<Record<string, string>> = { 'degrees C': 'Cel', Volts: 'V', Watts: 'W', percent: '%' };

const unitOf = (unit: string): string => UNITS[unit] ?? sanitizeText(unit, 20);

/** `ok`, `nc` (non-critical), `cr` (critical), `nr` (non-recoverable). */
function healthOf(status: string): string {
  const known: Readonly<Record<string, string>> = { ok: 'OK', nc: 'Warning', cr: 'Critical', nr: 'Critical' };
  return known[status.trim().toLowerCase()] ?? '';
}

const numberIn = (text: string | undefined): number | undefined => {
  const [digits] = /\d{1,9}(?:\.\d{1,6})?/.exec(text ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
};
