import { malformed } from '../../../shared/errors/domain-error.js';
import { Prefix } from '../../../shared/net/prefix.js';
import type { FirewallRule, MachineAllocation } from '../machine.js';
import type { AllocationRequest, FirewallRuleRequest } from './request.js';

const COMMENT = /^[a-zA-Z_\- ]*$/;
const COMMENT_BYTES = 100;

/**
 * Checks the rules of a firewall request in order, egress first, and returns them in their stored form; undefined if
 * there are none (docs/reference/firewalls.md#firewall-rules). Throws `malformed` for the first invalid rule.
 */
export function checkFirewallRules({
  egress,
  ingress,
}: AllocationRequest['firewallRules']): MachineAllocation['firewallRules'] {
  const checked = {
    egress: egress.map((rule, index) => checkRule(rule, `firewall_rules.egress[${index}]`)),
    ingress: ingress.map((rule, index) => {
      const where = `firewall_rules.ingress[${index}]`;
      const from = checkPrefixes(rule.from, `${where}.from`);
      const result = { ...checkRule(rule, where), from };
      sameFamily([...from, ...rule.to], `${where}, from and to together`);
      return result;
    }),
  };
  return checked.egress.length + checked.ingress.length > 0 ? checked : undefined;
}

function checkRule(rule: FirewallRuleRequest, where: string): FirewallRule {
  const protocol = (rule.protocol || 'tcp').toLowerCase();
  if (protocol !== 'tcp' && protocol !== 'udp') {
    throw malformed(`${where}.protocol is "${rule.protocol}", expected tcp or udp`);
  }
  const comment = rule.comment ?? '';
  if (!COMMENT.test(comment)) {
    throw malformed(`${where}.comment is "${comment}", expected only letters, blanks, "_" and "-"`);
  }
  if (Buffer.byteLength(comment) > COMMENT_BYTES) {
    throw malformed(`${where}.comment has ${Buffer.byteLength(comment)} bytes, expected at most ${COMMENT_BYTES}`);
  }
  const wrongPort = rule.ports.find((port) => port < 0 || port > 65535);
  if (wrongPort !== undefined) throw malformed(`${where}.ports contains ${wrongPort}, expected ports from 0 to 65535`);
  return { protocol, ports: rule.ports, to: checkPrefixes(rule.to, `${where}.to`), comment };
}

function checkPrefixes(prefixes: readonly string[], where: string): readonly string[] {
  for (const text of prefixes) {
    const problem = Prefix.problem(text);
    if (problem) throw malformed(`${where}: ${problem}`);
  }
  sameFamily(prefixes, where);
  return prefixes;
}

function sameFamily(prefixes: readonly string[], where: string): void {
  const families = new Set(prefixes.map((text) => Prefix.tryParse(text)?.family));
  if (families.size > 1)
    throw malformed(
      `${where}: ${prefixes.slice(0, 8).join(', ')}${prefixes.length > 8 ? ', …' : ''} mixes IPv4 and IPv6, expected one address family`,
    );
}
