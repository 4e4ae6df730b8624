import { describe, expect, it } from 'vitest';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { runAtOnce } from '../../../shared/event-loop.js';
import { decodeBody, decodeBodySteps } from './decode.js';
import { Field, WireModel } from './field.js';
import { InvalidValueError } from './scalar.js';

@WireModel('test.Inner')
class Inner {
  @Field('string')
  networkid?: string;
  @Field('boolean')
  autoacquire?: boolean;
}

@WireModel('test.Outer')
class Outer {
  @Field('string')
  id?: string;
  @Field('int32')
  count?: number;
  @Field('uint64')
  memory?: number;
  @Field('byte')
  part?: number;
  @Field('int64')
  counter?: number;
  @Field('duration')
  duration?: number;
  @Field('float')
  watts?: number;
  @Field('date-time')
  expirationDate?: string;
  @Field('string', { array: true })
  tags?: string[];
  @Field('string', { map: true })
  labels?: Record<string, string>;
  @Field(() => Inner)
  inner?: Inner;
  @Field(() => Inner, { array: true })
  networks?: Inner[];
  @Field(() => Inner, { map: true })
  byName?: Record<string, Inner>;
  @Field('string', { device: true })
  model?: string;
  @Field(() => Inner, { map: true, separate: true })
  reports?: Record<string, Inner | InvalidValueError>;
}

const decode = (body: unknown): Outer =>
  decodeBody(Outer, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));

const refusal = (body: unknown): string => {
  try {
    decode(body);
  } catch (error) {
    if (isDomainError(error, 'malformed')) return error.message;
    throw error;
  }
  throw new Error('was not refused');
};

describe('decodeBody', () => {
  it('creates an instance with the given fields only', () => {
    const decoded = decode({ id: 'a', networks: [{ networkid: 'n' }], unknown: 1 });
    expect(decoded).toBeInstanceOf(Outer);
    expect(decoded.networks?.[0]).toBeInstanceOf(Inner);
    expect(decoded).toEqual({ id: 'a', networks: [{ networkid: 'n' }] });
    expect('tags' in decoded).toBe(false);
  });

  it('matches names case-insensitively, including nested ones', () =>
    expect(decode({ ID: 'a', Networks: [{ NetworkID: 'n' }], EXPIRATIONDATE: null })).toEqual({
      id: 'a',
      networks: [{ networkid: 'n' }],
    }));

  it('uses the last of duplicate members', () => expect(decode('{"id":"a","ID":"b"}').id).toBe('b'));

  it('treats null as absent at every depth', () =>
    expect(
      decode({ id: null, tags: null, inner: { networkid: null }, networks: [null, { autoacquire: null }] }),
    ).toEqual({
      inner: {},
      networks: [{}],
    }));

  it('keeps zero values', () =>
    expect(decode({ id: '', count: 0, tags: [], inner: { autoacquire: false } })).toEqual({
      id: '',
      count: 0,
      tags: [],
      inner: { autoacquire: false },
    }));

  it.each(['null', ' null ', '{}', '{} trailing', '{}{"id":1}', '{}}'])('treats %s as an empty object', (body) =>
    expect(decode(body)).toEqual({}),
  );

  it('decodes the first of several values', () => expect(decode('{"id":"}\\""} [1').id).toBe('}"'));

  it.each(['', '  \n'])('reports EOF for an empty body', (body) => expect(refusal(body)).toBe('EOF'));
  it('reports unexpected EOF for an incomplete body', () => expect(refusal('{"id":"a"')).toBe('unexpected EOF'));
  it.each(['{id:1}', '{"id":}', 'x', '}', '{"id":"a",}'])('rejects malformed JSON %s', (body) =>
    expect(refusal(body)).toContain('not valid JSON'),
  );

  it.each(['[]', '"text"', '5', 'true', '[{"id":"a"}]'])('rejects %s if an object is expected', (body) =>
    expect(refusal(body)).toContain('the body must be an object'),
  );

  it.each([
    [{ id: 5 }, 'field "id" must be a string, got 5'],
    [{ tags: 'a' }, 'field "tags" must be an array, got "a"'],
    [{ tags: ['a', 7] }, 'field "tags[1]" must be a string, got 7'],
    [{ networks: [{}, { AutoAcquire: 'yes' }] }, 'field "networks[1].autoacquire" must be true or false, got "yes"'],
    [{ inner: [] }, 'field "inner" must be an object, got an array'],
    [{ labels: { a: {} } }, 'field "labels.a" must be a string, got an object'],
    [{ byName: { x: { networkid: 1 } } }, 'field "byName.x.networkid" must be a string, got 1'],
    [{ watts: '1' }, 'field "watts" must be a number, got "1"'],
  ])('reports field, expected form and value of %j', (body, message) => expect(refusal(body)).toBe(message));

  it.each([
    { count: 2 ** 31 },
    { count: 1.5 },
    { count: '1' },
    { memory: -1 },
    { part: 256 },
    { part: -1 },
    { counter: 2 ** 53 },
    { duration: 2 ** 64 },
    { duration: 0.5 },
  ])('rejects numbers out of range: %j', (body) => expect(refusal(body)).toContain('must be an integer from'));

  it('rejects numbers that overflow', () => expect(refusal('{"watts":1e999}')).toContain('must be a number'));
  it('accepts the bounds', () =>
    expect(decode({ count: -(2 ** 31), part: 255, counter: 2 ** 53 - 1 })).toMatchObject({ part: 255 }));

  it('accepts durations of more than 104 days', () => {
    const year = 365 * 24 * 3600 * 1e9;
    expect(decode({ duration: year }).duration).toBe(year);
    expect(decode('{"duration":9223372036854775807}').duration).toBe(2 ** 63);
  });

  it.each([
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T03:04:05.123456789+01:30', '2026-01-02T01:34:05.123Z'],
    ['2024-02-29t23:59:59z', '2024-02-29T23:59:59.000Z'],
    ['0001-01-01T00:00:00Z', undefined],
    ['0001-12-31T00:00:00.000+02:00', undefined],
  ])('decodes the date-time %s', (text, expected) =>
    expect(decode({ expirationDate: text }).expirationDate).toBe(expected),
  );

  it.each([
    '9999-12-31T23:59:59-01:00',
    '0000-01-01T00:00:00+01:00',
    '2026-02-30T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-02',
    '2026-01-02T24:00:00Z',
    'now',
    '',
  ])('rejects the date-time "%s"', (text) => expect(refusal({ expirationDate: text })).toContain('RFC 3339'));

  it('rejects bytes that are not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    expect(() => decodeBody(Outer, bytes)).toThrow('not valid UTF-8');
  });

  it('replaces lone surrogates and rejects NUL, which databases do not accept in keys', () => {
    expect(decode('{"id":"a\\ud800b"}').id).toBe('a\ufffdb');
    expect(decode('{"id":"\\ud83d\\ude00"}').id).toBe('😀');
    expect(refusal('{"id":"a\\u0000"}')).toContain('U+0000');
  });

  it('is not affected by __proto__ and constructor keys', () => {
    const decoded = decode('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"id":"a"}');
    expect(Object.getPrototypeOf(decoded)).toBe(Outer.prototype);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(refusal('{"labels":{"__proto__":"x"}}')).toContain('__proto__');
    expect(refusal({ labels: { constructor: 'x' } })).toBe(
      'field "labels" has a member "constructor", which must not be __proto__, constructor, prototype',
    );
    expect(refusal({ labels: { prototype: 'x' } })).toContain('"prototype"');
    expect(decode({ labels: { hasOwnProperty: 'x', toString: 'y' } }).labels).toEqual({
      hasOwnProperty: 'x',
      toString: 'y',
    });
  });

  it.each(['a\0', 'line\nbreak', '\u001b[2J', '\u202egnp', 'zero\u200bwidth', '\u009b'])(
    'rejects the map key %j',
    (key) => expect(refusal({ labels: { [key]: 'x' } })).toContain('must not contain control characters'),
  );

  it('sanitizes and truncates texts of devices instead of rejecting them', () => {
    expect(decode({ model: 'ACME\0\0' }).model).toBe('ACME');
    expect(decode({ model: '\u001b[31mred\ud800' }).model).toBe('red');
    expect(decode({ model: 'x'.repeat(10_000) }).model).toHaveLength(4096);
    expect(refusal({ model: 5 })).toBe('field "model" must be a string, got 5');
  });

  it('decodes the members of a batch separately', () => {
    const { reports } = decode(
      '{"reports":{"a":{"networkid":"n"},"b":{"networkid":5},"c":"x","d":null,"__proto__":{},"e\\u0000":{},"f":[]}}',
    );
    expect(Object.keys(reports ?? {})).toEqual(['a', 'b', 'c', '__proto__', 'e\0', 'f']);
    expect(Object.getPrototypeOf(reports)).toBe(Object.prototype);
    const messages = Object.values(reports ?? {}).map((one) =>
      one instanceof InvalidValueError ? one.message : one.networkid,
    );
    expect(messages).toEqual([
      'n',
      'field "reports.b.networkid" must be a string, got 5',
      'field "reports.c" must be an object, got "x"',
      expect.stringContaining('"__proto__"'),
      expect.stringContaining('control characters'),
      'field "reports.f" must be an object, got an array',
    ]);
    expect(refusal({ reports: [] })).toBe('field "reports" must be an object, got an array');
  });
});

describe('decodeBodySteps', () => {
  const steps = (body: unknown) => decodeBodySteps(Outer, Buffer.from(JSON.stringify(body)));
  const members = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`k${at}`, { networkid: `n${at}` }]));

  it.each([
    [{}],
    [{ id: 'a', count: 1, tags: ['b', null], inner: { networkid: 'n' }, labels: { c: 'd', e: null } }],
    [{ byName: members, reports: { ...members, wrong: { networkid: 5 } }, networks: Object.values(members) }],
  ])('has the result of decodeBody, %#', (body) => expect(runAtOnce(steps(body))).toEqual(decode(body)));

  it.each([[[]], [{ tags: [5] }], [{ byName: { a: { networkid: 5 } } }], [{ count: 'x' }]])(
    'refuses what decodeBody refuses, %#',
    (body) => expect(() => runAtOnce(steps(body))).toThrow(refusal(body)),
  );

  it.each(['byName', 'reports', 'networks'])('pauses after each element of %s', (field) => {
    const body = { [field]: field === 'networks' ? Object.values(members) : members };
    expect([...steps(body)].length).toBeGreaterThanOrEqual(500);
  });

  it('pauses after each piece of a long body', () =>
    expect([...steps({ unknown: 'x'.repeat(2_000_000) })].length).toBeGreaterThan(50));
});
