import type { FirewallRule } from '../../api/types.js';

type Direction = 'egress' | 'ingress';

/** What the lines of a field say. */
export interface ParsedRules {
  readonly rules: readonly FirewallRule[];
  /** What is wrong with the first line that is no rule. */
  readonly problem?: string;
}

export const RULE_HINTS: Readonly<Record<Direction, string>> = {
  egress: 'One a line: tcp 80,443 to 0.0.0.0/0 # web',
  ingress: 'One a line: tcp 22 from 192.0.2.0/24 # ssh; "to" prefixes may follow',
};

const MAX_PORT = 65_535;

/** Parses lines such as `tcp 80,443 to 0.0.0.0/0, ::/0 # web`; the protocol may be left out. */
export function parseRules(text: string, direction: Direction): ParsedRules {
  const rules: FirewallRule[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const rule = parseRule(line, direction);
    if (typeof rule === 'string') return { rules, problem: `line ${index + 1}: ${rule}` };
    rules.push(rule);
  }
  return { rules };
}

/** The rule of a line, or what is wrong with it. */
function parseRule(line: string, direction: Direction): FirewallRule | string {
  const [rule = '', ...comments] = line.split('#');
  const match = /^\s*(?:(tcp|udp)\s+)?([\d\s,]+?)\s+((?:to|from)\s.*)$/i.exec(rule);
  if (!match) return `expected ports and prefixes, such as ${RULE_HINTS[direction].slice('One a line: '.length)}`;
  const [, protocol = 'tcp', portText = '', rest = ''] = match;
  const ports = wordsOf(portText).map(Number);
  const wrong = ports.find((port) => port < 1 || port > MAX_PORT);
  if (wrong !== undefined) return `${wrong} is not a port, expected 1 to ${MAX_PORT}`;
  const parts = [...rest.matchAll(/\b(to|from)\s+(.*?)(?=\s+(?:to|from)\s|$)/gi)];
  const prefixes = (word: string): string[] =>
    parts.filter(([, key]) => key!.toLowerCase() === word).flatMap(([, , list]) => wordsOf(list!));
  const [from, to] = [prefixes('from'), prefixes('to')];
  if (direction === 'egress' && from.length > 0) return 'egress rules have no "from"';
  if ((direction === 'egress' ? to : from).length === 0)
    return `"${direction === 'egress' ? 'to' : 'from'}" and prefixes are missing`;
  const comment = comments.join('#').trim();
  return {
    protocol: protocol.toLowerCase() === 'udp' ? 'udp' : 'tcp',
    ports,
    to,
    ...(direction === 'ingress' && { from }),
    ...(comment !== '' && { comment }),
  };
}

const wordsOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);
