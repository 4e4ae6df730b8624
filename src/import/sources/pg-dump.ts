import { openDump } from './dump-file.js';
import { linesOf } from './lines.js';
import { unreadable, type ReadProgress, type RowSink, type ImportSource } from './source.js';

const COPY = /^COPY (?:"?\w+"?\.)?"?(\w+)"? \(([^)]*)\) FROM stdin;$/;
const CUSTOM_FORMAT = 'PGDMP';

/** Plain SQL text of `pg_dump`, gzipped or not. Only the data of the wanted tables is looked at. */
export class PgDump implements ImportSource {
  readonly name: string;

  constructor(private readonly path: string) {
    this.name = `pg_dump file ${path}`;
  }

  async read(tables: readonly string[], sink: RowSink, progress: ReadProgress): Promise<ReadonlySet<string>> {
    const { bytes, head } = await openDump(this.path, `reading ${this.path} (KiB)`, progress);
    if (head.toString('latin1').startsWith(CUSTOM_FORMAT)) {
      bytes.destroy();
      throw unreadable(this.name, 'is in the custom format of pg_dump, expected plain text (pg_dump --format=plain)');
    }
    const seen = new Set<string>();
    const reader = new CopyReader(tables, seen, sink);
    try {
      for await (const lines of linesOf(bytes)) for (const line of lines) reader.line(line);
    } catch (error) {
      throw unreadable(this.name, `cannot be read: ${(error as Error).message}`, error);
    }
    if (reader.open) throw unreadable(this.name, 'ends in the middle of a table: it is not complete');
    const missing = tables.filter((table) => !seen.has(table));
    if (missing.length > 0) {
      throw unreadable(
        this.name,
        `holds no data of ${missing.join(', ')}, expected plain text of pg_dump, without --inserts`,
      );
    }
    return seen;
  }
}

/** Follows the COPY blocks of a dump; every other statement, and each psql command, is skipped. */
class CopyReader {
  private columns: readonly string[] | undefined;
  private table = '';
  private wanted = false;

  constructor(
    private readonly tables: readonly string[],
    private readonly seen: Set<string>,
    private readonly sink: RowSink,
  ) {}

  /** Inside a block. */
  get open(): boolean {
    return this.columns !== undefined;
  }

  line(text: string): void {
    if (this.columns === undefined) return this.begin(text);
    if (text === '\\.') this.columns = undefined;
    else if (this.wanted) this.row(text, this.columns);
  }

  private begin(text: string): void {
    const [, table, columns] = COPY.exec(text) ?? [];
    if (table === undefined || columns === undefined) return;
    this.table = table;
    this.wanted = this.tables.includes(table);
    if (this.wanted) this.seen.add(table);
    this.columns = columns.split(', ').map((column) => column.replaceAll('"', ''));
  }

  private row(text: string, columns: readonly string[]): void {
    const values = text.split('\t');
    if (values.length !== columns.length) {
      throw new SyntaxError(`a row of ${this.table} has ${values.length} columns, expected ${columns.length}`);
    }
    this.sink(this.table, Object.fromEntries(columns.map((column, index) => [column, unescape(values[index] ?? '')])));
  }
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** A value of COPY's text format; null for `\N`. */
function unescape(value: string): string | null {
  if (value === '\\N') return null;
  if (!value.includes('\\')) return value;
  return value.replace(/\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(.))/gs, (_, octal?: string, hex?: string, one = '') => {
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
    if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
    return ESCAPES[one as string] ?? (one as string);
  });
}
