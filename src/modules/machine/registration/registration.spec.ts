import { describe, expect, it } from 'vitest';
import { newBmc, newMachine } from '../machine.js';
import type { Machine, MachineAllocation } from '../machine.js';
import { heldBmc, mergedBmc, registered, titleOf2021 } from './registration.js';
import type { Registration, ReportedBmc } from './registration.js';

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

describe('a registration', () => {
  it('of a machine that only an event announced is its first', () => {
    expect(registered(machine(), REGISTRATION, FINDINGS, NOW)).toMatchObject({
      ...FINDINGS,
      created: BEFORE,
      changed: NOW,
      hardware: { memory: 7 },
      bios: REGISTRATION.bios,
      tags: ['a', 'b'],
      led: { value: 'LED-OFF', description: 'Machine registered' },
      state: { value: '', metalHammerVersion: 'v2' },
    });
  });

  it('repeated leaves tags, LED, state and allocation alone', () => {
    const known = machine({
      sizeId: 'unknown',
      tags: ['x'],
      led: { value: 'LED-ON', description: 'look here' },
      state: { value: 'LOCKED', description: 'why', issuer: 'a@b.c', metalHammerVersion: 'v1' },
      allocation: { uuid: 'a1' } as MachineAllocation,
      waiting: true,
    });
    const after = registered(known, REGISTRATION, FINDINGS, NOW);
    expect(after).toMatchObject({
      tags: ['x'],
      led: known.led,
      state: { ...known.state, metalHammerVersion: 'v2' },
      waiting: true,
      sizeId: 'c1',
    });
    expect(after.allocation).toBe(known.allocation);
  });

  it('of a held machine leaves alone what its tenant depends on', () => {
    const nics = [{ mac: 'aa', name: 'eth0', identifier: '', hostname: '', neighbors: [] }];
    const held = machine({
      partitionId: 'muc',
      rackId: 'r9',
      sizeId: 'c9',
      hardware: { ...REGISTRATION.hardware, memory: 9, nics },
      allocation: { uuid: 'a1' } as MachineAllocation,
    });
    expect(registered(held, REGISTRATION, FINDINGS, NOW, 'held')).toEqual({
      ...held,
      bios: REGISTRATION.bios,
      state: { ...held.state, metalHammerVersion: 'v2' },
      changed: NOW,
    });
  });

  it.each([
    [137_438_953_472, '137 GB'],
    [8_589_934_592, '8.6 GB'],
    [9_960_000_000, '10 GB'],
    [1_099_511_627_776, '1.1 TB'],
    [512, '512 B'],
    [0, '0 B'],
  ])('names a machine of 2021 with %d bytes of memory after its hardware', (memory, text) => {
    const cpus = [{ vendor: '', model: '', cores: 8, threads: 8 }];
    const title = titleOf2021({ ...REGISTRATION.hardware, cpus, memory });
    expect(title.name).toBe(`8-core/${text}`);
    expect(registered(machine(), { ...REGISTRATION, title }, FINDINGS, NOW)).toMatchObject(title);
    const known = machine({ sizeId: 'unknown' });
    expect(registered(known, { ...REGISTRATION, title }, FINDINGS, NOW).name).toBe('');
  });

  it('does not switch off an LED that somebody lit', () => {
    const lit = machine({ led: { value: 'LED-ON', description: 'x' } });
    expect(registered(lit, REGISTRATION, FINDINGS, NOW).led).toBe(lit.led);
  });
});

describe('BMC data of a registration', () => {
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

  it('is complete for a BMC that was unknown', () => {
    const { fru, ...rest } = mergedBmc(undefined, 'm1', reported, NOW);
    expect(rest).toMatchObject({ id: 'm1', address: '10.1.1.1:623', lastUpdated: NOW, powerSupplies: [] });
    expect(fru).toMatchObject({ boardMfg: 'acme', productSerial: '' });
  });

  it('keeps what it does not say', () => {
    const known = mergedBmc({ ...newBmc('m1'), powerSupplies: [{ health: 'OK', state: 'E' }] }, 'm1', reported, BEFORE);
    const silent = { address: '', mac: '', user: '', password: '', interface: '', version: '', powerState: '' };
    const fru = { boardMfg: undefined, productSerial: '7' };
    expect(mergedBmc(known, 'm1', { ...silent, fru }, NOW)).toEqual({
      ...known,
      fru: { ...known.fru, productSerial: '7' },
      lastUpdated: NOW,
    });
  });
});

describe('the BMC of a held machine', () => {
  const known = {
    ...newBmc('m1'),
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

  it('gets the new password of its own installer, and nothing else', () => {
    expect(heldBmc(known, reported)).toEqual({ ...known, password: 'after' });
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
  ])('stays as it is when a registration has another %s', (_what, other) => {
    expect(heldBmc(known, { ...reported, ...other })).toBe(known);
  });

  it('that nobody knows is not made known by a registration', () => {
    const blank = newBmc('m1');
    expect(heldBmc(blank, reported)).toBe(blank);
    expect(heldBmc(blank, { ...reported, address: '', mac: '', user: '', interface: '' })).toBe(blank);
  });
});
