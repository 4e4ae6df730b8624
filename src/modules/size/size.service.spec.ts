import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../test/support/store.js';
import { ManualClock } from '../../shared/clock.js';
import { HardwareLookup, SizeReferences } from './size.js';
import type { ConstraintType, SizeConstraint } from './size.js';
import { SizeService } from './size.service.js';
import { sizeTable } from './size.table.js';

function setUp() {
  const [references, hardware] = [new SizeReferences(), new HardwareLookup()];
  hardware.provide(() => undefined);
  return {
    sizes: new SizeService(memoryTable(sizeTable), new ManualClock(), references, hardware),
    references,
    hardware,
  };
}

const constraint = (type: string, min: number, max: number, identifier = ''): SizeConstraint => ({
  type: type as ConstraintType,
  min,
  max,
  identifier,
});

const small = [constraint('cores', 1, 8), constraint('memory', 1, 10)];

describe('SizeService', () => {
  it.each<[string, SizeConstraint[], string]>([
    ['a range upside down', [constraint('cores', 2, 1)], 'max 1 of cores is less than min 2'],
    ['a broken pattern', [constraint('storage', 1, 2, '[')], 'identifier "["'],
    ['a gpu without identifier', [constraint('gpu', 1, 2)], 'requires an identifier'],
    ['memory with identifier', [constraint('memory', 1, 2, 'x')], 'must not have an identifier'],
    ['memory twice', [constraint('memory', 1, 2), constraint('memory', 3, 4)], 'at most one memory'],
    ['cores twice', [constraint('cores', 1, 2), constraint('cores', 3, 4)], 'at most one cores'],
    ['an unknown type', [constraint('noise', 1, 2)], '"noise"'],
  ])('rejects %s', async (_what, constraints, message) => {
    const refusal = expect(setUp().sizes.create('s', { constraints })).rejects;
    await refusal.toThrow(message);
    await refusal.toMatchObject({ kind: 'invalid' });
  });

  it('reports all problems at once', async () => {
    const constraints = [constraint('cores', 2, 1), constraint('gpu', 1, 2)];
    await expect(setUp().sizes.create('s', { constraints })).rejects.toThrow(/cores.*; a gpu/);
  });

  it('rejects a size that overlaps with another, and accepts adjacent ones', async () => {
    const { sizes } = setUp();
    await sizes.create('small', { constraints: small });
    const overlapping = [constraint('cores', 8, 16), constraint('memory', 10, 20)];
    await expect(sizes.create('large', { constraints: overlapping })).rejects.toMatchObject({ kind: 'malformed' });
    await sizes.create('large', { constraints: [constraint('cores', 9, 16), constraint('memory', 10, 20)] });
    await expect(sizes.update('large', { constraints: overlapping })).rejects.toThrow('overlaps with "small"');
    await sizes.create('typed', { constraints: [constraint('cores', 1, 8, 'EPYC*'), constraint('memory', 1, 10)] });
    await sizes.create('more', { constraints: [...small, constraint('storage', 0, 1)] });
    await sizes.create('empty', {});
  });

  it('never accepts two overlapping sizes created concurrently', async () => {
    const { sizes } = setUp();
    const results = await Promise.allSettled(['a', 'b', 'c'].map((id) => sizes.create(id, { constraints: small })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('reserves the ID for machines without a size', async () => {
    const { sizes } = setUp();
    await expect(sizes.create('unknown', {})).rejects.toMatchObject({ kind: 'malformed' });
    expect(sizes.find('unknown')).toBeUndefined();
    expect(sizes.ofMachine('unknown')?.name).toBe('unknown');
    expect(sizes.ofMachine('gone')).toBeUndefined();
  });

  it('changes the given fields, and clears fields given as empty', async () => {
    const { sizes } = setUp();
    await sizes.create('s', { constraints: small, labels: { a: 'b' }, name: 'n' });
    expect(await sizes.update('s', { description: 'd' })).toMatchObject({
      constraints: small,
      labels: { a: 'b' },
      name: 'n',
    });
    expect(await sizes.update('s', { constraints: [], labels: {} })).toMatchObject({ constraints: [], labels: {} });
    await expect(sizes.update('ghost', {})).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('matches hardware only if the result is unique', async () => {
    const { sizes } = setUp();
    await sizes.create('a', { constraints: [...small, constraint('storage', 0, 9)] });
    await sizes.create('b', { constraints: small });
    const cpus = [{ model: 'x', cores: 4 }];
    expect(sizes.match({ memory: 5, cpus, gpus: [], disks: [{ name: '/dev/sda', size: 3 }] })?.id).toBe('a');
    const diskless = { memory: 5, cpus, gpus: [], disks: [] };
    expect(sizes.match(diskless)).toBeUndefined();
    expect(sizes.candidates(diskless).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('suggests constraints from the hardware of a machine', () => {
    const { sizes, hardware } = setUp();
    expect(() => sizes.suggest('')).toThrow('machineID');
    expect(() => sizes.suggest('m1')).toThrow('no machine with id "m1"');
    hardware.provide(() => ({ memory: 7, cpus: [], gpus: [], disks: [] }));
    expect(sizes.suggest('m1')[1]).toEqual(constraint('memory', 7, 7));
  });

  it('does not delete a size that is referred to', async () => {
    const { sizes, references } = setUp();
    await sizes.create('s', {});
    references.add({ what: 'machines', idsOf: (id) => (id === 's' ? ['m1', 'm2', 'm3', 'm4'] : []) });
    await expect(sizes.delete('s')).rejects.toThrow('4 machines still refer to it: m1, m2, m3, …');
  });
});
