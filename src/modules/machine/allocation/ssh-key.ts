const KEY_TYPES = new Set([
  'ssh-rsa',
  'ssh-dss',
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
]);

/**
 * True when the text has a valid authorized_keys line (sshd(8), AUTHORIZED_KEYS FILE FORMAT): options in front and a
 * comment behind are allowed, lines before the first valid one are passed over (reference/10 §3.3.5).
 */
export const isAuthorizedKey = (text: string): boolean => text.split(/\r?\n/).some((line) => isKeyLine(line.trim()));

function isKeyLine(line: string): boolean {
  if (line === '' || line.startsWith('#')) return false;
  return isKey(line) || isKey(afterOptions(line));
}

/** `<type> <base64> [comment]`, where the blob names a known type itself (RFC 4253 §6.6). */
function isKey(text: string): boolean {
  const [, blob = ''] = text.split(/[ \t]+/, 2);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(blob)) return false;
  const bytes = Buffer.from(blob, 'base64');
  if (bytes.length < 4) return false;
  const length = bytes.readUInt32BE(0);
  return bytes.length > 4 + length && KEY_TYPES.has(bytes.toString('latin1', 4, 4 + length));
}

/** The line without its first field, in which blanks inside double quotes do not count. */
function afterOptions(line: string): string {
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '"' && line[i - 1] !== '\\') quoted = !quoted;
    else if (!quoted && (line[i] === ' ' || line[i] === '\t')) return line.slice(i).trim();
  }
  return '';
}
