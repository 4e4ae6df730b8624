import { describe, expect, it } from 'vitest';
import { newBmcRecord } from '../bmc-record.js';
import { newMachine } from '../machine.js';
import type { Machine, MachineAllocation } from '../machine.js';
import { mergeBmcRecord, mergeHeldBmcRecord } from '../core/transitions/bmc-record.js';
import type { ReportedBmc } from '../core/transitions/bmc-record.js';
import { registerMachine } from '../core/transitions/hardware.js';
import { legacyTitle } from './registration.js';
import type { Registration } from './registration.js';

const [BEFORE, NOW] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'];
const FINDINGS = { partitionId: 'fra', rackId: 'r1', sizeId: 'c1' };

const REGISTRATION: Registration = {
  machineId: 'm1',
  partitionId: 'fra',
  hardware: { memory: 7, cpus: [], gpus: [], disks: [], nics: [] },
  bios: { version: '1', vendor: 'v', date: 'd' },
  bmc: undefined,
  tags: ['b', 'a', 'b'],
  metalHammerVersion: 'v2',
};

const machine = (fields: Partial<Machine> = {}) => ({ ...newMachine('m1', BEFORE), ...fields });

describe('registerMachine', () => {
  it('treats the registration of a machine known from events only as its first', () => {
    expect(registerMachine(machine(), REGISTRATION, FINDINGS)).toMatchObject({
      ...FINDINGS,
      created: BEFORE,
      hardware: { memory: 7 },
      bios: REGISTRATION.bios,
      tags: ['a', 'b'],
      led: { value: 'LED-OFF', description: 'Machine registered' },
      state: { value: '', metalHammerVersion: 'v2' },
    });
  });

  it('leaves tags, LED, state and allocation alone when repeated during a reinstallation', () => {
    const known = machine({
      sizeId: 'unknown',
      tags: ['x'],
      led: { value: 'LED-ON', description: 'look here' },
      state: { value: 'LOCKED', description: 'why', issuer: 'a@b.c', metalHammerVersion: 'v1' },
      allocation: { uuid: 'a1', reinstall: true } as MachineAllocation,
      waiting: true,
    });
    const after = registerMachine(known, REGISTRATION, FINDINGS);
    expect(after).toMatchObject({
      tags: ['x'],
      led: known.led,
      state: { ...known.state, metalHammerVersion: 'v2' },
      waiting: true,
      sizeId: 'c1',
    });
    expect(after.allocation).toBe(known.allocation);
  });

  it('leaves everything alone that the tenant of a held machine depends on', () => {
    const nics = [{ mac: 'aa', name: 'eth0', identifier: '', hostname: '', neighbors: [] }];
    const held = machine({
      partitionId: 'muc',
      rackId: 'r9',
      sizeId: 'c9',
      hardware: { ...REGISTRATION.hardware, memory: 9, nics },
      allocation: { uuid: 'a1' } as MachineAllocation,
    });
    expect(registerMachine(held, REGISTRATION, FINDINGS)).toEqual({
      ...held,
      bios: REGISTRATION.bios,
      state: { ...held.state, metalHammerVersion: 'v2' },
    });
  });

  it.each([
    [137_438_953_472, '137 GB'],
    [8_589_934_592, '8.6 GB'],
    [9_960_000_000, '10 GB'],
    [1_099_511_627_776, '1.1 TB'],
    [512, '512 B'],
    [0, '0 B'],
  ])('derives the legacy name of a machine with %d bytes of memory from its hardware', (memory, text) => {
    const cpus = [{ vendor: '', model: '', cores: 8, threads: 8 }];
    const title = legacyTitle({ ...REGISTRATION.hardware, cpus, memory });
    expect(title.name).toBe(`8-core/${text}`);
    expect(registerMachine(machine(), { ...REGISTRATION, title }, FINDINGS)).toMatchObject(title);
    const known = machine({ sizeId: 'unknown' });
    expect(registerMachine(known, { ...REGISTRATION, title }, FINDINGS).name).toBe('');
  });

  it('does not switch off an LED that was lit before', () => {
    const lit = machine({ led: { value: 'LED-ON', description: 'x' } });
    expect(registerMachine(lit, REGISTRATION, FINDINGS).led).toBe(lit.led);
  });
});

describe('mergeBmcRecord', () => {
  const reported: ReportedBmc = {
    address: '10.1.1.1:623',
    mac: 'aa',
    user: 'metal',
    password: 'secret',
    interface: 'lanplus',
    version: '1',
    powerState: 'ON',
    fru: { boardMfg: 'acme' },
  };

  it('is complete for an unknown BMC', () => {
    const { fru, ...rest } = mergeBmcRecord(undefined, 'm1', reported, NOW);
    expect(rest).toMatchObject({ id: 'm1', address: '10.1.1.1:623', lastUpdated: NOW, powerSupplies: [] });
    expect(fru).toMatchObject({ boardMfg: 'acme', productSerial: '' });
  });

  it('keeps values that are not reported', () => {
    const known = mergeBmcRecord(
      { ...newBmcRecord('m1'), powerSupplies: [{ health: 'OK', state: 'E' }] },
      'm1',
      reported,
      BEFORE,
    );
    const silent = { address: '', mac: '', user: '', password: '', interface: '', version: '', powerState: '' };
    const fru = { boardMfg: '', productSerial: '7' };
    expect(mergeBmcRecord(known, 'm1', { ...silent, fru }, NOW)).toEqual({
      ...known,
      fru: { ...known.fru, productSerial: '7' },
      lastUpdated: NOW,
    });
  });
});

describe('mergeHeldBmcRecord', () => {
  const known = {
    ...newBmcRecord('m1'),
    address: '10.1.1.1:623',
    mac: 'aa:bb',
    user: 'metal',
    password: 'before',
    interface: 'lanplus',
  };
  const reported: ReportedBmc = {
    ...known,
    mac: 'AA:BB',
    password: 'after',
    version: '9',
    powerState: 'OFF',
    fru: { boardMfg: 'x' },
  };

  it("takes only the new password set by the machine's installer", () => {
    expect(mergeHeldBmcRecord(known, reported)).toEqual({ ...known, password: 'after' });
  });

  it.each([
    ['address', { address: '10.6.6.6:623' }],
    ['port', { address: '10.1.1.1:6230' }],
    ['interface', { interface: 'lan' }],
    ['user', { user: 'root' }],
    ['MAC', { mac: 'cc:dd' }],
    ['nothing', { password: 'before' }],
    ['no password', { password: '' }],
    ['no user', { user: '' }],
    ['no address', { address: '' }],
  ])('changes nothing if the registration has another %s', (_what, other) => {
    expect(mergeHeldBmcRecord(known, { ...reported, ...other })).toBe(known);
  });

  it('does not add a BMC that was unknown before', () => {
    const blank = newBmcRecord('m1');
    expect(mergeHeldBmcRecord(blank, reported)).toBe(blank);
    expect(mergeHeldBmcRecord(blank, { ...reported, address: '', mac: '', user: '', interface: '' })).toBe(blank);
  });
});
