import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../../test/support/property-seed.js';
import { compareVersions } from '../../shared/semver/version.js';
import { findCandidates } from './candidates.js';
import type { ApiImage } from './candidates.js';
import { chooseImages } from './choose-images.js';
import type { CacheLimits, Choice } from './choose-images.js';
import { planFolder } from './folder-plan.js';
import { readImageVersion } from './image-version.js';
import { keyOfPath, keyOfUrl, pathOfKey } from './object-key.js';
import { shrinkProblem } from './shrink-guard.js';

const GB = 1_000_000_000;
const NOW = Date.parse('2026-06-15T12:00:00Z');
const DAY = 86_400_000;

const image = (id: string, rest: Partial<ApiImage> = {}): ApiImage => ({
  id,
  url: `http://images.metal-stack.io/metal-os/${id}.img.lz4`,
  ...rest,
});
const RULES = { excludes: ['/pull_requests/'], graceDays: 0 };
const LIMITS: CacheLimits = { maxCacheSize: 10 * GB, minPerName: 3, maxPerName: -1 };

const ids = ({ chosen }: Choice): string[] => chosen.map(({ id }) => id);
const choose = (images: readonly ApiImage[], limits: Partial<CacheLimits> = {}, size = 3 * GB): Choice =>
  chooseImages(findCandidates(images, RULES, NOW).candidates, () => size, { ...LIMITS, ...limits });

const FIVE = ['01', '02', '03', '04', '05'].map((day) => image(`ubuntu-24.4.202601${day}`));

describe('the id of an image', () => {
  it.each([
    ['ubuntu-19.04.20200408', 'ubuntu', 'ubuntu-19.4'],
    ['debian-10', 'debian', 'debian-10.0'],
    ['debian-10.0.20210101', 'debian', 'debian-10.0'],
    ['firewall-ubuntu-3.0.20240101', 'firewall-ubuntu', 'firewall-ubuntu-3.0'],
  ])('%s is of os %s and group %s', (id, os, group) => expect(readImageVersion(id)).toMatchObject({ os, group }));

  it.each(['ubuntu', '-1.0', 'ubuntu-', 'ubuntu-x', 'ubuntu-1.2.3.4', 'ubuntu-1.0+meta', 'ubuntu-v1', ''])(
    '%j is not the ID of an image',
    (id) => expect(readImageVersion(id)).toBeUndefined(),
  );
});

describe('the key of a URL', () => {
  it.each([
    ['http://images.metal-stack.io/metal-os/a.img', 'metal-os/a.img'],
    ['https://other.example/metal-os/a%20b.img?x=y#z', 'metal-os/a b.img'],
    ['http://h/a/../b', 'b'],
  ])('%s is %s', (url, key) => expect(keyOfUrl(url)).toBe(key));

  it.each([
    ['http://h'],
    ['http://h/'],
    ['no url'],
    ['ftp://h/a'],
    ['http://h/a//b'],
    ['http://h/a/'],
    ['http://h/a%2f..%2f..%2fetc'],
    ['http://h/a%00'],
    ['http://h/a%5cb'],
    ['http://h/%ff'],
    ['http://h/a.md5'],
    [`http://h/${'a'.repeat(201)}`],
    [`http://h/${'a/'.repeat(600)}a`],
  ])('%s has none', (url) => expect(keyOfUrl(url)).toBeUndefined());

  it('never leaves its folder, whatever the path', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webPath(), fc.constantFrom('/..%2f', '/%2e%2e/x', '/a/%2e')), (path) => {
        const key = keyOfPath(path, true);
        if (key === undefined) return;
        for (const part of key.split('/')) expect(['', '.', '..']).not.toContain(part);
        expect(key).not.toContain('\u0000');
      }),
    ));

  it('comes back from the path made of it', () =>
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        const key = keyOfPath(path);
        if (key !== undefined) expect(keyOfPath(`/${pathOfKey(key)}`)).toBe(key);
      }),
    ));
});

describe('candidates', () => {
  const reasons = (images: ApiImage[], rules = RULES) =>
    findCandidates(images, rules, NOW).skipped.map(({ id, isError }) => [id, isError]);

  it('leave out what is excluded, has expired, has no version or no usable URL', () => {
    const found = findCandidates(
      [
        image('ubuntu-24.4.1'),
        image('ubuntu-24.4.2', { url: 'http://h/metal-os/pull_requests/1/a.img' }),
        image('ubuntu-24.4.3', { expirationDate: new Date(NOW - DAY).toISOString() }),
        image('latest'),
        image('ubuntu-24.4.4', { url: 'http://h/' }),
      ],
      RULES,
      NOW,
    );
    expect(found.candidates.map(({ id }) => id)).toEqual(['ubuntu-24.4.1']);
    expect(found.skipped.map(({ isError }) => isError)).toEqual([false, false, true, true]);
  });

  it('expire after the grace period (acceptance c)', () => {
    const expired = image('debian-12.0.1', { expirationDate: new Date(NOW - DAY).toISOString() });
    expect(reasons([expired])).toEqual([['debian-12.0.1', false]]);
    expect(reasons([expired], { ...RULES, graceDays: 2 })).toEqual([]);
  });

  it.each([undefined, null, '', 'soon', '0001-01-01T00:00:00.000Z'])('never expire by the date %j', (expirationDate) =>
    expect(reasons([image('debian-12.0.1', { expirationDate })])).toEqual([]),
  );

  it('outlive their expiration while a machine uses them', () =>
    expect(reasons([image('debian-12.0.1', { expirationDate: '2020-01-01T00:00:00Z', usedby: ['m'] })])).toEqual([]));

  it('with one file count once, and are in use when one of them is', () => {
    const url = 'http://h/a.img';
    const { candidates } = findCandidates(
      [image('debian-12.0.1', { url }), image('debian-12.0.2', { url: 'https://other/a.img', usedby: ['m'] })],
      RULES,
      NOW,
    );
    expect(candidates).toMatchObject([{ id: 'debian-12.0.1', inUse: true }]);
  });
});

describe('chooseImages', () => {
  it('keeps the newest three of five images of 3 GB within 10 GB (acceptance a)', () => {
    const choice = choose(FIVE);
    expect(ids(choice)).toEqual(['ubuntu-24.4.20260103', 'ubuntu-24.4.20260104', 'ubuntu-24.4.20260105']);
    expect(choice).toMatchObject({ size: 9 * GB, exceedsLimit: false });
  });

  it('exceeds the limit rather than the minimum (acceptance b)', () =>
    expect(choose(FIVE, { minPerName: 4 })).toMatchObject({ size: 12 * GB, exceedsLimit: true }));

  it('puts ids with and without minor version into one group (acceptance g)', () => {
    const choice = choose([image('debian-10'), image('debian-10.0.20210101')], { maxPerName: 1 });
    expect(ids(choice)).toEqual(['debian-10.0.20210101']);
    expect(choice.dropped).toHaveLength(1);
  });

  it('takes at most the maximum of a group, and images in use beyond it', () => {
    const used = FIVE.map((one, at) => (at === 0 ? { ...one, usedby: ['m'] } : one));
    expect(ids(choose(used, { maxPerName: 2 }, 1))).toEqual([
      'ubuntu-24.4.20260101',
      'ubuntu-24.4.20260104',
      'ubuntu-24.4.20260105',
    ]);
  });

  it('drops of the biggest group first, of equal ones the first by name', () => {
    const images = ['b-1.0.1', 'b-1.0.2', 'a-1.0.1', 'a-1.0.2', 'a-1.0.3'].map((id) => image(id));
    const limits = { minPerName: 1, maxCacheSize: 4 };
    expect(choose(images, limits, 1).dropped.map(({ id }) => id)).toEqual(['a-1.0.1', 'a-1.0.2']);
  });

  it('keeps the only image of a group, and of one in which all others are in use', () => {
    const images = [image('a-1.0.1', { usedby: ['m'] }), image('a-1.0.2'), image('b-1.0.1')];
    expect(ids(choose(images, { minPerName: 1, maxCacheSize: 1 }, 1))).toEqual(['a-1.0.1', 'a-1.0.2', 'b-1.0.1']);
  });

  it('chooses nothing of nothing, without a complaint', () =>
    expect(choose([])).toEqual({ chosen: [], dropped: [], size: 0, exceedsLimit: false }));

  const anyImages = fc.array(
    fc.record({
      os: fc.constantFrom('ubuntu', 'debian', 'a-b'),
      minor: fc.integer({ min: 0, max: 2 }),
      patch: fc.integer({ min: 0, max: 30 }),
      used: fc.boolean(),
      size: fc.integer({ min: 0, max: 10 }),
    }),
    { maxLength: 40 },
  );
  const anyLimits = fc.record({
    maxCacheSize: fc.integer({ min: 1, max: 100 }),
    minPerName: fc.integer({ min: 1, max: 5 }),
    maxPerName: fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 6 })),
  });

  it('keeps its promises for any images and limits', () =>
    fc.assert(
      fc.property(anyImages, anyLimits, (all, limits) => {
        const images = all.map(({ os, minor, patch, used }) =>
          image(`${os}-1.${minor}.${patch}`, { usedby: used ? ['m'] : [] }),
        );
        const { candidates } = findCandidates(images, RULES, NOW);
        const sizes = new Map(images.map(({ id }, at) => [id, all[at]!.size]));
        const choice = chooseImages(candidates, ({ id }) => sizes.get(id)!, limits);
        const chosen = new Set(ids(choice));

        // Each candidate is either chosen or dropped with a reason.
        expect([...chosen, ...choice.dropped.map(({ id }) => id)].sort()).toEqual(
          candidates.map(({ id }) => id).sort(),
        );
        expect(choice.size).toBe(choice.chosen.reduce((sum, { size }) => sum + size, 0));
        for (const name of new Set(candidates.map(({ group }) => group))) {
          const group = candidates.filter((one) => one.group === name);
          const newestFirst = [...group].sort((a, b) => compareVersions(b.version, a.version));
          const kept = newestFirst.filter(({ id }) => chosen.has(id));
          expect(kept[0]).toEqual(newestFirst[0]);
          expect(newestFirst.filter(({ inUse }) => inUse).every(({ id }) => chosen.has(id))).toBe(true);
          const most = limits.maxPerName < 0 ? Infinity : limits.maxPerName;
          expect(kept.length).toBeGreaterThanOrEqual(Math.min(group.length, limits.minPerName, most));
          // What is dropped is older than all that is kept and not in use.
          const free = newestFirst.filter(({ inUse }, at) => !inUse && at > 0).map(({ id }) => chosen.has(id));
          expect(free.lastIndexOf(true)).toBeLessThan(firstOf(free, false));
          // The limit is exceeded only by groups that nothing more can be taken from.
          const droppable = kept.some((one) => !one.inUse && one !== newestFirst[0]);
          if (choice.exceedsLimit && kept.length > limits.minPerName) expect(droppable).toBe(false);
        }
      }),
      { numRuns: 300 },
    ));
});

const firstOf = (list: readonly boolean[], value: boolean): number =>
  list.includes(value) ? list.indexOf(value) : list.length;

describe('shrinkProblem', () => {
  const problem = (now: number, before: number | undefined, cached = 0) =>
    shrinkProblem({ what: 'images in the API', now, before, cached }, 50);

  it('refuses an empty list only when there is something to lose', () => {
    expect(problem(0, undefined)).toBeUndefined();
    expect(problem(0, undefined, 3)).toBe('there are no images in the API, but 3 files in the cache');
    expect(problem(0, 5)).toBeDefined();
  });

  it('refuses a list that lost more than the share', () => {
    expect(problem(5, 10, 9)).toBeUndefined();
    expect(problem(4, 10, 9)).toBe('there are only 4 images in the API, and were 10 before: more than 50 % fewer');
    expect(problem(4, undefined, 9)).toBeUndefined();
    expect(problem(40, 10, 9)).toBeUndefined();
  });
});

describe('planFolder', () => {
  const onDisk = new Map([
    ['a', { key: 'a', md5: '1' }],
    ['b', { key: 'b', md5: '2' }],
    ['old', { key: 'old', md5: '3' }],
  ]);

  it('adds, keeps, replaces and removes', () =>
    expect(
      planFolder(
        [
          { key: 'a', md5: '1' },
          { key: 'b', md5: 'other' },
          { key: 'c', md5: '9' },
        ],
        onDisk,
        ['stray'],
      ),
    ).toEqual({
      keep: ['a'],
      add: [
        { file: { key: 'b', md5: 'other' }, why: 'changed in the store' },
        { file: { key: 'c', md5: '9' }, why: 'not cached' },
      ],
      missing: [],
      remove: ['old', 'stray'],
    }));

  it('leaves alone what the store could not be asked about', () =>
    expect(
      planFolder(
        [
          { key: 'b', unknown: 'no answer' },
          { key: 'c', unknown: 'no answer' },
        ],
        onDisk,
      ),
    ).toMatchObject({ keep: ['b'], add: [], missing: [{ key: 'c', why: 'no answer' }] }));

  it('goes by the change in the store where there is no checksum', () =>
    expect(planFolder([{ key: 'a', changed: true }, { key: 'b' }], onDisk)).toMatchObject({
      keep: ['b'],
      add: [{ file: { key: 'a', changed: true } }],
    }));

  it('puts each wanted file in one place, and never removes one', () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.record({
            key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
            md5: fc.option(fc.constantFrom('1', '2'), { nil: undefined }),
            unknown: fc.option(fc.constant('x'), { nil: undefined }),
            changed: fc.boolean(),
          }),
          { selector: ({ key }) => key },
        ),
        fc.uniqueArray(fc.record({ key: fc.constantFrom('a', 'b', 'c', 'x'), md5: fc.constantFrom('1', '2') }), {
          selector: ({ key }) => key,
        }),
        (wanted, files) => {
          const plan = planFolder(wanted, new Map(files.map((file) => [file.key, file])));
          const placed = [...plan.keep, ...plan.add.map(({ file }) => file.key), ...plan.missing.map(({ key }) => key)];
          expect(placed.sort()).toEqual(wanted.map(({ key }) => key).sort());
          expect(plan.remove.some((key) => placed.includes(key))).toBe(false);
          expect([...plan.remove, ...placed].length).toBe(
            new Set([...files.map(({ key }) => key), ...wanted.map(({ key }) => key)]).size,
          );
        },
      ),
    ));
});
