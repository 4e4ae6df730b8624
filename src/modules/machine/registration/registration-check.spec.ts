import { describe, expect, it } from 'vitest';
import type { MachineNic } from '../hardware.js';
import type { BootInfo, Machine, MachineAllocation, MachineClaim, MachineRelease } from '../machine.js';
import { newMachine } from '../machine.js';
import { checkRegistration, sharesMac } from './registration-check.js';

const BEFORE = '2026-01-01T00:00:00.000Z';
const MACS = ['aa:00:00:00:00:01', 'aa:00:00:00:00:02'];

/** Cards connected to a port of each leaf: `leaf1/<port>` and `leaf2/<port>`. */
const cards = (port: string, macs: readonly string[] = MACS): MachineNic[] =>
  macs.map((mac, index) => {
    const neighbor = { mac: '', name: port, identifier: port, hostname: `leaf${index + 1}`, neighbors: [] };
    return { mac, name: `eth${index}`, identifier: mac, hostname: '', neighbors: [neighbor] };
  });

const hardwareWith = (nics: readonly MachineNic[]) => ({ memory: 1, cpus: [], gpus: [], disks: [], nics });

const machine = (fields: Partial<Machine> = {}) => ({
  ...newMachine('m1', BEFORE),
  partitionId: 'fra',
  sizeId: 'c1',
  hardware: hardwareWith(cards('swp1')),
  ...fields,
});

const allocation = (fields: Partial<MachineAllocation> = {}) =>
  ({ uuid: 'a1', reinstall: false, ...fields }) as MachineAllocation;
const bootInfo = { imageId: 'i' } as BootInfo;

const registering = (nics: readonly MachineNic[], partitionId = 'fra') => ({
  partitionId,
  hardware: hardwareWith(nics),
});

const surroundings = {
  portsSeen: (nics: readonly MachineNic[], partitionId: string | undefined) =>
    new Set(
      nics.flatMap(({ neighbors }) => neighbors.map((one) => `${partitionId ?? ''}/${one.hostname}/${one.identifier}`)),
    ),
  newestEvent: undefined,
};

const judge = (known: ReturnType<typeof machine> | undefined, nics: readonly MachineNic[], partitionId = 'fra') =>
  checkRegistration(known, registering(nics, partitionId), surroundings);

const STRANGERS = ['bb:00:00:00:00:01', 'bb:00:00:00:00:02'];
const owned: [string, Partial<Machine>][] = [
  ['is being installed', { allocation: allocation() }],
  ['is installed', { allocation: allocation({ bootInfo }) }],
  ['is being allocated', { claim: {} as MachineClaim }],
  ['is being freed', { allocation: allocation({ bootInfo }), release: {} as MachineRelease }],
];

describe('registration of a machine without a tenant', () => {
  it.each([
    ['is new', undefined, cards('swp1')],
    ['is known from events only', machine({ hardware: hardwareWith([]) }), cards('swp1')],
    ['registers again', machine(), cards('swp1')],
    ['was plugged in elsewhere', machine(), cards('swp2')],
    ['was plugged in elsewhere, with one new card', machine(), cards('swp2', [STRANGERS[0]!, MACS[1]!])],
    ['got new cards in the same place', machine(), cards('swp1', STRANGERS)],
    ['spells its addresses differently', machine(), cards('swp2', ['AA-00-00-00-00-01', STRANGERS[1]!])],
    [
      'is being reinstalled and was plugged in elsewhere',
      machine({ allocation: allocation({ reinstall: true, bootInfo }) }),
      cards('swp2'),
    ],
  ])('accepts a machine that %s', (_what, known, nics) => {
    expect(judge(known, nics)).toBe('open');
  });

  it.each([
    ['other cards at other ports', cards('swp2', STRANGERS)],
    ['no cards', []],
    ['no addresses', cards('swp2', ['', ''])],
    ['zeros only', cards('swp2', ['00:00:00:00:00:00', '00:00:00:00:00:00'])],
    ['the broadcast address', cards('swp2', ['ff:ff:ff:ff:ff:ff', 'FF-FF-FF-FF-FF-FF'])],
    ['a multicast address', cards('swp2', ['01:80:c2:00:00:0e', '33:33:00:00:00:01'])],
  ])('rejects a machine with %s', (_what, nics) => {
    const shared = ['', '00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff', '01:80:c2:00:00:0e'].map(
      (mac) => cards('swp1', [mac])[0]!,
    );
    const known = machine({ hardware: hardwareWith([...cards('swp1'), ...shared]) });
    expect(() => judge(known, nics)).toThrow('second server');
  });

  it('rejects other cards in another partition', () => {
    expect(() => judge(machine(), cards('swp1', STRANGERS), 'muc')).toThrow('second server');
  });

  it('rejects other cards at other ports even during a reinstallation', () => {
    const known = machine({ allocation: allocation({ reinstall: true, bootInfo }) });
    expect(() => judge(known, cards('swp2', STRANGERS))).toThrow('second server');
  });
});

describe.each(owned)('registration of a machine that %s', (_what, fields) => {
  it('leaves everything alone that its tenant depends on', () => {
    expect(judge(machine(fields), cards('swp1'))).toBe('held');
    expect(judge(machine(fields), cards('swp1', [MACS[0]!, STRANGERS[1]!]))).toBe('held');
    expect(judge(machine({ ...fields, hardware: hardwareWith([]) }), cards('swp1'))).toBe('held');
  });

  it.each([
    ['other ports', cards('swp2'), 'fra', 'must stay at its switch ports'],
    ['one port less', cards('swp1').slice(0, 1), 'fra', 'must stay at its switch ports'],
    ['one port more', [...cards('swp1'), ...cards('swp2')], 'fra', 'must stay at its switch ports'],
    ['another partition', cards('swp1'), 'muc', 'must stay at its switch ports'],
    ['other cards', cards('swp1', STRANGERS), 'fra', 'second server'],
    ['other cards and ports', cards('swp2', STRANGERS), 'fra', 'second server'],
    ['no cards', [], 'fra', 'second server'],
  ])('rejects %s', (_case, nics, partition, message) => {
    expect(() => judge(machine(fields), nics, partition)).toThrow(message);
  });
});

describe('an installer that starts on an installed machine', () => {
  const [EARLIER, LATER] = ['2025-12-31T00:00:00.000Z', '2026-01-01T00:00:01.000Z'];
  const known = machine({ allocation: allocation({ bootInfo }) });
  const with_ = (event: string, time: string, subject = known) =>
    checkRegistration(subject, registering(cards('swp1')), { ...surroundings, newestEvent: { event, time } as never });

  it.each(['PXE Booting', 'Preparing', 'Registering'])('is rejected after %s, before it wipes the disks', (event) => {
    expect(() => with_(event, LATER)).toThrow('request a reinstallation');
  });

  it.each([
    ['Registering', EARLIER, known],
    ['Phoned Home', LATER, known],
    ['Booting New Kernel', LATER, known],
    ['Registering', LATER, machine({ allocation: allocation() })],
    ['Registering', LATER, machine({ allocation: allocation({ bootInfo }), release: {} as MachineRelease })],
  ])('is not detected for %s at %s', (event, time, subject) => {
    expect(with_(event, time, subject)).toBe('held');
  });
});

describe('sharesMac', () => {
  const one = (mac: string) => cards('swp1', [mac]);
  it.each([
    ['aa:00:00:00:00:01', 'AA:00:00:00:00:01', true],
    ['aa-00-00-00-00-01', 'aa:00:00:00:00:01', true],
    ['aa:00:00:00:00:01', 'aa:00:00:00:00:02', false],
    ['00:00:00:00:00:00', '00:00:00:00:00:00', false],
    ['', '', false],
    ['02:00:00:00:00:01', '02:00:00:00:00:01', true],
    ['ff:ff:ff:ff:ff:ff', 'ff:ff:ff:ff:ff:ff', false],
  ])('%s and %s belong to the same card: %s', (a, b, expected) => {
    expect(sharesMac(one(a), one(b))).toBe(expected);
  });

  it('ignores cards that were never plugged in', () => {
    const unplugged = one('be:3a:f2:b6:05:9f').map((nic) => ({ ...nic, neighbors: [] }));
    expect(sharesMac(unplugged, unplugged)).toBe(false);
    expect(sharesMac(unplugged, one('be:3a:f2:b6:05:9f'))).toBe(true);
    expect(sharesMac(one('be:3a:f2:b6:05:9f'), unplugged)).toBe(true);
  });
});
