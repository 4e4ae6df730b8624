import { describe, expect, it } from 'vitest';
import { parseBytes, parseFru, parseGuid, parsePowerReading, parseSensors, parseSupplies } from './ipmi-inspection.js';

describe('output of ipmitool', () => {
  it('of raw commands is read from the lines of bytes, whatever is around them', () => {
    expect(parseBytes('Running Get PICMG Properties\n 21 10 40 54\n')).toEqual([0x21, 0x10, 0x40, 0x54]);
    expect(parseBytes(' 00 01\n 02\nnoise\n 03\n')).toEqual([0, 1, 2]);
    expect(parseBytes('Unable to send RAW command')).toEqual([]);
  });

  it.each([
    ['SMBIOS', '5e 0a 1c 3f 11 22 33 44 80 00 00 00 00 00 00 01', '3f1c0a5e-2211-4433-8000-000000000001'],
    ['IPMI', '01 00 00 00 00 00 00 80 33 44 22 11 5e 0a 1c 3f', '3f1c0a5e-1122-4433-8000-000000000001'],
    ['RFC 4122', '3f 1c 0a 5e 22 11 44 03 80 00 00 00 00 00 00 01', '3f1c0a5e-2211-4403-8000-000000000001'],
  ])('of the GUID is read in the byte order of %s', (_, bytes, uuid) => {
    expect(parseGuid(` ${bytes}\n`)).toBe(uuid);
  });

  it.each(['', 'ff '.repeat(16), '00 '.repeat(16), '01 02'])('of the GUID "%s" is not a UUID', (bytes) => {
    expect(parseGuid(bytes)).toBeUndefined();
  });

  it('of FRU, power and supplies is read by names', () => {
    const fru = [
      ' Board Mfg Date        : Mon Jan  1 00:00:00 1996',
      ' Board Mfg             : Supermicro',
      ' Board Serial          : \u001b[31mZM1\u0007',
      ' Board Part Number     : X11DPT-B',
      ' Product Serial        : ',
    ].join('\n');
    expect(parseFru(fru)).toMatchObject({ boardMfg: 'Supermicro', boardMfgSerial: 'ZM1', boardPartNumber: 'X11DPT-B' });
    expect(parseFru(fru).productSerial).toBeUndefined();
    const power = [
      '    Instantaneous power reading:                   220 Watts',
      '    Minimum during sampling period:                 13 Watts',
      '    Maximum during sampling period:                436 Watts',
      '    Average power reading over sample period:      218 Watts',
      '    Sampling period:                          00000300 Seconds.',
    ].join('\n');
    expect(parsePowerReading(power)).toEqual({ average: 218, min: 13, max: 436, intervalInMin: 5 });
    expect(parsePowerReading('DCMI request failed')).toBeUndefined();
    const supplies = [
      'PS1 Status       | C8h | ok  | 10.1 | Presence detected',
      'PS2 Status       | C9h | ok  | 10.2 | Presence detected, Power Supply AC lost',
      'PS3 Status       | CAh | ns  | 10.3 | No Reading',
    ].join('\n');
    expect(parseSupplies(supplies)).toEqual([
      { health: 'OK', state: 'Enabled' },
      { health: 'Critical', state: 'Enabled' },
    ]);
  });

  it('of sensors is read where there is a reading, in bounds', () => {
    const lines = ['CPU1 Temp,41,degrees C,ok', 'FAN1,5400,RPM,cr', 'FAN2,na,,ns', '12V,12.06,Volts,ok', ',1,,'];
    expect(parseSensors(lines.join('\n'))).toEqual([
      { name: 'CPU1 Temp', reading: 41, unit: 'Cel', health: 'OK' },
      { name: 'FAN1', reading: 5400, unit: 'RPM', health: 'Critical' },
      { name: '12V', reading: 12.06, unit: 'V', health: 'OK' },
    ]);
    expect(parseSensors('a,1,x,ok\n'.repeat(5000))).toHaveLength(100);
  });
});
