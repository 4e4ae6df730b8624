import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REFUSED_SSH_KEYS, SSH_KEYS } from '../../../../test/support/ssh-keys.js';
import { sshKeyProblem } from './ssh-key.js';

const { rsa, ed25519, ecdsa256, skEd25519 } = SSH_KEYS;

const field = (content: Buffer | string): Buffer => {
  const bytes = Buffer.from(content as string, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** A key line whose blob has the given fields after its type. */
const keyOf = (type: string, fields: readonly (Buffer | string)[], inner = type, behind = ''): string =>
  `${type} ${Buffer.concat([field(inner), ...fields.map(field), Buffer.from(behind)]).toString('base64')}`;

const zeros = (length: number, first = 0): Buffer => Buffer.concat([Buffer.from([first]), Buffer.alloc(length - 1)]);

describe('sshKeyProblem', () => {
  it.each(Object.entries(SSH_KEYS))('accepts a key of type %s', (_, key) => {
    expect(sshKeyProblem(key)).toBeUndefined();
    expect(sshKeyProblem(key.split(' ').slice(0, 2).join(' '))).toBeUndefined();
  });

  it.each([
    ['a long comment', `${ed25519} of me, myself & I <me@example.org> 👩‍💻`],
    ['options', `command="echo \\"a b\\"",no-pty,from="10.0.0.0/8" ${ed25519}`],
    ['one option', `restrict ${rsa}`],
    ['options without type in them', `environment="A=ssh-rsa b" ${ecdsa256}`],
    ['tabs', ed25519.replaceAll(' ', '\t')],
    ['blanks around', `  ${ed25519}  `],
    ['a line end of Windows', `${ed25519}\r\n`],
    ['several keys and comments', `# mine\r\n${ed25519}\r\n\r\n${rsa}\n# theirs\n${skEd25519}\n`],
    ['an RSA key of 1024 bits', keyOf('ssh-rsa', [Buffer.from([1, 0, 1]), zeros(129).fill(0x80, 1, 2)])],
  ])('accepts %s', (_, key) => expect(sshKeyProblem(key)).toBeUndefined());

  it.each([
    ['nothing', '', 'it contains no key'],
    ['blanks', ' \r\n\t', 'it contains no key'],
    ['comments only', '# ssh-rsa AAAA', 'it contains no key'],
    ['a type without key', 'ssh-ed25519', 'missing after its type'],
    ['a path', '/root/.ssh/id_rsa.pub', 'does not begin with a key type'],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\nabc', 'line 1: it does not begin with a key type'],
    ['no base64', 'ssh-ed25519 !!!!', 'not valid base64'],
    ['base64 without its padding', rsa.replace(/=+( |$)/, '$1').replace(/(ssh-rsa \S+)\S( |$)/, '$1$2'), 'ssh-rsa key'],
    ['a key without type', ed25519.split(' ')[1]!, 'does not begin with a key type'],
    ['an unknown type', keyOf('ssh-foo', ['x']), 'expected one of ssh-rsa, ssh-ed25519'],
    ['a DSA key', REFUSED_SSH_KEYS.dsa, 'too weak'],
    ['a certificate', REFUSED_SSH_KEYS.certificate, 'is a certificate'],
    ['another type inside', keyOf('ssh-rsa', [zeros(32, 1)], 'ssh-ed25519'), 'the type inside the ssh-rsa key is not'],
    ['another type outside', ed25519.replace('ssh-ed25519', 'ssh-rsa'), 'the type inside the ssh-rsa key is not'],
    ['another curve inside', ecdsa256.replace('nistp256', 'nistp384'), 'is not "ecdsa-sha2-nistp384"'],
    ['a curve that is not its type', keyOf('ecdsa-sha2-nistp256', ['nistp384', zeros(65, 4)]), 'curve inside'],
    ['a compressed point', keyOf('ecdsa-sha2-nistp256', ['nistp256', zeros(33, 2)]), 'not an uncompressed point'],
    ['a short point', keyOf('ecdsa-sha2-nistp521', ['nistp521', zeros(97, 4)]), 'has 97 bytes instead of 133'],
    ['a short ed25519 key', keyOf('ssh-ed25519', [zeros(31)]), 'has 31 bytes instead of 32'],
    ['an empty ed25519 key', keyOf('ssh-ed25519', ['']), 'has 0 bytes instead of 32'],
    ['a key without fields', keyOf('ssh-ed25519', []), 'truncated in its public key'],
    ['a tiny RSA key', keyOf('ssh-rsa', [Buffer.from([1, 0, 1]), zeros(64, 0x7f)]), 'has 511 bits'],
    ['a huge RSA key', keyOf('ssh-rsa', [Buffer.from([3]), zeros(2050, 0x7f)]), 'more than 16384 bits'],
    ['an RSA key without exponent', keyOf('ssh-rsa', ['', zeros(256, 0x7f)]), 'exponent inside'],
    ['a token without application', keyOf('sk-ssh-ed25519@openssh.com', [zeros(32), '']), 'application inside'],
    ['trailing bytes', keyOf('ssh-ed25519', [zeros(32)], 'ssh-ed25519', 'x'), 'has 1 byte after its last field'],
    ['a valid key before a truncated one', `${ed25519}\n${rsa.slice(0, 100)}`, 'line 2: the ssh-rsa key'],
    ['a control character', `${ed25519} \u001b[2J`, 'control characters'],
    ['a NUL', `${ed25519}\0`, 'control characters'],
    ['an oversized line', `${ed25519} ${'x'.repeat(9000)}`, 'longer than 8192 bytes'],
    ['too many lines', `${ed25519}\n`.repeat(200), 'at most 100 are allowed'],
    ['options without end', `command="x ${ed25519}`, 'does not begin with a key type'],
  ])('rejects %s', (_, key, reason) => expect(sshKeyProblem(key)).toContain(reason));

  it.each(Object.entries(SSH_KEYS))('rejects a key of type %s that is truncated anywhere', (_, key) => {
    const [type = '', blob = ''] = key.split(' ');
    for (let length = 0; length < blob.length; length++) {
      expect(sshKeyProblem(`${type} ${blob.slice(0, length)}`), String(length)).toBeDefined();
    }
  });

  it('never throws', () => {
    const parts = fc.constantFrom(
      ...Object.values(SSH_KEYS),
      ...Object.keys(SSH_KEYS),
      'ssh-rsa ',
      '"',
      ' ',
      '\n',
      'AAAA',
    );
    const texts = fc.array(fc.oneof(parts, fc.string({ unit: 'binary' }))).map((all) => all.join(''));
    fc.assert(fc.property(texts, (text) => void sshKeyProblem(text)));
  });
});
