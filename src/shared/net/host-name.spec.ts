import { describe, expect, it } from 'vitest';
import { hostNameProblem, isDnsName } from './host-name.js';

const label = 'a'.repeat(63);
const longest = [label, label, label, 'a'.repeat(61)].join('.');

describe('hostNameProblem', () => {
  it.each([
    ...['metal', 'node-1', 'shoot--proj--cluster-worker-z1-5f7b9-abcde', 'Worker_01', 'NODE.example.org', '10.0.0.1'],
    ...[
      '-a-',
      'a--b',
      'rechner-süd',
      'サーバー',
      'node.example.org.',
      '_dmarc.example.org',
      '7',
      label,
      longest,
      `${longest}.`,
    ],
  ])('takes %s', (name) => expect(hostNameProblem(name)).toBeUndefined());

  it.each([
    ['a\nb', 'control characters'],
    ['a\u0000', 'control characters'],
    ['\u001b[2Jnode', 'control characters'],
    ['node\u202egpj', 'invisible'],
    ['node\u0085', 'control characters'],
    ['no\u200bde', 'invisible'],
    ['my node', 'letters, digits'],
    ['$(reboot)', 'letters, digits'],
    ['a/b', 'letters, digits'],
    ["a';b", 'letters, digits'],
    ['node:22', 'letters, digits'],
    ['a..b', 'nothing between'],
    ['.a', 'nothing between'],
    ['.', 'nothing between'],
    ['a..', 'nothing between'],
    [`${label}a`, 'more than 63 characters'],
    [`x.${'é'.repeat(64)}`, 'more than 63 characters'],
    [`${longest}a`, 'more than 253 characters'],
    ['a.'.repeat(4_000_000), 'more than 253 characters'],
  ])('refuses %j', (name, problem) => expect(hostNameProblem(name)).toContain(problem));
});

describe('isDnsName', () => {
  it.each(['pool.ntp.org', 'ntp.', 'a_b.example', 'NTP1', longest, `${longest}.`])('accepts %s', (name) =>
    expect(isDnsName(name)).toBe(true),
  );

  it.each(['', '-x', 'a b', 'a\n', 'süd.example', `${longest}a`, `${label}a.org`, 'a..b', `${'a.'.repeat(200)}org`])(
    'rejects %j',
    (name) => expect(isDnsName(name)).toBe(false),
  );
});
