import { describe, expect, it } from 'vitest';
import { jsonIn, labelTexts, labelsIn, listIn, numberIn, textIn } from './form-values.js';

describe('values of a form', () => {
  it('are trimmed texts', () => {
    expect(textIn({ name: ' a b ' }, 'name')).toBe('a b');
    expect(textIn({ name: true }, 'name')).toBe('');
    expect(listIn({ name: 'x' }, 'name')).toEqual([]);
  });

  it('are whole numbers, or nothing', () => {
    expect(numberIn({ n: ' 22 ' }, 'n')).toBe(22);
    expect(numberIn({ n: '' }, 'n')).toBeUndefined();
    expect(() => numberIn({ n: '2.5' }, 'n')).toThrow('"2.5" is not a whole number');
    expect(() => numberIn({ n: 'x' }, 'n')).toThrow('not a whole number');
  });

  it('are JSON, with the field in the error', () => {
    expect(jsonIn({ c: '[1]' }, 'c', 'Constraints')).toEqual([1]);
    expect(() => jsonIn({ c: '[1' }, 'c', 'Constraints')).toThrow(/^Constraints: /);
  });

  it('turn into labels and back', () => {
    const labels = { 'a/b': '', c: 'd=e' };
    expect(labelTexts(labels)).toEqual(['a/b', 'c=d=e']);
    expect(labelsIn({ labels: labelTexts(labels) })).toEqual(labels);
  });
});
