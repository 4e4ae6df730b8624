import { describe, expect, it } from 'vitest';
import { parseRules } from './firewall-rules.js';

describe('firewall rules', () => {
  it('are read from lines', () => {
    expect(parseRules('\ntcp 80,443 to 0.0.0.0/0, ::/0 # web # all\n 53 to 10.0.0.1/32\n', 'egress')).toEqual({
      rules: [
        { protocol: 'tcp', ports: [80, 443], to: ['0.0.0.0/0', '::/0'], comment: 'web # all' },
        { protocol: 'tcp', ports: [53], to: ['10.0.0.1/32'] },
      ],
    });
    expect(parseRules('UDP 514 From 192.0.2.0/24 198.51.100.0/24 To 10.0.0.0/8', 'ingress')).toEqual({
      rules: [{ protocol: 'udp', ports: [514], from: ['192.0.2.0/24', '198.51.100.0/24'], to: ['10.0.0.0/8'] }],
    });
    expect(parseRules(' \n', 'ingress')).toEqual({ rules: [] });
  });

  it.each([
    ['egress', 'web', 'expected ports and prefixes'],
    ['egress', '80', 'expected ports and prefixes'],
    ['egress', '80 to', 'expected ports and prefixes'],
    ['egress', '80 from 10.0.0.0/8 to 0.0.0.0/0', 'no "from"'],
    ['egress', '70000 to 0.0.0.0/0', '70000 is not a port, expected 1 to 65535'],
    ['ingress', '22 to 10.0.0.0/8', '"from" and prefixes are missing'],
    ['ingress', 'icmp 1 from 10.0.0.0/8', 'expected ports and prefixes'],
  ] as const)('of %s are refused as %j', (direction, line, problem) =>
    expect(parseRules(`\n${line}`, direction).problem).toMatch(new RegExp(`^line 2: .*${problem}`)),
  );
});
