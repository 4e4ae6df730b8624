import { describe, expect, it } from 'vitest';
import { MemoryLogger } from '../../shared/app-logger.js';
import { ManualClock } from '../../shared/clock.js';
import { SyncProgress } from '../sync/sync-progress.js';
import { statusText } from './status-text.js';

const report = {
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:01:00.000Z',
  added: ['a'],
  removed: [],
  missing: [{ key: 'b', why: 'the disk has 1 B free' }],
  skipped: [{ id: 'ubuntu-1', reason: 'expired' }],
  problems: ['images/b is not downloaded'],
  downloadedBytes: 2e9,
  peerBytes: 1e9,
  apiCount: 3,
  unsynced: 2,
};
const folder = {
  kind: 'images' as const,
  cached: Array.from({ length: 12 }, (_, n) => ({ key: `a${n}`, size: 1e9 })),
  served: { bytes: 5e9, downloads: 7, misses: 1 },
  report,
};

describe('statusText', () => {
  it('shows what is cached, missing and why, the last run, and what was served', () => {
    const text = statusText({ folders: [folder], isSyncing: false, nextRun: 'soon' }, true, false);
    for (const part of [
      'next run at soon',
      'images: 12 files, 12.0 GB',
      'last run 2026-01-01T00:01:00.000Z: 1 added, 0 removed, 1 problem, 2.00 GB downloaded, 1.00 GB of it from other caches',
      'served 7 downloads, 5.00 GB that the store did not have to send; 1 miss',
      '… and 2 more (--all)',
      'b: the disk has 1 B free',
      'ubuntu-1: expired',
      'images/b is not downloaded',
    ])
      expect(text).toContain(part);
    expect(statusText({ folders: [folder], isSyncing: false }, true, true)).toContain('a11  1.00 GB');
  });

  it('says that nothing runs, or that nothing ran yet', () => {
    const text = statusText({ folders: [{ ...folder, report: undefined }], isSyncing: false }, false, false);
    expect(text).toContain('is not running');
    expect(text).toContain('no run yet');
  });
});

describe('SyncProgress', () => {
  it('shows how far a download is, at which rate, and how long it still takes', () => {
    const clock = new ManualClock();
    const lines: string[] = [];
    const progress = new SyncProgress(
      new MemoryLogger(),
      () => clock.now(),
      (line) => lines.push(line),
      1000,
    );
    progress.begin('images', 'a', 1, 2, 10e9);
    progress.source('store', 2e9);
    clock.advance(999);
    progress.update(3e9);
    expect(lines).toEqual([]);
    clock.advance(1001);
    progress.update(4e9);
    expect(lines).toEqual(['images 1/2 a: 4.00 GB of 10.0 GB (40 %), 1.00 GB/s from store, 6 s left']);
    expect(progress.current).toMatchObject({ key: 'a', bytes: 4e9, rate: 1e9 });
    progress.end();
    expect(progress.current).toBeUndefined();
  });
});
