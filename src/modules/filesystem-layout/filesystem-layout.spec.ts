import { describe, expect, it } from 'vitest';
import { parseImageId } from '../image/image.js';
import { isReinstallable, layoutProblem, matchesSelection } from './filesystem-layout.js';
import type { FilesystemLayout } from './filesystem-layout.js';
import { parseLayoutDraft } from './layout-draft.js';
import type { LayoutDraft } from './layout-draft.js';
import { checkCollisions, checkLayout } from './layout-validation.js';

const EMPTY: LayoutDraft = {
  name: '',
  description: '',
  filesystems: [],
  disks: [],
  raid: [],
  volumeGroups: [],
  logicalVolumes: [],
  constraints: { sizes: [], images: {} },
};

const layout = (id: string, draft: Partial<LayoutDraft>): FilesystemLayout => ({
  id,
  revision: 1,
  created: '',
  changed: '',
  ...parseLayoutDraft({ ...EMPTY, ...draft }),
});

const disk = (device: string, ...sizes: number[]) => ({
  device,
  wipeOnReinstall: true,
  partitions: sizes.map((size, index) => ({ number: index + 1, size, gptType: '8300' })),
});

const filesystem = (device: string, more: object = {}) => ({
  device,
  path: '/',
  format: 'ext4',
  mountOptions: [],
  createOptions: [],
  ...more,
});

const check = (draft: Partial<LayoutDraft>): void => checkLayout(parseLayoutDraft({ ...EMPTY, ...draft }));

describe('validation of a layout (docs/reference/filesystem-layouts.md#validation)', () => {
  it('accepts a layout with RAID, volumes and a variable last partition', () => {
    check({
      disks: [disk('/dev/sda', 300, 0), disk('/dev/nvme0n1', 300, 0)],
      raid: [
        { arrayName: '/dev/md0', devices: ['/dev/sda1', '/dev/nvme0n1p1'], level: '1', createOptions: [], spares: 0 },
      ],
      volumeGroups: [{ name: 'csi', devices: ['/dev/sda2', '/dev/nvme0n1p2'], tags: [] }],
      logicalVolumes: [{ name: 'lv', volumeGroup: 'csi', size: 0, lvmType: 'raid1' }],
      filesystems: [
        filesystem('/dev/md0'),
        filesystem('/dev/csi/lv', { path: undefined, createOptions: ['-F', '-L'] }),
        filesystem('tmpfs', { format: 'tmpfs', createOptions: ['two words'] }),
      ],
      constraints: { sizes: ['s1', 's2'], images: { debian: '>= 10', ubuntu: '*' } },
    });
  });

  it.each<[string, Partial<LayoutDraft>, string]>([
    [
      'a number twice',
      {
        disks: [
          {
            ...disk('/dev/sda'),
            partitions: [
              { number: 1, size: 1 },
              { number: 1, size: 1 },
            ],
          },
        ],
      },
      'used twice',
    ],
    ['two variable partitions', { disks: [disk('/dev/sda', 0, 0)] }, 'at most one'],
    ['a variable partition before the last', { disks: [disk('/dev/sda', 0, 300)] }, 'only the last one, 2'],
    [
      'a gap in the numbers, variable not last',
      {
        disks: [
          {
            ...disk('/dev/sda'),
            partitions: [
              { number: 9, size: 1 },
              { number: 3, size: 0 },
            ],
          },
        ],
      },
      'the last one, 9',
    ],
    [
      'a raid on nothing',
      { raid: [{ arrayName: '/dev/md0', devices: ['/dev/sdx'], level: '0', createOptions: [], spares: 0 }] },
      '"/dev/sdx" of raid',
    ],
    [
      'nvme partitions without p',
      { disks: [disk('/dev/nvme0n1', 1)], filesystems: [filesystem('/dev/nvme0n11')] },
      'not provided by any disk',
    ],
    [
      'a volume group on nothing',
      { volumeGroups: [{ name: 'vg', devices: ['/dev/x'], tags: [] }] },
      'of volume group vg',
    ],
    [
      'a volume without group',
      { logicalVolumes: [{ name: 'lv', volumeGroup: 'vg', size: 1, lvmType: 'linear' }] },
      'volume group "vg"',
    ],
    [
      'a mirror with one device',
      {
        disks: [disk('/dev/sda', 1)],
        volumeGroups: [{ name: 'vg', devices: ['/dev/sda1'], tags: [] }],
        logicalVolumes: [{ name: 'lv', volumeGroup: 'vg', size: 1, lvmType: 'striped' }],
      },
      'requires 2 devices, has 1',
    ],
    [
      'a variable volume before the last',
      {
        disks: [disk('/dev/sda', 1)],
        volumeGroups: [{ name: 'vg', devices: ['/dev/sda1'], tags: [] }],
        logicalVolumes: [
          { name: 'a', volumeGroup: 'vg', size: 0, lvmType: 'linear' },
          { name: 'b', volumeGroup: 'vg', size: 1, lvmType: 'linear' },
        ],
      },
      'logical volume a takes the rest',
    ],
    [
      'a filesystem on nothing, not mounted',
      { filesystems: [filesystem('/dev/sda1', { path: undefined })] },
      '(not mounted)',
    ],
    [
      'words in one option',
      { disks: [disk('/dev/sda', 1)], filesystems: [filesystem('/dev/sda1', { createOptions: ['-L root'] })] },
      'one word',
    ],
    ['a constraint for any os', { constraints: { sizes: [], images: { '*': '1' } } }, '"*" is not allowed'],
    ['a range as constraint', { constraints: { sizes: [], images: { a: '>= 1, < 2' } } }, 'not a version'],
    ['a wildcard size', { constraints: { sizes: ['s*'], images: {} } }, '"s*"'],
    ['a size twice', { constraints: { sizes: ['s', 's'], images: {} } }, 'listed twice'],
  ])('rejects %s', (_what, draft, message) => {
    expect(() => check(draft)).toThrow(message);
  });

  it.each<[string, Partial<LayoutDraft>]>([
    ['format', { filesystems: [filesystem('/dev/sda', { format: 'ntfs' })] }],
    ['gpttype', { disks: [{ ...disk('/dev/sda'), partitions: [{ number: 1, size: 1, gptType: 'abcd' }] }] }],
    ['level', { raid: [{ arrayName: 'a', devices: [], level: '5', createOptions: [], spares: 0 }] }],
    ['lvmtype', { logicalVolumes: [{ name: 'l', volumeGroup: 'v', size: 1 }] }],
  ])('rejects an unknown %s with `invalid`', (field, draft) => {
    expect(() => check(draft)).toThrow(
      expect.objectContaining({ kind: 'invalid', message: expect.stringContaining(field) }),
    );
  });
});

describe('collisions of layouts', () => {
  const stored = [
    layout('a', { constraints: { sizes: ['s1', 's2'], images: { debian: '>= 10', ubuntu: '< 20.04' } } }),
  ];
  const collide =
    (sizes: string[], images: Record<string, string>, id = 'b') =>
    () =>
      checkCollisions(layout(id, { constraints: { sizes, images } }), stored);

  it('are detected exactly', () => {
    expect(collide(['s1'], { debian: '= 11' })).toThrow('"a" is for size s1 with debian >= 10');
    expect(collide(['s1'], { debian: '>= 10' })).toThrow();
    expect(collide(['s1'], { debian: '*' })).toThrow();
    expect(collide(['s1'], { debian: '< 10', ubuntu: '>= 20.04' })).not.toThrow();
    expect(collide(['s3'], { debian: '= 11' })).not.toThrow();
    expect(collide([], { debian: '= 11' })).not.toThrow();
    expect(collide(['s1'], { debian: '= 11' }, 'a')).not.toThrow();
  });

  it('are all reported at once', () => {
    expect(collide(['s1', 's2'], { debian: '11', ubuntu: '19' })).toThrow(
      /s1 with debian.*s1 with ubuntu.*s2 with debian/,
    );
  });
});

describe('selection and fit', () => {
  const small = layout('small', {
    disks: [disk('/dev/sda', 500, 500, 0), { ...disk('/dev/sdb', 0), wipeOnReinstall: false }],
    constraints: { sizes: ['s1'], images: { ubuntu: '>= 20.04' } },
  });

  it('matches a size with an image', () => {
    const suitable = (size: string, image: string) => matchesSelection(small, size, parseImageId(image));
    expect(suitable('s1', 'ubuntu-20.04.20200502')).toBe(true);
    expect(suitable('s1', 'ubuntu-19.10.1')).toBe(false);
    expect(suitable('s2', 'ubuntu-20.04.20200502')).toBe(false);
    expect(suitable('s1', 'debian-12.0.1')).toBe(false);
    expect(suitable('s1', 'toString-12.0.1')).toBe(false);
  });

  it('checks that the required disks exist and are large enough', () => {
    const MIB = 1024 * 1024;
    const disks = (a: number) => [
      { name: 'sda', size: a },
      { name: '/dev/sdb', size: 0 },
    ];
    expect(layoutProblem(small, disks(1000 * MIB))).toBeUndefined();
    expect(layoutProblem(small, disks(1000 * MIB - 1))).toBe('it requires 1000 MiB on /dev/sda, which has 999 MiB');
    expect(layoutProblem(small, [])).toBe('it requires disk /dev/sda, which the machine does not have');
  });

  it('allows reinstallation if some disk may be wiped', () => {
    expect(isReinstallable(small)).toBe(true);
    expect(isReinstallable({ disks: small.disks.slice(1) })).toBe(false);
  });
});
