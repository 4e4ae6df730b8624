import { beforeEach, describe, expect, it } from 'vitest';
import { bmcTarget } from '../../bmc/bmc-target.js';
import type { BmcDriver, BmcReader } from '../../bmc/bmc-driver.js';
import { Random } from '../random.js';
import { Conditions } from './conditions.js';
import type { FaultKind } from './fault.js';
import { FaultyBmcDriver } from './faulty-bmc-driver.js';

const TARGET = bmcTarget({ address: '10.0.0.1:623', user: 'metal', password: 'secret', interface: 'lanplus' });

describe('FaultyBmcDriver', () => {
  let calls: string[];
  let isOn: boolean;
  let conditions: Conditions;
  let driver: FaultyBmcDriver;

  beforeEach(() => {
    calls = [];
    isOn = false;
    // 30 seconds of the schedule are less than a millisecond.
    conditions = new Conditions({ speed: 100_000 });
    const inner: Partial<BmcDriver & BmcReader> = {
      isOn: async () => isOn,
      power: async (_, action) => void calls.push(action),
      setBootDevice: async (_, device) => void calls.push(device),
    };
    driver = new FaultyBmcDriver(inner as BmcDriver & BmcReader, conditions, new Random(1), () => 'm');
  });
  const begin = (kind: FaultKind, subject = 'm') => {
    const fault = { kind, at: 0, lasts: 1000, subject };
    conditions.begin(fault);
    return fault;
  };

  it('passes everything on, also while others have faults', async () => {
    begin('BMC dead', 'another');
    await driver.power(TARGET, 'cycle');
    await driver.setBootDevice(TARGET, 'pxe');
    expect(calls).toEqual(['cycle', 'pxe']);
  });

  it('reaches no dead BMC', async () => {
    const fault = begin('BMC dead');
    await expect(driver.power(TARGET, 'on')).rejects.toMatchObject({ failure: 'unreachable', isRetryable: true });
    expect(calls).toEqual([]);
    conditions.end(fault);
    await driver.power(TARGET, 'on');
    expect(calls).toEqual(['on']);
  });

  it('lets a slow BMC do what it was asked to, also when the answer comes too late', async () => {
    begin('BMC slow');
    const results = [];
    for (let n = 0; n < 20; n++) results.push(await driver.power(TARGET, 'reset').catch((error: unknown) => error));
    expect(calls).toHaveLength(20);
    const late = results.filter((result) => result !== undefined);
    expect(late.length).toBeGreaterThan(0);
    expect(late.length).toBeLessThan(20);
    expect(late[0]).toMatchObject({ failure: 'timeout' });
  });

  it('lets a lying BMC report success and do nothing', async () => {
    const fault = begin('BMC lying');
    await driver.power(TARGET, 'on');
    await driver.setBootDevice(TARGET, 'disk');
    expect(calls).toEqual([]);
    expect(await driver.isOn(TARGET)).toBe(true);
    await driver.power(TARGET, 'off');
    isOn = true;
    expect(await driver.isOn(TARGET)).toBe(false);
    conditions.end(fault);
    expect(await driver.isOn(TARGET)).toBe(true);
  });
});
