import { formatByteSize } from '../../config/byte-size.js';
import { pluralize } from '../../shared/text.js';
import type { DownloadProgress } from '../sync/report.js';
import type { CacheStatus, FolderStatus } from './status.js';

/** Entries of a list that are shown without `--all`. */
const SHOWN = 10;

/** The status in lines for people; `isRunning` is whether a process of the cache answered. */
export function statusText(status: CacheStatus, isRunning: boolean, all: boolean): string {
  return [
    isRunning ? syncLine(status) : 'the image cache is not running; this is what it left on the disk',
    ...status.folders.flatMap((folder) => ['', ...folderLines(folder, all)]),
  ].join('\n');
}

function syncLine({ isSyncing, download, nextRun }: CacheStatus): string {
  if (download !== undefined) return downloadText(download);
  if (isSyncing) return 'a run is active';
  return nextRun === undefined ? 'the run has ended' : `next run at ${nextRun}`;
}

/** One line about the download that is under way. */
export function downloadText({ folder, key, file, files, bytes, size, rate, from }: DownloadProgress): string {
  const amount = `${formatByteSize(bytes)} of ${formatByteSize(size)}`;
  return `downloads ${folder}/${key} (${file} of ${files}): ${amount}, ${formatByteSize(Math.round(rate))}/s from ${from}`;
}

function folderLines({ kind, cached, served, report }: FolderStatus, all: boolean): string[] {
  const size = cached.reduce((sum, file) => sum + file.size, 0);
  const limited = (lines: readonly string[]): string[] =>
    all || lines.length <= SHOWN
      ? [...lines]
      : [...lines.slice(0, SHOWN), `… and ${lines.length - SHOWN} more (--all)`];
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [`  ${title}:`, ...limited(lines).map((line) => `    ${line}`)];
  return [
    `${kind}: ${pluralize(cached.length, 'file')}, ${formatByteSize(size)}`,
    report === undefined ? '  no run yet' : `  last run ${report.endedAt}: ${runText(report)}`,
    `  served ${pluralize(served.downloads, 'download')}, ${formatByteSize(served.bytes)} that the store did not have to ` +
      `send; ${pluralize(served.misses, 'miss', 'misses')}`,
    ...section(
      'cached',
      cached.map((file) => `${file.key}  ${formatByteSize(file.size)}`),
    ),
    ...section('missing', report?.missing.map(({ key, why }) => `${key}: ${why}`) ?? []),
    ...section('not to be cached', report?.skipped.map(({ id, reason }) => `${id}: ${reason}`) ?? []),
    ...section('problems of the last run', report?.problems ?? []),
  ];
}

function runText({
  added,
  removed,
  problems,
  downloadedBytes,
  peerBytes,
}: NonNullable<FolderStatus['report']>): string {
  const from = peerBytes === 0 ? '' : `, ${formatByteSize(peerBytes)} of it from other caches`;
  return (
    `${added.length} added, ${removed.length} removed, ${pluralize(problems.length, 'problem')}, ` +
    `${formatByteSize(downloadedBytes)} downloaded${from}`
  );
}
