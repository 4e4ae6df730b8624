import { describe, expect, it } from 'vitest';
import { newBmcRecord } from '../bmc-record.js';
import { newMachine } from '../machine.js';
import { mergeBmcReport } from '../core/transitions/bmc-record.js';
import type { BmcReport } from '../core/transitions/bmc-record.js';
import { applyBmcReport } from '../core/transitions/hardware.js';
import { changedFields, reportedAddress } from './bmc-report.js';

const NOW = '2026-01-01T00:00:00.000Z';

const report = (fields: Partial<BmcReport> = {}): BmcReport => ({
  bmcIp: '10.0.0.1',
  bmcVersion: '',
  biosVersion: '',
  fru: {},
  powerState: '',
  indicatorLed: '',
  powerMetric: undefined,
  powerSupplies: [],
  ...fields,
});

describe('reportedAddress', () => {
  it.each([
    ['10.0.0.1', '', '10.0.0.1:623'],
    ['10.0.0.1', '10.0.0.9:6230', '10.0.0.1:6230'],
    ['10.0.0.1', '10.0.0.9', '10.0.0.1:623'],
    ['2001:DB8::1', '', '[2001:db8::1]:623'],
    ['2001:db8::1', '[2001:db8::2]:6230', '[2001:db8::1]:6230'],
    ['2001:db8::1', '10.0.0.1:6230', '[2001:db8::1]:6230'],
    ['::ffff:10.0.0.1', '', '10.0.0.1:623'],
    ['::FFFF:a00:1', '10.0.0.9:6230', '10.0.0.1:6230'],
    ['bmc-1.example', '', 'bmc-1.example:623'],
    ['BMC-1.Example', 'bmc-0.example:6230', 'bmc-1.example:6230'],
    ['fe80::1%eth0', '', '[fe80::1%eth0]:623'],
    ['fe80::2%br0', '[fe80::1%eth0]:6230', '[fe80::2%br0]:6230'],
    ['10.0.0.1', 'not an address', '10.0.0.1:623'],
    ['', '10.0.0.9:623', '10.0.0.9:623'],
    ['', '', ''],
  ])('host "%s" replacing "%s" results in "%s"', (host, known, expected) => {
    expect(reportedAddress(host, known)).toBe(expected);
  });

  it.each([
    '-H evil',
    'a b',
    '10.0.0.1:623',
    '[::1]',
    'a/b',
    '::g',
    '0.0.0.0',
    'ff02::1',
    '10.0.0.1%eth0',
    '999.1.1.1',
    'bmc_1',
    'x'.repeat(254),
  ])('rejects the host %s', (host) => {
    expect(reportedAddress(host, '')).toBeUndefined();
  });
});

describe('mergeBmcReport', () => {
  const known = {
    ...newBmcRecord('m'),
    mac: 'aa',
    user: 'u',
    password: 'p',
    interface: 'lanplus',
    version: '1',
    powerState: 'ON',
    fru: { ...newBmcRecord('m').fru, boardMfg: 'old', productSerial: 'S' },
    powerMetric: { averageConsumedWatts: 1, intervalInMin: 1, maxConsumedWatts: 1, minConsumedWatts: 1 },
    powerSupplies: [{ health: 'OK', state: 'Enabled' }],
  };

  it('takes reported values and keeps the credentials', () => {
    const found = report({ bmcVersion: '2', powerState: 'OFF', fru: { boardMfg: 'new' } });
    expect(mergeBmcReport(known, found, 'x:1', NOW)).toEqual({
      ...known,
      address: 'x:1',
      version: '2',
      powerState: 'OFF',
      fru: { ...known.fru, boardMfg: 'new' },
      powerSupplies: [],
      lastUpdated: NOW,
    });
  });

  it('keeps values that were not reported, except power supplies', () => {
    expect(mergeBmcReport(known, report(), 'x:1', NOW)).toEqual({
      ...known,
      address: 'x:1',
      powerSupplies: [],
      lastUpdated: NOW,
    });
  });

  it('changes only fields that differ', () => {
    const merged = mergeBmcReport(known, report({ fru: { boardMfg: 'old' }, powerState: 'ON' }), '', NOW);
    expect(changedFields(known, merged)).toEqual({ id: 'm', powerSupplies: [], lastUpdated: NOW });
  });
});

describe('applyBmcReport', () => {
  const machine = { ...newMachine('m', NOW), partitionId: 'fra', led: { value: 'LED-OFF', description: 'd' } as const };

  it('returns the same machine if nothing changes', () => {
    expect(applyBmcReport(machine, 'fra', report({ indicatorLed: 'LED-OFF' }))).toBe(machine);
    expect(applyBmcReport(machine, 'fra', report({ indicatorLed: 'Blinking' }))).toBe(machine);
  });

  it('updates BIOS version and LED, keeping the description', () => {
    const after = applyBmcReport(machine, 'fra', report({ biosVersion: '3', indicatorLed: 'LED-ON' }));
    expect(after.bios.version).toBe('3');
    expect(after.led).toEqual({ value: 'LED-ON', description: 'd' });
  });

  it('assigns a machine without a partition, and never moves one', () => {
    expect(applyBmcReport({ ...machine, partitionId: undefined }, 'fra', report()).partitionId).toBe('fra');
    expect(applyBmcReport(machine, 'muc', report({ biosVersion: '3' })).partitionId).toBe('fra');
  });
});
