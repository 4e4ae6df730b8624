import { describe, expect, it } from 'vitest';
import { Field } from './field.js';
import { applyFieldMask, parseFieldMask } from './field-mask.js';

class Leaf {
  @Field('string')
  name!: string;

  @Field('int')
  size!: number;

  @Field(() => Leaf)
  inner!: Leaf;
}

class Tree {
  @Field('string')
  id!: string;

  @Field(() => Leaf)
  leaf!: Leaf;

  @Field(() => Leaf, { array: true })
  leaves!: Leaf[];

  @Field('string', { map: true })
  labels!: Record<string, string>;

  @Field(() => Leaf, { map: true })
  named!: Record<string, Leaf>;
}

const leaf = (name: string) => ({ name, size: 1 });
const tree = {
  id: 'a',
  leaf: leaf('one'),
  leaves: [leaf('two'), leaf('three')],
  labels: { 'a.b': 'c' },
  named: { x: leaf('four') },
};

const shown = (fields: string, value: unknown = tree): unknown => applyFieldMask(value, parseFieldMask(fields, Tree));

describe('a field mask', () => {
  it.each([
    ['id', { id: 'a' }],
    ['ID', { id: 'a' }],
    [' id , leaf.name', { id: 'a', leaf: { name: 'one' } }],
    ['leaves.name', { leaves: [{ name: 'two' }, { name: 'three' }] }],
    ['leaf,leaf.name', { leaf: leaf('one') }],
    ['leaf.name,leaf', { leaf: leaf('one') }],
    ['leaf.size,leaf.name', { leaf: { size: 1, name: 'one' } }],
    ['labels,named', { labels: { 'a.b': 'c' }, named: { x: leaf('four') } }],
    ['leaf.inner.inner.name', { leaf: {} }],
  ])('%s', (fields, result) => expect(shown(fields)).toEqual(result));

  it('keeps null, and omits what an object does not have', () => {
    expect(shown('leaf.name,leaves.name', { leaf: null, leaves: [] })).toEqual({ leaf: null, leaves: [] });
    expect(shown('id', {})).toEqual({});
  });

  it.each([
    ['x', 'field "x" is unknown, expected one of id, labels, leaf, leaves, named'],
    ['', 'field "" is unknown, expected one of id'],
    ['id,', 'field "" is unknown'],
    ['leaf.x', 'field "leaf.x" is unknown, expected in leaf one of inner, name, size'],
    ['leaf.', 'field "leaf." is unknown, expected in leaf one of inner, name, size'],
    ['leaf..name', 'field "leaf..name" is unknown, expected in leaf one of'],
    ['id.x', 'field "id.x" is unknown: id can only be had as a whole'],
    ['labels.a', 'field "labels.a" is unknown: labels can only be had as a whole'],
    ['named.x.name', 'field "named.x.name" is unknown: named can only be had as a whole'],
    ['__proto__', 'field "__proto__" is unknown'],
    ['constructor', 'field "constructor" is unknown'],
    [`leaf${'.inner'.repeat(8)}`, 'is too deep, expected at most 8 names'],
    [Array.from({ length: 65 }, () => 'id').join(), 'too many fields, expected at most 64'],
    ['x'.repeat(5000), 'fields are too long, expected at most 4096 characters'],
  ])('refuses %#', (fields, message) => expect(() => shown(fields)).toThrow(message));
});
