import { createHash, type Hash } from 'node:crypto';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import { quoteText } from '../../../shared/text.js';
import type { SavedKind, SavedState } from '../saved-state.js';
import {
  BadArchive,
  FORMAT_NAME,
  FORMAT_VERSION,
  KIND_CODES,
  MAX_LINE_BYTES,
  TOTALS_CODE,
  type ArchiveHeader,
  type ArchiveTotals,
} from './archive-format.js';

const KINDS: ReadonlyMap<string, SavedKind> = new Map(
  Object.entries(KIND_CODES).map(([kind, code]) => [code, kind as SavedKind]),
);

const NEWLINE = 0x0a;

/**
 * Reads an archive once, in bounded memory, and checks it on the way: only when `pages` has ended without an error is
 * the archive complete and undamaged.
 */
export class ArchiveReader {
  /** States so far. */
  read = 0;
  private readonly hash = createHash('sha256');
  private readonly counts: Record<SavedKind, number> = { document: 0, removal: 0, entry: 0 };
  private totals: ArchiveTotals | undefined;

  private constructor(
    readonly header: ArchiveHeader,
    private readonly rest: AsyncIterator<Buffer[]>,
    private readonly begun: readonly Buffer[],
    first: Buffer,
  ) {
    this.take(first);
  }

  /** Reads the header. Throws BadArchive for what is not an archive, or one that this program cannot read. */
  static async open(bytes: Readable): Promise<ArchiveReader> {
    const lines = linesOf(bytes)[Symbol.asyncIterator]();
    try {
      const next = await lines.next();
      const [first, ...begun] = next.done === true ? [] : next.value;
      if (first === undefined) throw new BadArchive('it is empty');
      return new ArchiveReader(headerOf(first), lines, begun, first);
    } catch (error) {
      bytes.destroy();
      throw explained(error, undefined);
    }
  }

  /** The states, in order. Throws BadArchive when the archive turns out to be damaged or cut. */
  async *pages(): AsyncIterable<readonly SavedState[]> {
    try {
      yield this.parse(this.begun);
      for (let next = await this.rest.next(); !next.done; next = await this.rest.next()) yield this.parse(next.value);
      this.checkTotals();
    } catch (error) {
      throw explained(error, this.read);
    } finally {
      await this.rest.return?.();
    }
  }

  /** Reads to the end; `progress` is called with the number of states so far. Returns the totals. */
  async verify(progress: (read: number) => void = () => undefined): Promise<ArchiveTotals> {
    for await (const page of this.pages()) if (page.length > 0) progress(this.read);
    return this.totals!;
  }

  private parse(lines: readonly Buffer[]): SavedState[] {
    const states: SavedState[] = [];
    for (const line of lines) {
      if (this.totals !== undefined) throw new BadArchive('there is more behind its end');
      const text = line.toString();
      const [, code = '', name = '', json = ''] = /^([a-z]+) (?:([a-z_]+) )?(.*)$/s.exec(text) ?? [];
      const kind = KINDS.get(code);
      if (code === TOTALS_CODE) {
        this.totals = JSON.parse(json) as ArchiveTotals;
      } else if (kind === undefined || name === '') {
        throw new BadArchive(`line ${String(this.read + 2)} is not the state of a table or log`);
      } else {
        this.take(line);
        this.counts[kind] += 1;
        this.read += 1;
        states.push({ kind, name, json });
      }
    }
    return states;
  }

  private take(line: Buffer): void {
    addLine(this.hash, line);
  }

  private checkTotals(): void {
    if (this.totals === undefined) throw new BadArchive('it is cut off');
    const { sha256, ...counts } = this.totals;
    const differs = Object.entries(this.counts).some(([kind, count]) => counts[kind as SavedKind] !== count);
    if (differs || sha256 !== this.hash.digest('hex')) throw new BadArchive('its checksum does not match its content');
  }
}

function addLine(hash: Hash, line: Buffer): void {
  hash.update(line);
  hash.update('\n');
}

/** Lines without their ends, some at a time. */
async function* linesOf(bytes: Readable): AsyncIterable<Buffer[]> {
  const text = pipeline(bytes, createGunzip(), () => undefined); // its error comes up below
  let rest: Buffer[] = [];
  let length = 0;
  for await (const chunk of text as AsyncIterable<Buffer>) {
    const lines: Buffer[] = [];
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      lines.push(Buffer.concat([...rest, chunk.subarray(from, to)]));
      [rest, length, from] = [[], 0, to + 1];
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > MAX_LINE_BYTES) throw new BadArchive(`it has a line of more than ${String(MAX_LINE_BYTES)} bytes`);
    if (lines.length > 0) yield lines;
  }
  if (length > 0) throw new BadArchive('it is cut off');
}

function headerOf(line: Buffer): ArchiveHeader {
  const header = parsed(line);
  if (header?.format !== FORMAT_NAME) throw new BadArchive('it is not a backup of metal-api');
  const { version, program } = header;
  if (typeof version !== 'number' || version > FORMAT_VERSION || typeof header.schema !== 'number') {
    const writer = quoteText(String(program), 40);
    throw new BadArchive(
      `it has format ${String(version)}, written by metal-api ${writer}, which is newer than this program`,
    );
  }
  return header as ArchiveHeader;
}

function parsed(line: Buffer): Partial<ArchiveHeader> | undefined {
  try {
    const value: unknown = JSON.parse(line.toString());
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What is wrong, and after how many states. Errors that do not come from the archive stay as they are. */
function explained(error: unknown, read: number | undefined): unknown {
  const where = read === undefined ? '' : ` (after ${String(read)} states)`;
  if (error instanceof BadArchive) return new BadArchive(`${error.message}${where}`);
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR' || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return new BadArchive(`it is cut off${where}`, error);
  if (code.startsWith('Z_')) {
    const what = read === undefined ? 'it is not compressed by gzip, so no backup of metal-api' : 'it is damaged';
    return new BadArchive(`${what}${where}: ${message}`, error);
  }
  return error instanceof SyntaxError ? new BadArchive(`it is damaged${where}`, error) : error;
}
