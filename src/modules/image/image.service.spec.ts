import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../test/support/store.js';
import { TrustingUrlProbe } from '../../platform/reachability/http-url-probe.js';
import { UrlProbe } from '../../platform/reachability/url-probe.js';
import { ManualClock } from '../../shared/clock.js';
import { malformed } from '../../shared/errors/domain-error.js';
import { ImageReferences } from './image.js';
import { ImageService } from './image.service.js';
import { imageTable } from './image.table.js';

function setUp() {
  const references = new ImageReferences();
  const clock = new ManualClock();
  const images = new ImageService(memoryTable(imageTable), clock, references, new TrustingUrlProbe());
  return { images, references, clock };
}

const url = 'http://images.example.org/ubuntu.tar.lz4';

describe('ImageService', () => {
  it('fills in defaults for omitted fields', async () => {
    const { images } = setUp();
    expect(await images.create('ubuntu-24.04.1', { url, features: ['machine', 'firewall', 'machine'] })).toMatchObject({
      id: 'ubuntu-24.04.1',
      os: 'ubuntu',
      version: '24.4.1',
      name: '',
      description: '',
      classification: 'preview',
      features: ['firewall', 'machine'],
      created: '2026-01-01T00:00:00.000Z',
      expirationDate: '2026-04-01T00:00:00.000Z',
    });
  });

  it.each([
    ['', { url }, 'image id must not be empty'],
    ['ubuntu-1', {}, 'url of image "ubuntu-1"'],
    ['ubuntu-1', { url, features: ['router'] }, '"router"'],
    ['ubuntu-1', { url, classification: 'gold' }, '"gold"'],
    ['ubuntu', { url }, '"ubuntu"'],
    [`${'x'.repeat(130)}-1`, { url }, '132 bytes'],
  ])('rejects creating "%s" from %o', async (id, spec, message) => {
    const refusal = expect(setUp().images.create(id, spec)).rejects;
    await refusal.toThrow(message);
    await refusal.toMatchObject({ kind: 'malformed' });
  });

  it('checks the URL last, of new and of updated images', async () => {
    const asked: (string | undefined)[] = [];
    class NothingThere extends UrlProbe {
      check(field: string, url: string | undefined): Promise<void> {
        if (!url) return Promise.resolve();
        asked.push(url);
        return url === 'http://gone' ? Promise.reject(malformed(`${field} is gone`)) : Promise.resolve();
      }
    }
    const images = new ImageService(
      memoryTable(imageTable),
      new ManualClock(),
      new ImageReferences(),
      new NothingThere(),
    );
    await expect(images.create('a-1', { url: 'http://gone', classification: 'gold' })).rejects.toThrow('"gold"');
    expect(asked).toEqual([]);
    await expect(images.create('a-1', { url: 'http://gone' })).rejects.toThrow('url is gone');
    expect(images.list()).toEqual([]);
    await images.create('a-1', { url });
    await expect(images.update('a-1', { name: 'new', url: 'http://gone' })).rejects.toThrow('url is gone');
    expect(images.get('a-1')).toMatchObject({ name: '', url });
    await images.update('a-1', { name: 'new', url: '' });
    expect(asked).toEqual(['http://gone', url, 'http://gone']);
  });

  it('treats an empty classification as absent', async () => {
    expect((await setUp().images.create('a-1', { url, classification: '' })).classification).toBe('preview');
  });

  it('rejects a second image with the same ID', async () => {
    const { images } = setUp();
    await images.create('ubuntu-1', { url });
    await expect(images.create('ubuntu-1', { url })).rejects.toMatchObject({ kind: 'already-exists' });
  });

  it('changes only the given fields; an empty list keeps the features', async () => {
    const { images, clock } = setUp();
    const before = await images.create('ubuntu-1', { url, name: 'one', features: ['machine'] });
    clock.advance(1000);
    const after = await images.update('ubuntu-1', { description: 'new', features: [], classification: 'supported' });
    expect(after).toEqual({
      ...before,
      description: 'new',
      classification: 'supported',
      changed: '2026-01-01T00:00:01.000Z',
      revision: before.revision + 1,
    });
  });

  it('does not delete an image that a machine uses', async () => {
    const { images, references } = setUp();
    await images.create('ubuntu-1', { url });
    const users = ['m1'];
    references.add({ what: 'machines', idsOf: () => users });
    expect(images.usedBy('ubuntu-1')).toEqual(['m1']);
    await expect(images.delete('ubuntu-1')).rejects.toMatchObject({ kind: 'invalid' });
    users.pop();
    expect((await images.delete('ubuntu-1')).id).toBe('ubuntu-1');
    expect(() => images.get('ubuntu-1')).toThrow('no image with id "ubuntu-1" found');
  });

  it('finds by any combination of properties', async () => {
    const { images } = setUp();
    await images.create('b-1', { url, features: ['machine'] });
    await images.create('a-2.1', { url, features: ['machine', 'firewall'] });
    const ids = (query: object): string[] => images.search(query).map(({ id }) => id);
    expect(ids({})).toEqual(['a-2.1', 'b-1']);
    expect(ids({ features: ['firewall'] })).toEqual(['a-2.1']);
    expect(ids({ os: 'a', version: '2.1.0' })).toEqual(['a-2.1']);
    expect(ids({ os: 'b', features: ['firewall'] })).toEqual([]);
  });

  it('resolves a full ID to exactly that image, even if others have an equal version', async () => {
    const { images, clock } = setUp();
    const expirationDate = new Date(clock.now() + 1000).toISOString();
    for (const id of ['a-1.02.3', 'a-1.2.3+b']) await images.create(id, { url });
    await images.create('a-1.2.3+c', { url, expirationDate });
    clock.advance(2000);
    for (const id of ['a-1.02.3', 'a-1.2.3+b', 'a-1.2.3+c']) expect(images.resolve(id).id).toBe(id);
    expect(images.resolve('a-1.2.03').id).toBe('a-1.02.3');
  });

  it('throws not-found for an ID that it cannot resolve', async () => {
    const { images } = setUp();
    expect(() => images.resolve('ubuntu')).toThrow('no image with id "ubuntu" found');
    expect(() => images.matching('ubuntu-x')).toThrow('no image with id "ubuntu-x" found');
    expect(images.matching('ubuntu-1')).toEqual([]);
  });

  it('deletes orphans', async () => {
    const { images, clock } = setUp();
    await images.create('a-1', { url });
    await images.create('a-2', { url });
    clock.advance(91 * 24 * 3600_000);
    expect((await images.deleteOrphans()).map(({ id }) => id)).toEqual(['a-1']);
    expect(images.list().map(({ id }) => id)).toEqual(['a-2']);
  });
});
