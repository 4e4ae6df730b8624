import type { JsMsg } from 'nats';
import { describe, expect, it } from 'vitest';
import { decodeCommand, decodeResult } from './codec.js';

const message = (subject: string, payload: unknown): JsMsg => {
  const data = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return { subject, data } satisfies Partial<JsMsg> as unknown as JsMsg;
};
const result = (fields: object): object => ({ id: 'c1', attempt: 1, state: 'done', message: '', at: '', ...fields });

describe('a message on the bus', () => {
  it.each([
    ['metal.result.fra.m1', { partition: 'fra', machine: 'm1' }],
    ['metal.result.fra.m1', {}],
    ['metal.result.fra=2Eequ01.m=201', { partition: 'fra.equ01', machine: 'm 1' }],
    ['site-2.result.fra.m1', { machine: 'm1' }],
    ['metal.result.__proto__.constructor', { partition: '__proto__', machine: 'constructor' }],
  ])('on %s may repeat partition and machine of its subject: %j', (subject, fields) => {
    expect(decodeResult(message(subject, result(fields)))).toMatchObject({ id: 'c1', ...fields });
    expect(decodeCommand(message(subject, { id: 'c1', ...fields }))).toMatchObject({ id: 'c1', ...fields });
  });

  it.each([
    ['another partition', 'metal.result.fra.m1', { partition: 'muc', machine: 'm1' }],
    ['another machine', 'metal.result.fra.m1', { partition: 'fra', machine: 'm2' }],
    ['another case', 'metal.result.fra.m1', { partition: 'FRA', machine: 'm1' }],
    ['a blank more', 'metal.result.fra.m1', { partition: 'fra ', machine: 'm1' }],
    ['the escaped form', 'metal.result.fra=2E1.m1', { partition: 'fra=2E1', machine: 'm1' }],
    ['null', 'metal.result.fra.m1', { partition: null, machine: 'm1' }],
    ['a list', 'metal.result.fra.m1', { partition: ['fra'], machine: 'm1' }],
    ['no machine in the subject', 'metal.result.fra', { partition: 'fra', machine: 'm1' }],
  ])('with %s is refused', (_, subject, fields) => {
    expect(() => decodeResult(message(subject, result(fields)))).toThrow('as in its subject');
    expect(() => decodeCommand(message(subject, { id: 'c1', ...fields }))).toThrow('as in its subject');
  });

  it.each([
    ['no JSON', '{"id":', /JSON/],
    ['a list', [], /expected a JSON object/],
    ['null', 'null', /expected a JSON object/],
    ['no ID', { state: 'done' }, /id is missing/],
    ['a number for an ID', { id: 7, state: 'done' }, /id is missing/],
    ['an unknown state', { id: 'c1', state: 'DONE' }, /state of a result is "DONE"/],
    ['an attempt in words', { id: 'c1', state: 'done', attempt: 'two' }, /attempt is "two", expected a whole number/],
    ['attempt 0', { id: 'c1', state: 'done', attempt: 0 }, /attempt is 0/],
    ['half an attempt', { id: 'c1', state: 'done', attempt: 1.5 }, /attempt is 1.5/],
    ['no attempt at all', { id: 'c1', state: 'done', attempt: null }, /attempt is null/],
    ['an empty installation', { id: 'c1', state: 'done', installation: '' }, /installation is missing/],
  ])('with %s is refused', (_, payload, why) => {
    expect(() => decodeResult(message('metal.result.fra.m1', payload))).toThrow(why);
  });

  it('is the first attempt unless it says otherwise', () => {
    expect(decodeCommand(message('metal.command.fra.m1', { id: 'c1' })).attempt).toBe(1);
    expect(decodeCommand(message('metal.command.fra.m1', { id: 'c1', attempt: 3 })).attempt).toBe(3);
    expect(() => decodeCommand(message('metal.command.fra.m1', { id: 'c1', attempt: '3' }))).toThrow('attempt is "3"');
    expect(decodeResult(message('metal.result.fra.m1', { id: 'c1', state: 'done' })).attempt).toBe(1);
  });
});
