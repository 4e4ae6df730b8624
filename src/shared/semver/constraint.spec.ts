import { describe, expect, it } from 'vitest';
import { overlap, parseConstraint, satisfies } from './constraint.js';
import { parseVersion } from './version.js';

const holds = (constraint: string, version: string): boolean =>
  satisfies(parseVersion(version), parseConstraint(constraint));

describe('a version constraint (docs/reference/catalog-conventions.md#versions-and-version-constraints)', () => {
  it.each<[string, string[], string[]]>([
    ['20.4.1', ['20.4.1', '20.04.1'], ['20.4.2', '20.4.0']],
    ['20.04', ['20.4.0', '20.4.9'], ['20.5.0', '20.3.9']],
    ['1', ['1.0.0', '1.9.9'], ['2.0.0', '0.9.9']],
    ['= 1.2', ['1.2.7'], ['1.3.0']],
    ['!= 1.2.3', ['1.2.4', '1.2.2'], ['1.2.3']],
    ['!= 1.2', ['1.3.0', '1.1.9'], ['1.2.0', '1.2.9']],
    ['!= 1', ['2.0.0', '0.1.0'], ['1.5.0']],
    ['> 1.2.3', ['1.2.4', '2.0.0'], ['1.2.3', '1.0.0']],
    ['> 1', ['2.0.0'], ['1.9.9', '0.1.0']],
    ['> 1.2', ['1.3.0', '2.0.0'], ['1.2.9']],
    ['>= 20.04', ['20.4.0', '21.0.0'], ['20.3.99']],
    ['=> 20.04', ['20.4.0'], ['20.3.99']],
    ['< 1.2', ['1.1.9'], ['1.2.0', '1.2.1']],
    ['<= 1.2.3', ['1.2.3', '0.1.0'], ['1.2.4']],
    ['<= 1.2', ['1.2.9', '1.1.0'], ['1.3.0']],
    ['=< 1', ['1.9.9'], ['2.0.0']],
    ['~ 1.2.3', ['1.2.3', '1.2.9'], ['1.2.2', '1.3.0']],
    ['~> 1', ['1.0.0', '1.9.0'], ['2.0.0']],
    ['~ 0.0.0', ['0.0.0', '99.1.2'], []],
    ['~ 0.0', ['0.0.5'], ['0.1.0']],
    ['^ 1.2.3', ['1.9.0', '1.2.3'], ['2.0.0', '1.2.2']],
    ['^ 0.2.3', ['0.2.9'], ['0.3.0', '0.2.2']],
    ['^ 0.0.3', ['0.0.3'], ['0.0.4', '0.1.0']],
    ['^ 0.0', ['0.0.9'], ['0.1.0']],
    ['^ 0', ['0.9.9'], ['1.0.0']],
    ['*', ['0.0.0', '9.9.9', '1.0.0-rc1'], []],
    [' * ', ['1.0.0'], []],
    ['>= 1.0.0-rc1', ['1.0.0-rc2', '1.0.0'], ['1.0.0-alpha']],
    ['>= 1.0.0', [], ['1.0.1-rc1']],
    ['~ 1.0.0-rc1', ['1.0.5'], ['1.1.0-rc1']],
  ])('%s', (constraint, accepted, refused) => {
    expect(accepted.filter((version) => !holds(constraint, version))).toEqual([]);
    expect(refused.filter((version) => holds(constraint, version))).toEqual([]);
  });

  it.each(['>=20.04', '>= 20.04, < 22', '>= 20.x', ' 20.04', '>=  20.04', '20.04 ', '1 - 2', '', '== 1', 'x'])(
    'rejects "%s"',
    (text) => {
      expect(() => parseConstraint(text)).toThrow(/not a version/);
    },
  );
});

describe('overlap of constraints', () => {
  it.each<[string, string, boolean]>([
    ['>= 20.04', '< 20.04', false],
    ['>= 20.04', '<= 20.04', true],
    ['> 1.2.3', '< 1.2.4', false],
    ['> 1.2.3', '< 1.2.5', true],
    ['>= 10.0', '= 11', true],
    ['10', '11', false],
    ['>= 20.04', '>= 20.04', true],
    ['*', '3.1', true],
    ['*', '< 0', false],
    ['!= 1.2.3', '1.2.3', false],
    ['!= 1.2', '1.2', false],
    ['!= 1.2', '1', true],
    ['~ 1.2', '~ 1.3', false],
    ['^ 1.2', '1.9.0', true],
    ['1.2.3', '1.2.3', true],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(overlap(parseConstraint(a), parseConstraint(b))).toBe(expected);
    expect(overlap(parseConstraint(b), parseConstraint(a))).toBe(expected);
  });
});
