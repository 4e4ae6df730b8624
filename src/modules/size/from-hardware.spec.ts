import { describe, expect, it } from 'vitest';
import { constraintMatches, matchingSizesLegacy } from './from-hardware.js';
import type { HardwareFacts, Size, SizeConstraint } from './size.js';

const size = (id: string, ...constraints: SizeConstraint[]): Size => ({ id, constraints }) as Partial<Size> as Size;
const range = (type: SizeConstraint['type'], min: number, max: number, identifier = ''): SizeConstraint => ({
  ...{ type, min, max, identifier },
});

const hardware: HardwareFacts = {
  memory: 100,
  cpus: [{ model: '', cores: 8 }],
  gpus: [],
  disks: [{ name: '/dev/sda', size: 10 }],
};
const [memory, storage] = [range('memory', 0, 100), range('storage', 1, 10, '/dev/sd*')];

describe('hardware in the legacy description', () => {
  it.each([
    ['every model of CPU', [range('cores', 8, 8, 'EPYC*'), memory, storage], true],
    ['a size that does not count CPUs', [memory, storage], true],
    ['other cores', [range('cores', 9, 16), memory, storage], false],
    ['a size that does not count memory', [range('cores', 8, 8), storage], false],
    ['disks that nothing counts', [range('cores', 8, 8), memory], false],
    ['disks of another name', [memory, range('storage', 0, 10, '/dev/nvme*')], false],
    ['GPUs that it cannot recognize', [memory, storage, range('gpu', 1, 1, 'x')], false],
    ['a size without constraints', [], false],
  ])('matches %s or not', (_, constraints, expected) => {
    expect(matchingSizesLegacy(hardware, [size('s', ...constraints)])).toHaveLength(expected ? 1 : 0);
  });

  it('is compared constraint by constraint', () => {
    const matches = constraintMatches(hardware, size('s', range('cores', 8, 8, 'EPYC*'), range('memory', 0, 99)));
    expect(matches).toEqual([
      { constraint: range('cores', 8, 8, 'EPYC*'), amount: 8, holds: true },
      { constraint: range('memory', 0, 99), amount: 100, holds: false },
    ]);
  });
});
