import { describe, expect, it } from 'vitest';
import { matchingSizes, suggestConstraints } from './size-matching.js';
import type { ConstraintType, HardwareFacts, Size, SizeConstraint } from './size.js';

const constraint = (type: ConstraintType, min: number, max = min, identifier = ''): SizeConstraint => ({
  type,
  min,
  max,
  identifier,
});

const size = (id: string, ...constraints: SizeConstraint[]): Size => ({
  id,
  revision: 1,
  name: '',
  description: '',
  created: '',
  changed: '',
  labels: {},
  constraints,
});

const server: HardwareFacts = {
  memory: 64,
  cpus: [
    { model: 'Xeon D-2141I', cores: 8 },
    { model: 'Xeon D-2141I', cores: 8 },
  ],
  gpus: [],
  disks: [
    { name: '/dev/sda', size: 100 },
    { name: '/dev/nvme0n1', size: 500 },
  ],
};

const matches = (hardware: HardwareFacts, ...constraints: SizeConstraint[]): boolean =>
  matchingSizes(hardware, [size('s', ...constraints)]).length === 1;

const cores = constraint('cores', 16);
const memory = constraint('memory', 60, 64);
const storage = constraint('storage', 600);

describe('the size of hardware (docs/reference/sizes.md#size-of-hardware)', () => {
  it('is the size whose constraints are all satisfied', () => {
    expect(matches(server, cores, memory, storage)).toBe(true);
    expect(matches(server, constraint('cores', 17, 32), memory, storage)).toBe(false);
    expect(matches(server, cores, constraint('memory', 0, 63), storage)).toBe(false);
  });

  it('describes everything in the machine', () => {
    expect(matches(server, cores, memory)).toBe(false);
    expect(matches(server, cores, storage)).toBe(false);
    expect(matches(server, memory, storage)).toBe(false);
    const withGpu = { ...server, gpus: [{ model: 'RTX 6000' }] };
    expect(matches(withGpu, cores, memory, storage)).toBe(false);
    expect(matches(withGpu, cores, memory, storage, constraint('gpu', 1, 1, 'RTX*'))).toBe(true);
    expect(matches(withGpu, cores, memory, storage, constraint('gpu', 1, 1, 'A100'))).toBe(false);
  });

  it('counts only parts that match the identifier, and requires every part to be counted', () => {
    const sata = constraint('storage', 100, 100, '/dev/sd*');
    const nvme = constraint('storage', 500, 500, '/dev/nvme*');
    expect(matches(server, cores, memory, sata, nvme)).toBe(true);
    expect(matches(server, cores, memory, nvme)).toBe(false);
    expect(matches(server, cores, memory, constraint('storage', 600, 600, '*'))).toBe(false);
    expect(matches(server, constraint('cores', 16, 16, 'Xeon*'), memory, storage)).toBe(true);
    expect(matches(server, constraint('cores', 16, 16, 'EPYC*'), memory, storage)).toBe(false);
  });

  it.each([
    ['a card reader', { name: '/dev/sdz', size: 0 }],
    ['virtual media of a BMC', { name: 'Virtual Floppy', size: 0 }],
    ['a disk without name', { name: '', size: 0 }],
    ['an NVMe without namespace', { name: '/dev/nvme9', size: 0 }],
    ['an optical drive', { name: '/dev/sr0', size: 0 }],
  ])('ignores %s of size 0', (_, disk) => {
    const odd = { ...server, disks: [...server.disks, disk] };
    const [sata, nvme] = [constraint('storage', 100, 100, '/dev/sda'), constraint('storage', 500, 500, '/dev/nvme0*')];
    expect(matches(odd, cores, memory, storage)).toBe(true);
    expect(matches(odd, cores, memory, sata, nvme)).toBe(true);
    expect(suggestConstraints(odd)).toEqual(suggestConstraints(server));
    expect(matches({ ...server, disks: [disk] }, cores, memory)).toBe(true);
  });

  it('is never a size without constraints', () => {
    expect(matchingSizes({ memory: 0, cpus: [], gpus: [], disks: [] }, [size('empty')])).toEqual([]);
  });

  it('returns all matches if sizes overlap', () => {
    const sizes = [size('a', cores, memory, storage), size('b', cores, constraint('memory', 0, 99), storage)];
    expect(matchingSizes(server, sizes).map(({ id }) => id)).toEqual(['a', 'b']);
  });
});

describe('suggested constraints (docs/reference/sizes.md#suggest)', () => {
  it('describe exactly this hardware', () => {
    const suggestion = suggestConstraints(server);
    expect(suggestion).toEqual([
      constraint('cores', 16, 16, 'Xeon D-2141I'),
      constraint('memory', 64),
      constraint('storage', 600, 600, '/dev/*'),
    ]);
    expect(matches(server, ...suggestion)).toBe(true);
  });

  it('match even names full of pattern characters', () => {
    const odd = { ...server, gpus: [{ model: 'AD102 [RTX*]' }, { model: 'AD102 [RTX*]' }, { model: 'GA?' }] };
    const suggestion = suggestConstraints(odd);
    expect(suggestion.slice(3).map(({ max, identifier }) => [max, identifier])).toEqual([
      [2, 'AD102 \\[RTX\\*]'],
      [1, 'GA\\?'],
    ]);
    expect(matches(odd, ...suggestion)).toBe(true);
  });

  it('omit parts that do not exist', () => {
    expect(suggestConstraints({ memory: 0, cpus: [], gpus: [], disks: [] })).toEqual([
      constraint('cores', 0),
      constraint('memory', 0),
      constraint('storage', 0),
    ]);
  });
});
