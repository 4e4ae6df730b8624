import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A request designed to cost the server as much as possible. */
export interface HostileRequest {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  /** Makes the body, of megabytes: all of them together would not fit into memory. */
  readonly body: (() => string) | undefined;
}

interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly in: string; readonly schema?: Schema }[];
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** Maximum size of a body in bytes. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Maximum number of list elements. */
const ALLOWED = 1000;
/** Number of values in a body: slightly below the limit. */
const VALUES = 18_000;

/**
 * Hostile requests for every operation of the API document. `ids` are of entities that exist, by a part of the path.
 */
export function hostileRequests(ids: Readonly<Record<string, string>>): HostileRequest[] {
  const file = fileURLToPath(new URL('../../../spec/metal-api.json', import.meta.url));
  const document = JSON.parse(readFileSync(file, 'utf8')) as Document;
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]): HostileRequest[] => {
      const schema = operation.parameters?.find((parameter) => parameter.in === 'body')?.schema;
      const filled = path.replace(/\{\w+\}/g, ids[path.split('/')[2] ?? ''] ?? 'nothing');
      const request = { method: method.toUpperCase(), path: filled };
      if (!schema) return method === 'get' ? [{ ...request, what: operation.operationId, body: undefined }] : [];
      return bodiesOf(document, schema).map(([kind, body]) => ({
        ...request,
        what: `${operation.operationId} with ${kind}`,
        body,
      }));
    }),
  );
}

/**
 * A request with what the BMCs of these machines of a partition report every five minutes: long, and nothing about it is
 * hostile. Other machines of the request are created by it.
 */
export const bmcReports = (partitionid: string, machines: readonly string[]): HostileRequest => ({
  what: `ipmiReport of ${machines.length} machines`,
  method: 'POST',
  path: '/v1/machine/ipmi',
  body: () =>
    JSON.stringify({ partitionid, reports: Object.fromEntries(machines.map((id, at) => [id, bmcReport(at)])) }),
});

const bmcReport = (at: number): object => ({
  BMCIp: `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`,
  BMCVersion: '1.74.06',
  BIOSVersion: '3.3',
  FRU: {
    chassis_part_number: 'CSE-217BHQ+-R2K22BP2',
    chassis_part_serial: `C2170LK${at}`,
    board_mfg: 'Supermicro',
    board_mfg_serial: `OM211S${at}`,
    board_part_number: 'X11DPT-B',
    product_manufacturer: 'Supermicro',
    product_part_number: 'SYS-2029BT-HNR',
    product_serial: `A328789X${at}`,
  },
  PowerState: 'ON',
  IndicatorLEDState: 'LED-OFF',
  PowerMetric: {
    averageconsumedwatts: 190 + (at % 50),
    intervalinmin: 5,
    maxconsumedwatts: 260,
    minconsumedwatts: 170,
  },
  PowerSupplies: Array.from({ length: 2 }, () => ({ status: { health: 'OK', state: 'Enabled' } })),
});

/** Kinds of bodies, each of maximum size. */
function bodiesOf(document: Document, schema: Schema): [kind: string, body: () => string][] {
  const fields = Object.entries(resolved(document, schema).properties ?? {});
  const lists = fields.filter(([, field]) => field.type === 'array').map(([name]) => name);
  const [list = 'x'] = lists;
  // Lists in lists have one element, so that a body has no more values than are allowed.
  const full = () =>
    Object.fromEntries(fields.map(([name, field]) => [name, largest(document, field, name, budget(fields))]));
  return [
    ['millions of elements', () => filled(`{"${list}":[`, '"",', '""]}')],
    ['millions of objects', () => filled(`{"${list}":[`, '{},', '{}]}')],
    ['a deep body', () => filled(`{"${list}":`, '[', ']}')],
    ['a deep class', () => filled('{"neighbors":[', '{"neighbors":[', ']}')],
    ['millions of members', () => numbered(MAX_BYTES)],
    ['one text', () => `{"id":"${'a'.repeat(MAX_BYTES - 20)}"}`],
    ['escapes', () => filled('{"id":"', '\\u0041', '"}')],
    ['full lists', () => JSON.stringify(full())],
    ['full lists of the same', () => JSON.stringify(same(full()))],
  ];
}

const budget = (fields: readonly unknown[]): number =>
  Math.min(ALLOWED, Math.floor(VALUES / Math.max(1, fields.length)));

const filled = (open: string, part: string, close: string): string =>
  open + part.repeat(Math.floor((MAX_BYTES - open.length - close.length) / part.length)) + close;

function numbered(bytes: number): string {
  const members: string[] = [];
  for (let length = 2; length < bytes - 20; length += members.at(-1)!.length + 1)
    members.push(`"k${members.length}":0`);
  return `{${members.join(',')}}`;
}

const resolved = (document: Document, schema: Schema): Schema =>
  schema.$ref ? document.definitions[schema.$ref.replace('#/definitions/', '')]! : schema;

/** A value that contains this number of values. */
function largest(document: Document, field: Schema, name: string, values: number, depth = 0): unknown {
  const schema = resolved(document, field);
  if (depth > 3) return undefined;
  if (schema.type === 'array') {
    const inner = resolved(document, schema.items ?? {}).properties;
    const members = inner ? Object.keys(inner).length + 1 : 1;
    return Array.from({ length: Math.max(1, Math.floor(values / members)) }, (_, at) =>
      inner
        ? Object.fromEntries(
            Object.entries(inner).map(([key, one]) => [key, largest(document, one, key, 1, depth + 1)]),
          )
        : scalar(schema.items?.type, name, at),
    );
  }
  if (schema.additionalProperties) {
    const value = resolved(document, schema.additionalProperties);
    return Object.fromEntries(Array.from({ length: values }, (_, at) => [`k${at}`, scalar(value.type, name, at)]));
  }
  return scalar(schema.type, name, 0);
}

function scalar(type: string | undefined, name: string, at: number): unknown {
  if (type === 'integer' || type === 'number') return at % 256;
  if (type === 'boolean') return true;
  if (/prefix|cidr|^to$|^from$/i.test(name)) return `2001:db8:${at.toString(16)}::/64`;
  if (/ip/i.test(name)) return `2001:db8::${at.toString(16)}`;
  return type === 'string' ? `${name}-${at}` : {};
}

/** The same body with lists only, whose elements are equal: what every machine may have. */
function same(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const lists = Object.entries(body).filter((member): member is [string, unknown[]] => Array.isArray(member[1]));
  return Object.fromEntries(
    lists.map(([name, list]) => [name, list.map(() => (typeof list[0] === 'string' ? '' : list[0]))]),
  );
}
