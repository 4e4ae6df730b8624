import { describe, expect, it } from 'vitest';
import type { FilesystemLayout } from '../../filesystem-layout/filesystem-layout.js';
import type { Image } from '../../image/image.js';
import { newMachine } from '../machine.js';
import type { Machine, MachineAllocation } from '../machine.js';
import { reinstallableAllocation } from '../core/transitions/installation.js';
import { checkImageRole, reinstallLayout } from './reinstall.js';

const layout = (fields: Partial<FilesystemLayout> = {}): FilesystemLayout => ({
  id: 'default',
  revision: 1,
  name: '',
  description: '',
  created: '',
  changed: '',
  filesystems: [],
  disks: [{ device: '/dev/sda', partitions: [{ number: 1, size: 100 }], wipeOnReinstall: true }],
  raid: [],
  volumeGroups: [],
  logicalVolumes: [],
  constraints: { sizes: ['c1'], images: { ubuntu: '>= 20.04', debian: '12' } },
  ...fields,
});

const image = (id: string, features: Image['features'] = ['machine']): Image => ({ id, features }) as Image;

const allocation = (fields: Partial<MachineAllocation> = {}): MachineAllocation =>
  ({ role: 'machine', imageId: 'ubuntu-20.04.1', filesystemLayout: layout(), ...fields }) as MachineAllocation;

const machine = (fields: Partial<Machine> = {}): Machine => {
  const empty = newMachine('m', '');
  const hardware = { ...empty.hardware, disks: [{ name: 'sda', size: 1024 ** 3 }] };
  return { ...empty, revision: 1, sizeId: 'c1', hardware, allocation: allocation(), ...fields };
};

const never = (): FilesystemLayout => {
  throw new Error('no layout is to be chosen');
};

describe('reinstallableAllocation', () => {
  it('returns the allocation, whether the machine is reserved or not', () => {
    const subject = machine({ state: { value: 'TAINTED', description: '', issuer: '', metalHammerVersion: '' } });
    expect(reinstallableAllocation(subject)).toBe(subject.allocation);
  });

  it.each([
    ['free', { allocation: undefined }],
    ['being freed', { release: { id: 'r', allocation: 'a', deadline: '' } }],
    ['locked', { state: { value: 'LOCKED', description: 'why', issuer: '', metalHammerVersion: '' } }],
  ] as const)('rejects a machine that is %s', (_, fields) => {
    expect(() => reinstallableAllocation(machine(fields))).toThrow(expect.objectContaining({ kind: 'malformed' }));
  });
});

describe('checkImageRole', () => {
  it('requires a firewall image for a firewall', () => {
    const firewall = allocation({ role: 'firewall' });
    checkImageRole(image('fw-1.0.1', ['firewall']), firewall);
    expect(() => checkImageRole(image('ubuntu-20.04.1'), firewall)).toThrow(
      /does not support the role firewall.*machine/,
    );
  });
});

describe('reinstallLayout', () => {
  const of = (fields: Partial<MachineAllocation>, newImage: string, choose = never) =>
    reinstallLayout(machine(), allocation(fields), image(newImage), choose);

  it('keeps the layout of the allocation', () => {
    expect(of({}, 'ubuntu-22.04.1').id).toBe('default');
  });

  it('chooses a layout for an old allocation without one', () => {
    expect(of({ filesystemLayout: undefined }, 'ubuntu-22.04.1', () => layout({ id: 'chosen' })).id).toBe('chosen');
  });

  it('rejects a layout that wipes no disk', () => {
    const disks = [{ device: '/dev/sda', partitions: [], wipeOnReinstall: false }];
    expect(() => of({ filesystemLayout: layout({ disks }) }, 'ubuntu-22.04.1')).toThrow(
      /not allow any disk to be wiped/,
    );
  });

  it('rejects a layout that does not fit the disks', () => {
    const disks = [{ device: '/dev/nvme0n1', partitions: [], wipeOnReinstall: true }];
    expect(() => of({ filesystemLayout: layout({ disks }) }, 'ubuntu-22.04.1')).toThrow(/\/dev\/nvme0n1/);
  });

  it('rejects an image that the layout does not match', () => {
    expect(() => of({}, 'ubuntu-18.04.1')).toThrow(/does not match image "ubuntu-18.04.1"/);
  });

  it('keeps a layout that was requested by name although it never matched', () => {
    const constraints = { sizes: [], images: {} };
    expect(of({ filesystemLayout: layout({ constraints }) }, 'ubuntu-18.04.1').id).toBe('default');
  });
});
