import { describe, expect, it } from 'vitest';
import { identifyImage, orphanImages, parseImageId, resolveImage } from './image.js';
import type { Image } from './image.js';

const NOW = '2026-06-01T00:00:00.000Z';

const image = (id: string, expirationDate = '2099-01-01T00:00:00.000Z'): Image => ({
  ...identifyImage(id),
  revision: 1,
  name: '',
  description: '',
  created: NOW,
  changed: NOW,
  url: 'http://images/x',
  features: ['machine'],
  classification: 'supported',
  expirationDate,
});

describe('an image id', () => {
  it('is split at its last dash', () => {
    expect(identifyImage('firewall-ubuntu-2.0.20200331')).toEqual({
      id: 'firewall-ubuntu-2.0.20200331',
      os: 'firewall-ubuntu',
      version: '2.0.20200331',
    });
    expect(identifyImage('ubuntu-20.04.20200502').version).toBe('20.4.20200502');
  });

  it.each(['ubuntu', 'ubuntu-', 'ubuntu-latest', 'ubuntu-1.2.3-rc1', ''])('rejects "%s"', (id) => {
    expect(() => parseImageId(id)).toThrow();
  });
});

describe('resolution of an image id (docs/reference/images.md#resolution)', () => {
  const ubuntu = ['ubuntu-20.04.1', 'ubuntu-20.04.20200502', 'ubuntu-20.10.1', 'ubuntu-22.04'].map((id) => image(id));
  const resolve = (id: string, images = ubuntu): string | undefined => resolveImage(parseImageId(id), images, NOW)?.id;

  it.each([
    ['ubuntu-20.04', 'ubuntu-20.04.20200502'],
    ['ubuntu-20.4', 'ubuntu-20.04.20200502'],
    ['ubuntu-20.04.1', 'ubuntu-20.04.1'],
    ['ubuntu-22.04', 'ubuntu-22.04'],
    ['ubuntu-0.0', 'ubuntu-22.04'],
    ['ubuntu-20', undefined],
    ['ubuntu-20.04.2', undefined],
  ])('resolves %s to %s', (id, expected) => {
    expect(resolve(id)).toBe(expected);
  });

  it.each([
    [['a-1.0.9', 'a-1.0.10', 'a-1.0.0011'], 'a-1.0.0011'],
    [['a-1.0.020240101', 'a-1.0.20231231', 'a-1.0.9'], 'a-1.0.020240101'],
    [['a-01.00.20231231', 'a-1.0.0020240101', 'a-1.00.20230101'], 'a-1.0.0020240101'],
    [['a-1.0.100', 'a-1.0.00000099', 'a-1.0.0101'], 'a-1.0.0101'],
    [['a-1.0', 'a-1.0.0', 'a-1.0.00001'], 'a-1.0.00001'],
    [['a-1.0.18446744073709551615', 'a-1.0.018446744073709551614'], 'a-1.0.18446744073709551615'],
  ])('resolves %j to the numerically newest version, ignoring leading zeros', (ids, newest) => {
    for (const images of [ids, [...ids].reverse()].map((list) => list.map((id) => image(id)))) {
      for (const short of ['a-1', 'a-1.0', 'a-01.00', 'a-1.0.0', 'a-1.0.000'])
        expect(resolve(short, images)).toBe(newest);
    }
  });

  it('prefers an image that has not expired to a newer one that has', () => {
    const images = [image('alpine-3.10.1'), image('alpine-3.10.2', '2026-01-01T00:00:00.000Z')];
    expect(resolve('alpine-3.10', images)).toBe('alpine-3.10.1');
    expect(resolve('alpine-3.10.2', images)).toBe('alpine-3.10.2');
  });

  it('falls back to the newest image if all have expired', () => {
    const images = ['alpine-3.10.1', 'alpine-3.10.2'].map((id) => image(id, '2026-01-01T00:00:00.000Z'));
    expect(resolve('alpine-3.10', images)).toBe('alpine-3.10.2');
  });
});

describe('cleanup (docs/reference/images.md#clean-up)', () => {
  it('deletes expired and unused images, but never the newest of an operating system', () => {
    const old = '2026-01-01T00:00:00.000Z';
    const images = [image('a-1', old), image('a-2', old), image('a-3'), image('b-1', old), image('a-1.5', old)];
    const orphans = orphanImages(images, (id) => id === 'a-2', NOW).map(({ id }) => id);
    expect(orphans).toEqual(['a-1.5', 'a-1']);
  });
});
