import { describe, expect, it } from 'vitest';
import { isAuthorizedKey } from './ssh-key.js';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGqtYZJ6W3f8Hn1qk0b2l1JmD3kA2b0bWZlY3JldGtleTEy';

describe('isAuthorizedKey', () => {
  it.each([
    ['a bare key', KEY, true],
    ['a key with comment', `${KEY} me@host`, true],
    ['a key with options', `command="echo \\"a b\\"",no-pty ${KEY}`, true],
    ['a key behind other lines', `# comment\nrubbish\n${KEY}`, true],
    ['nothing', '', false],
    ['a key without blob', 'ssh-ed25519', false],
    [
      'a blob of an unknown type',
      `ssh-ed25519 ${Buffer.from('\0\0\0\x03fooxxxx', 'latin1').toString('base64')}`,
      false,
    ],
    ['a truncated blob', 'ssh-ed25519 AAAAC3Nz', false],
    ['blob that is no base64', 'ssh-ed25519 !!!!', false],
  ])('%s', (_, text, valid) => expect(isAuthorizedKey(text)).toBe(valid));
});
