import { validate } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { decodeBody } from './decode.js';
import { Field } from './field.js';
import { InvalidValueError } from './scalar.js';

class Inner {
  @Field('string', { required: true }) name?: string;
}

class Base {
  @Field('string') id?: string;
  @Field('string', { required: true }) kind?: string;
}

class Outer extends Base {
  @Field('string', { required: true }) declare id?: string;
  @Field('string') declare kind?: string;
  @Field(() => Inner, { array: true }) list?: Inner[];
  @Field(() => Inner, { map: true }) members?: Record<string, Inner>;
  @Field(() => Inner, { map: true, separate: true }) reports?: Record<string, Inner | InvalidValueError>;
  @Field('string', { array: true, enum: ['a', 'b'], maxItems: 2, maxLength: 5 }) words?: string[];
}

const inner = (name?: string): Inner => Object.assign(new Inner(), name === undefined ? {} : { name });

/** Messages by path. */
const messages = async (values: object): Promise<unknown[]> => {
  const errors = await validate(Object.assign(new Outer(), { id: 'a', ...values }));
  return errors.map(({ property, constraints, children }) => [
    property,
    constraints ?? children?.map((c) => c.property),
  ]);
};

describe('validate', () => {
  it('follows the class that declares a field anew, not its base class', async () => {
    expect(await messages({})).toEqual([]);
    const errors = await messages({ id: undefined });
    expect(errors).toEqual([['id', expect.objectContaining({ isDefined: 'id should not be null or undefined' })]]);
  });

  it('checks nested instances', async () => {
    expect(await messages({ list: [inner('x')], members: { a: inner('x') } })).toEqual([]);
    expect(await messages({ list: [inner('x'), inner()] })).toEqual([['list', ['1']]]);
    expect(await messages({ members: { a: inner('x'), b: inner() } })).toEqual([
      ['members', { isMap: 'members has an invalid member "b"' }],
    ]);
  });

  it('refuses nested values that are not instances', async () => {
    expect(await messages({ list: [new Base()] })).toEqual([
      ['list', { isInstance: 'each value in list must be a valid object' }],
    ]);
    expect(await messages({ members: { a: { name: 'x' } } })).toMatchObject([
      ['members', { isMap: expect.anything() }],
    ]);
    expect(await messages({ members: [] })).toEqual([['members', { isMap: 'members must be an object' }]]);
  });

  it('names the violated rules of a list', async () => {
    expect(await messages({ words: ['a', 'b', 'a'] })).toMatchObject([['words', { arrayMaxSize: expect.anything() }]]);
    const long = { maxLength: 'each value in words must have at most 5 characters', isIn: expect.anything() };
    expect(await messages({ words: ['too long'] })).toEqual([['words', long]]);
  });

  it('accepts a batch whose members were refused one by one', async () => {
    const body = { id: 'a', reports: { good: { name: 'x' }, bad: { name: 5 }, '\u202e': {} } };
    const decoded = decodeBody(Outer, Buffer.from(JSON.stringify(body)));
    expect(decoded.reports?.['bad']).toBeInstanceOf(InvalidValueError);
    expect(await validate(decoded)).toEqual([]);
    expect(await messages({ reports: { lacking: inner() } })).toMatchObject([
      ['reports', { isMap: expect.anything() }],
    ]);
  });
});
