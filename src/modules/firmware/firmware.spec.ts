import { describe, expect, it } from 'vitest';
import { firmwareOf, keyOf, newFirmware } from './firmware.js';

describe('a firmware file', () => {
  it('lies under its kind and vendor in lower and its board in upper case, its revision as it is', () => {
    const firmware = newFirmware('BIOS', 'SuperMicro Inc', 'x11-a', 'R2.b');
    expect(keyOf(firmware)).toBe('bios/supermicro inc/X11-A/R2.b');
    expect(firmwareOf(keyOf(firmware))).toEqual(firmware);
  });

  it.each(['bios/a/B', 'bios/a/B/', 'bios/a/B/1/more', 'nic/a/B/1', 'BIOS/a/B/1', ''])('is not under %j', (key) => {
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
  ])('is refused as %j %j %j %j', (kind, vendor, board, revision, message) => {
    expect(() => newFirmware(kind, vendor, board, revision)).toThrow(message);
  });
});
