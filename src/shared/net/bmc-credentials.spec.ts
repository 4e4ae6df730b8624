import { describe, expect, it } from 'vitest';
import { BMC_PASSWORD_BYTES, BMC_USER_BYTES, bytesOver } from './bmc-credentials.js';

describe('the limits of IPMI', () => {
  it.each([
    ['', BMC_USER_BYTES],
    ['a'.repeat(16), BMC_USER_BYTES],
    ['ä'.repeat(8), BMC_USER_BYTES],
    ['p'.repeat(20), BMC_PASSWORD_BYTES],
    ['😀'.repeat(5), BMC_PASSWORD_BYTES],
  ])('allow %j with at most %i bytes', (value, most) => expect(bytesOver('value', value, most)).toBeUndefined());

  it.each([
    ['a'.repeat(17), BMC_USER_BYTES, 17],
    ['ä'.repeat(9), BMC_USER_BYTES, 18],
    ['p'.repeat(21), BMC_PASSWORD_BYTES, 21],
    ['😀'.repeat(6), BMC_PASSWORD_BYTES, 24],
    ['\0'.repeat(21), BMC_PASSWORD_BYTES, 21],
    [`${'p'.repeat(19)}ß`, BMC_PASSWORD_BYTES, 21],
  ])('count bytes, and do not quote %j', (value, most, bytes) => {
    expect(bytesOver('password', value, most)).toBe(`the password has ${bytes} bytes, IPMI takes at most ${most}`);
  });
});
