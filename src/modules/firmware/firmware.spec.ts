import { describe, expect, it } from 'vitest';
import { firmwareOf, firmwareObjectKey, newFirmware } from './firmware.js';

describe('firmware object keys', () => {
  it('use lower case for kind and vendor, upper case for the board, and keep the revision', () => {
    const firmware = newFirmware('BIOS', 'SuperMicro Inc', 'x11-a', 'R2.b');
    expect(firmwareObjectKey(firmware)).toBe('bios/supermicro inc/X11-A/R2.b');
    expect(firmwareOf(firmwareObjectKey(firmware))).toEqual(firmware);
  });

  it.each(['bios/a/B', 'bios/a/B/', 'bios/a/B/1/more', 'nic/a/B/1', 'BIOS/a/B/1', ''])('do not include %j', (key) => {
    expect(firmwareOf(key)).toBeUndefined();
  });

  it.each([
    ['nic', 'a', 'b', '1', /kind "nic"/],
    ['bios', '', 'b', '1', /vendor ""/],
    ['bios', 'a', '..', '1', /board "\.\."/],
    ['bios', 'a', 'b', '.', /revision "\."/],
    ['bios', 'a', 'b', '1/2', /revision "1\/2"/],
    ['bmc', 'a', 'b\n', '1', /board/],
    ['bmc', 'ü'.repeat(128), 'b', '1', /vendor/],
  ])('reject %j %j %j %j', (kind, vendor, board, revision, message) => {
    expect(() => newFirmware(kind, vendor, board, revision)).toThrow(message);
  });
});
