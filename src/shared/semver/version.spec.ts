import { describe, expect, it } from 'vitest';
import { compareVersions, formatVersion, parseVersion, tryParseVersion } from './version.js';

describe('a lenient version', () => {
  it.each([
    ['20.04', '20.4.0'],
    ['20.04.20200502', '20.4.20200502'],
    ['v1', '1.0.0'],
    ['1.2.3-rc.1+build.5', '1.2.3-rc.1+build.5'],
    ['18446744073709551615.0.0', '18446744073709551615.0.0'],
  ])('reads %s as %s', (text, canonical) => {
    expect(formatVersion(parseVersion(text))).toBe(canonical);
  });

  it.each(['', 'v', '1.', '1.2.3.4', '1.x', ' 1', '18446744073709551616', '1-', '1.2.3-a_b', '-1'])(
    'rejects "%s"',
    (text) => {
      expect(tryParseVersion(text)).toBeUndefined();
      expect(() => parseVersion(text)).toThrow(`"${text}" is not a version number`);
    },
  );

  it.each([
    '1'.repeat(257),
    `1.0.${'0'.repeat(1000)}1`,
    `1.0.0-${'a.'.repeat(200)}b`,
    `1.0.0+${'9'.repeat(300)}`,
    '9'.repeat(8_000_000),
  ])('rejects a version that is too long, and quotes only its beginning', (text) => {
    expect(tryParseVersion(text)).toBeUndefined();
    expect(() => parseVersion(text)).toThrow(`"${text.slice(0, 40)}…" has more than 256 characters`);
  });

  it('accepts the maximum length', () => {
    expect(formatVersion(parseVersion(`1.0.${'0'.repeat(251)}1`))).toBe('1.0.1');
    expect(parseVersion(`1.0.0-${'a'.repeat(250)}`).prerelease).toEqual(['a'.repeat(250)]);
  });

  it('records which parts are missing', () => {
    expect(['1', '1.2', '1.2.3'].map((text) => parseVersion(text).missing)).toEqual(['minor', 'patch', undefined]);
  });

  it('orders by number, prereleases below their release', () => {
    const ascending = [
      '0.9',
      '1.0.0-1',
      '1.0.0-2',
      '1.0.0-10',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0',
      '1.0.9',
      '1.0.10',
    ];
    const shuffled = [...ascending].reverse().map(parseVersion).sort(compareVersions);
    expect(shuffled).toEqual(ascending.map(parseVersion));
  });

  it('ignores metadata when comparing', () => {
    expect(compareVersions(parseVersion('1.0.0+a'), parseVersion('1.0.0+b'))).toBe(0);
  });
});
