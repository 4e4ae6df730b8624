import { invalid } from '../../../shared/errors/domain-error.js';
import { pluralize } from '../../../shared/text.js';

// Public keys in OpenSSH format (RFC 4253 §6.6, sshd(8) AUTHORIZED_KEYS FILE FORMAT).

/** Returns the problem with one field of a key, or undefined if the field is plausible. */
type Check = (field: Buffer) => string | undefined;

interface Field {
  readonly name: string;
  readonly check: Check;
}

/** sshd does not read longer lines. */
const MAX_LINE_BYTES = 8192;
/** Maximum number of lines in one text; longer texts must be split. */
const MAX_LINES = 100;

/** Minimum required and maximum supported by OpenSSH, in bits. */
const MIN_RSA_BITS = 1024;
const MAX_RSA_BITS = 16384;

const bytes =
  (length: number): Check =>
  (field) =>
    field.length === length ? undefined : `has ${pluralize(field.length, 'byte')} instead of ${length}`;

const text =
  (expected: string): Check =>
  (field) =>
    field.toString('latin1') === expected ? undefined : `is not "${expected}"`;

const filled: Check = (field) => (field.length > 0 ? undefined : 'is empty');

/** An uncompressed point. */
const point =
  (coordinate: number): Check =>
  (field) =>
    field[0] === 4 ? bytes(1 + 2 * coordinate)(field) : 'is not an uncompressed point';

const integer =
  (minBits: number, maxBits: number): Check =>
  (field) => {
    if (field.length > maxBits / 8 + 1) return `has more than ${maxBits} bits`;
    const hex = field.toString('hex').replace(/^0+/, '');
    const bits = hex === '' ? 0 : hex.length * 4 - Math.clz32(parseInt(hex[0]!, 16)) + 28;
    return bits < minBits || bits > maxBits ? `has ${bits} bits, expected ${minBits} to ${maxBits}` : undefined;
  };

const curve = (name: string, coordinate: number): readonly Field[] => [
  { name: 'curve', check: text(name) },
  { name: 'point', check: point(coordinate) },
];

const APPLICATION: Field = { name: 'application', check: filled };
const ED25519: Field = { name: 'public key', check: bytes(32) };

/** The fields that follow the type, for each kind of key that OpenSSH accepts. */
const KINDS: Readonly<Record<string, readonly Field[]>> = {
  'ssh-rsa': [
    { name: 'exponent', check: integer(2, 256) },
    { name: 'modulus', check: integer(MIN_RSA_BITS, MAX_RSA_BITS) },
  ],
  'ssh-ed25519': [ED25519],
  'ecdsa-sha2-nistp256': curve('nistp256', 32),
  'ecdsa-sha2-nistp384': curve('nistp384', 48),
  'ecdsa-sha2-nistp521': curve('nistp521', 66),
  'sk-ssh-ed25519@openssh.com': [ED25519, APPLICATION],
  'sk-ecdsa-sha2-nistp256@openssh.com': [...curve('nistp256', 32), APPLICATION],
};

const KNOWN = Object.keys(KINDS).join(', ');

/**
 * Returns the reason why a text does not contain public keys; undefined if it does. Skips blank lines and comments;
 * every other line must be a complete key, optionally with leading options and a trailing comment. Rejects
 * certificates, which sshd accepts from users but not in its list of keys, and DSA keys, which it does not accept at
 * all.
 */
export function sshKeyProblem(given: string): string | undefined {
  const lines = given.split(/\r\n|\n|\r/).map((line) => line.trim());
  const keys = [...lines.entries()].filter(([, line]) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0) return 'it contains no key';
  if (lines.length > MAX_LINES) return `it has ${lines.length} lines, at most ${MAX_LINES} are allowed`;
  for (const [index, line] of keys) {
    const problem = lineProblem(line);
    if (problem !== undefined) return lines.length > 1 ? `line ${index + 1}: ${problem}` : problem;
  }
  return undefined;
}

/** Throws `invalid` with the reason for the first element that is not a complete public key. */
export function checkSshKeys(keys: readonly string[]): void {
  keys.forEach((key, index) => {
    const problem = sshKeyProblem(key);
    if (problem === undefined) return;
    const expected = 'expected a line like "ssh-ed25519 AAAA… comment"';
    throw invalid(`ssh_pub_keys[${index}] is not a public key: ${problem}; ${expected}`);
  });
}

function lineProblem(line: string): string | undefined {
  if (Buffer.byteLength(line) > MAX_LINE_BYTES) return `it is longer than ${MAX_LINE_BYTES} bytes`;
  if (/[^\P{Cc}\t]/u.test(line)) return 'it contains control characters';
  const key = isTypeWord(line) ? line : afterOptions(line);
  const [type = '', blob = ''] = key.split(/[ \t]+/, 2);
  const fields = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (!fields) return typeProblem(type);
  if (blob === '') return `the ${type} key is missing after its type`;
  const decoded = Buffer.from(blob, 'base64');
  if (decoded.toString('base64') !== blob) return `the ${type} key is not valid base64, it may be truncated`;
  return blobProblem(decoded, type, fields);
}

/** Whether the line begins with a key type, known or not, rather than options. */
const isTypeWord = (line: string): boolean => /^(?:sk-)?(?:ssh|ecdsa|rsa|webauthn)-[^\s,="]*(?:\s|$)/.test(line);

function typeProblem(type: string): string {
  if (type === 'ssh-dss') return 'ssh-dss keys are too weak, OpenSSH no longer accepts them';
  if (type.includes('-cert-v01@')) return 'it is a certificate, expected the public key itself';
  return `it does not begin with a key type, expected one of ${KNOWN}`;
}

/** Checks a blob: type and fields in sequence, each preceded by its length, without trailing bytes. */
function blobProblem(blob: Buffer, type: string, fields: readonly Field[]): string | undefined {
  const expected: readonly Field[] = [{ name: 'type', check: text(type) }, ...fields];
  let offset = 0;
  for (const { name, check } of expected) {
    const length = blob.length - offset < 4 ? undefined : blob.readUInt32BE(offset);
    if (length === undefined || length > blob.length - offset - 4) return `the ${type} key is truncated in its ${name}`;
    const problem = check(blob.subarray(offset + 4, offset + 4 + length));
    if (problem !== undefined) return `the ${name} inside the ${type} key ${problem}`;
    offset += 4 + length;
  }
  return offset === blob.length
    ? undefined
    : `the ${type} key has ${pluralize(blob.length - offset, 'byte')} after its last field`;
}

/** The line without its first field; blanks inside double quotes do not end the field. */
function afterOptions(line: string): string {
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '"' && line[i - 1] !== '\\') quoted = !quoted;
    else if (!quoted && (line[i] === ' ' || line[i] === '\t')) return line.slice(i).trim();
  }
  return '';
}
