import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { decodeBody } from './decode.js';
import { Field, WireModel } from './field.js';
import { BulkBody, DEFAULT_LIMITS, MAX_ITEMS, MAX_LENGTH, MAX_MEMBERS, MAX_NAME_LENGTH } from './limits.js';

@WireModel('test.Port')
class Port {
  @Field('string', { maxLength: 8 })
  name?: string;
  @Field(() => Port, { array: true })
  neighbors?: Port[];
  @Field('string', { array: true })
  tags?: string[];
  @Field('int32', { array: true, maxItems: 3 })
  vlans?: number[];
  @Field('string', { map: true })
  labels?: Record<string, string>;
  @Field('string', { map: true, array: true, maxItems: 2 })
  groups?: Record<string, string[]>;
  @Field(() => Port, { map: true })
  byName?: Record<string, Port>;
  @Field('string')
  text?: string;
  @Field('date-time')
  time?: string;
}

@WireModel('test.Report')
@BulkBody(50_000)
class Report {
  @Field('int32', { array: true, maxItems: 50_000 })
  samples?: number[];
}

const decode = (body: string | Buffer, type: new () => object = Port): object => decodeBody(type, Buffer.from(body));

const refusal = (body: string | Buffer, type: new () => object = Port): string => {
  try {
    decode(body, type);
  } catch (error) {
    if (isDomainError(error, 'malformed')) return error.message;
    throw error;
  }
  throw new Error('was not refused');
};

const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);
const MANY = 1_300_000;

describe('depth of a body', () => {
  it.each([
    ['arrays', nested('[', ']', 4_000_000)],
    ['unclosed arrays', '['.repeat(8_000_000)],
    ['unclosed objects', '{"a":'.repeat(1_600_000)],
    ['a recursive class', nested('{"neighbors":[', ']}', 5000)],
    ['a map of a recursive class', `${'{"byName":{"x":'.repeat(5000)}{}${'}}'.repeat(5000)}`],
    ['a list of texts', `{"tags":${nested('[', ']', 100_000)}}`],
    ['an unknown member', `{"unknown":${nested('[', ']', 33)}}`],
  ])('is limited: %s', (_, body) =>
    expect(refusal(body)).toBe('the body is nested too deep, at most 32 levels are allowed'),
  );

  it('may reach the limit', () => {
    expect(decode(nested('{"neighbors":[', ']}', 16))).toHaveProperty('neighbors');
    expect(decode(`{"unknown":${nested('[', ']', 31)},"name":"a"}`)).toEqual({ name: 'a' });
  });

  it('ignores brackets inside texts', () =>
    expect(decode(JSON.stringify({ text: '[{"'.repeat(1000) }))).toHaveProperty('text'));
});

describe('number of values in a body', () => {
  it.each([
    ['numbers', `{"vlans":[${'0,'.repeat(MANY)}0]}`],
    ['empty objects', `{"neighbors":[${'{},'.repeat(MANY)}{}]}`],
    ['empty lists in an unknown member', `{"x":[${'[],'.repeat(MANY)}[]]}`],
    ['members of a map', `{"labels":{${Array.from({ length: 300_000 }, (_, at) => `"k${at}":""`).join(',')}}}`],
    ['one repeated member', `{${'"name":"a",'.repeat(300_000)}"name":"a"}`],
    ['one list under many spellings', `{${'"tags":["a","b"],"Tags":["a"],"TAGS":[],'.repeat(5000)}"tags":[]}`],
  ])('is limited before anything is allocated: %s', (_, body) =>
    expect(refusal(body)).toBe(`the body has too many values, at most ${DEFAULT_LIMITS.values} are allowed`),
  );

  it('may be larger if the class declares it', () => {
    const samples = (count: number): string => JSON.stringify({ samples: Array.from({ length: count }, () => 0) });
    expect(decode(samples(45_000), Report)).toHaveProperty('samples.length', 45_000);
    expect(refusal(samples(60_000), Report)).toContain('at most 50000 are allowed');
  });

  it('counts only the first value', () =>
    expect(decode(`{"name":"a"}${'[0],'.repeat(30_000)}`)).toEqual({ name: 'a' }));
});

describe('length of lists, maps and texts', () => {
  const list = (length: number) => Array.from({ length }, () => 'a');
  const map = (length: number, value: unknown = 'a') =>
    Object.fromEntries(Array.from({ length }, (_, at) => [`k${at}`, value]));

  it.each<[object, string]>([
    [{ tags: list(MAX_ITEMS + 1) }, `field "tags" has ${MAX_ITEMS + 1} elements, at most ${MAX_ITEMS} are allowed`],
    [{ vlans: [1, 2, 3, 4] }, 'field "vlans" has 4 elements, at most 3 are allowed'],
    [{ neighbors: [{}, { vlans: [0, 0, 0, 0, 0] }] }, 'field "neighbors[1].vlans" has 5 elements'],
    [{ neighbors: list(MAX_ITEMS + 1).map(() => ({})) }, `field "neighbors" has ${MAX_ITEMS + 1} elements`],
    [
      { labels: map(MAX_MEMBERS + 1) },
      `field "labels" has ${MAX_MEMBERS + 1} members, at most ${MAX_MEMBERS} are allowed`,
    ],
    [{ groups: map(3, []) }, 'field "groups" has 3 members, at most 2 are allowed'],
    [{ groups: { a: list(MAX_ITEMS + 1) } }, `field "groups.a" has ${MAX_ITEMS + 1} elements`],
    [{ byName: { x: { name: 'too long a name' } } }, 'field "byName.x.name" has 15 characters, at most 8 are allowed'],
    [{ labels: { ['k'.repeat(MAX_NAME_LENGTH + 1)]: '' } }, `name has ${MAX_NAME_LENGTH + 1} characters`],
    [{ text: 'a'.repeat(MAX_LENGTH + 1) }, `field "text" has ${MAX_LENGTH + 1} characters, at most ${MAX_LENGTH} are`],
    [
      { tags: ['a', 'b'.repeat(8_000_000)] },
      `field "tags[1]" has 8000000 characters, at most ${MAX_LENGTH} are allowed`,
    ],
    [{ time: `2026-01-01T00:00:00.${'0'.repeat(7_000_000)}Z` }, 'field "time" must be an RFC 3339 date-time'],
  ])('is limited, %#', (body, message) => expect(refusal(JSON.stringify(body))).toContain(message));

  it('may reach the limit', () =>
    expect(
      decode(JSON.stringify({ tags: list(MAX_ITEMS), vlans: [1, 2, 3], text: 'a'.repeat(MAX_LENGTH) })),
    ).toHaveProperty('tags.length', MAX_ITEMS));

  it('shows only the beginning of an invalid value', () =>
    expect(refusal(JSON.stringify({ vlans: ['x'.repeat(8_000_000)] })).length).toBeLessThan(200));
});

/** Ports with arbitrary values, some of which are ports again. */
function portOf(depth: number): fc.Arbitrary<unknown> {
  const inner =
    depth === 0 ? fc.jsonValue({ maxDepth: 2 }) : fc.oneof(portOf(depth - 1), fc.jsonValue({ maxDepth: 2 }));
  const few = fc.array(inner, { maxLength: 2 });
  return fc.record(
    {
      name: inner,
      neighbors: few,
      byName: fc.dictionary(fc.string(), inner, { maxKeys: 2 }),
      tags: few,
      labels: inner,
    },
    { requiredKeys: [] },
  );
}

describe('any body', () => {
  const bodies = fc.oneof(
    fc.json({ maxDepth: 40 }),
    fc.string(),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc
      .array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '"neighbors"', '"labels"', 'null', '0', ' ', '\\'))
      .map((parts) => parts.join('')),
    portOf(4).map((value) => JSON.stringify(value)),
  );

  it('is either decoded or rejected as malformed', () =>
    fc.assert(
      fc.property(bodies, (body) => {
        try {
          decode(body);
        } catch (error) {
          expect(isDomainError(error, 'malformed')).toBe(true);
        }
      }),
      { numRuns: 300 },
    ));

  it('is parsed like JSON.parse if it is valid JSON', () =>
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom('', ' ', '\n{}', ' "x'), (json, behind) => {
        fc.pre(!/"name"/i.test(json)); // the only field, which has a type
        const value = JSON.parse(json) as unknown;
        const isObject = typeof value === 'object' && !Array.isArray(value);
        if (isObject) expect(decode(`\ufeff ${json}${behind}`)).toBeInstanceOf(Port);
        else expect(refusal(json + behind)).toContain('the body must be an object');
      }),
    ));
});
