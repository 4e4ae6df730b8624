import { formatByteSize } from '../../config/byte-size.js';
import type { AppLogger } from '../../shared/app-logger.js';
import type { DownloadProgress } from './report.js';

/** How often a long download is logged, in milliseconds. */
const LOG_MS = 10_000;

/** Follows the downloads of a run: for the status, and a line in the log now and then. */
export class SyncProgress {
  private state: (Omit<DownloadProgress, 'rate'> & { readonly since: number; readonly offset: number }) | undefined;
  private logged = 0;

  constructor(
    log: AppLogger,
    private readonly now: () => number = Date.now,
    private readonly show: (line: string, isLast: boolean) => void = (line) => log.info(line),
    private readonly interval = LOG_MS,
  ) {}

  begin(folder: string, key: string, file: number, files: number, size: number): void {
    const since = this.now();
    this.state = { folder, key, file, files, size, bytes: 0, from: '', since, offset: 0 };
    this.logged = since;
  }

  /** A source sends, beginning at `offset`. */
  source(from: string, offset: number): void {
    if (this.state !== undefined) this.state = { ...this.state, from, offset, bytes: offset, since: this.now() };
  }

  /** So many bytes are on the disk. */
  update(bytes: number): void {
    if (this.state === undefined) return;
    this.state = { ...this.state, bytes };
    if (this.now() - this.logged < this.interval) return;
    this.logged = this.now();
    this.show(this.line(), false);
  }

  end(): void {
    if (this.state !== undefined && this.state.bytes >= this.state.size) this.show(this.line(), true);
    this.state = undefined;
  }

  get current(): DownloadProgress | undefined {
    if (this.state === undefined) return undefined;
    const { since, offset, ...rest } = this.state;
    return { ...rest, rate: ((rest.bytes - offset) * 1000) / Math.max(this.now() - since, 1) };
  }

  private line(): string {
    const { folder, key, file, files, bytes, size, rate, from } = this.current!;
    const percent = size === 0 ? 100 : Math.floor((bytes * 100) / size);
    const seconds = rate === 0 || bytes >= size ? '' : `, ${Math.ceil((size - bytes) / rate)} s left`;
    const amount = `${formatByteSize(bytes)} of ${formatByteSize(size)} (${percent} %)`;
    return `${folder} ${file}/${files} ${key}: ${amount}, ${formatByteSize(Math.round(rate))}/s from ${from}${seconds}`;
  }
}
