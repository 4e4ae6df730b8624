/** Text forms of addresses: strict parsers (like Go's netip) and canonical formatters (RFC 5952). */

const IPV4_FIELD = '(0|[1-9][0-9]{0,2})';
const IPV4 = new RegExp(`^${[IPV4_FIELD, IPV4_FIELD, IPV4_FIELD, IPV4_FIELD].join('\\.')}$`);
const IPV6_FIELD = /^[0-9a-fA-F]{1,4}$/;
const IPV6_FIELDS = 8;

/** Parses `a.b.c.d`: exactly four decimal fields without leading zeros; `undefined` for anything else. */
export function tryParseIpv4(text: string): bigint | undefined {
  const match = IPV4.exec(text);
  if (!match) return undefined;
  let value = 0;
  for (let position = 1; position <= 4; position++) {
    const field = Number(match[position]);
    if (field > 255) return undefined;
    value = value * 256 + field;
  }
  return BigInt(value);
}

/** Parses an IPv6 address without a zone; `::` must stand for at least one field, as in Go. */
export function tryParseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = [readFields(halves[0] ?? ''), readFields(halves[1] ?? '')];
  if (!head || !tail) return undefined;
  // A dotted IPv4 part is only allowed at the end of the address.
  if (halves.length === 2 && (halves[0] ?? '').includes('.')) return undefined;
  const missing = IPV6_FIELDS - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const zeros = new Array<bigint>(missing).fill(0n);
  return [...head, ...zeros, ...tail].reduce((value, field) => (value << 16n) | field, 0n);
}

/** Parses the 16-bit fields on one side of `::`; a dotted IPv4 address at the end counts as two. */
function readFields(text: string): bigint[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const fields: bigint[] = [];
  for (const [position, part] of parts.entries()) {
    if (position === parts.length - 1 && part.includes('.')) {
      const dotted = tryParseIpv4(part);
      if (dotted === undefined) return undefined;
      fields.push(dotted >> 16n, dotted & 0xffffn);
    } else {
      if (!IPV6_FIELD.test(part)) return undefined;
      fields.push(BigInt(`0x${part}`));
    }
  }
  return fields;
}

export function formatIpv4(value: bigint): string {
  const number = Number(value);
  return `${number >>> 24}.${(number >>> 16) & 0xff}.${(number >>> 8) & 0xff}.${number & 0xff}`;
}

/** Lower case, no leading zeros, the first longest run of two or more zero fields compressed (RFC 5952 §4). */
export function formatIpv6(value: bigint): string {
  // IPv4-mapped addresses keep the dotted form, as in Go.
  if (value >> 32n === 0xffffn) return `::ffff:${formatIpv4(value & 0xffffffffn)}`;
  const fields = Array.from({ length: IPV6_FIELDS }, (_, i) => (value >> BigInt(112 - 16 * i)) & 0xffffn);
  const run = longestZeroRun(fields);
  const hex = fields.map((field) => field.toString(16));
  if (run.length < 2) return hex.join(':');
  return `${hex.slice(0, run.start).join(':')}::${hex.slice(run.start + run.length).join(':')}`;
}

function longestZeroRun(fields: readonly bigint[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [position, field] of fields.entries()) {
    length = field === 0n ? length + 1 : 0;
    if (length > best.length) best = { start: position - length + 1, length };
  }
  return best;
}
