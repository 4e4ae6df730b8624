import { basename, dirname } from 'node:path';
import { extract } from 'tar-stream';
import { openDump } from './dump-file.js';
import { linesOf } from './lines.js';
import { unreadable, type OldRow, type ReadProgress, type RowSink, type ImportSource } from './source.js';

/**
 * What `rethinkdb dump` wrote: a tar, usually gzipped, with a JSON array for each table, one document a line. One pass,
 * in the order of the archive.
 */
export class RethinkDbArchive implements ImportSource {
  readonly name: string;

  constructor(
    private readonly path: string,
    private readonly database = 'metalapi',
  ) {
    this.name = `RethinkDB archive ${path}`;
  }

  async read(tables: readonly string[], sink: RowSink, progress: ReadProgress): Promise<ReadonlySet<string>> {
    const { bytes } = await openDump(this.path, 'reading RethinkDB archive (KiB)', progress);
    const seen = new Set<string>();
    try {
      for await (const entry of bytes.pipe(extract())) {
        const table = this.tableOf(entry.header.name);
        if (table !== undefined && tables.includes(table)) {
          seen.add(table);
          await this.readTable(table, entry, sink);
        } else {
          entry.resume();
        }
      }
    } catch (error) {
      throw unreadable(
        this.name,
        `cannot be read as an archive of "rethinkdb dump": ${(error as Error).message}`,
        error,
      );
    }
    if (seen.size === 0) throw unreadable(this.name, `holds no table of a database "${this.database}"`);
    return seen;
  }

  /** `rethinkdb_dump_2026-01-01T00:00:00/metalapi/machine.json` → `machine`. */
  private tableOf(path: string): string | undefined {
    const isTable = path.endsWith('.json') && basename(dirname(path)) === this.database;
    return isTable ? basename(path, '.json') : undefined;
  }

  private async readTable(table: string, entry: AsyncIterable<unknown>, sink: RowSink): Promise<void> {
    let number = 0;
    for await (const lines of linesOf(entry as AsyncIterable<Buffer>)) {
      for (const line of lines) {
        number++;
        const text = line.trim().replace(/,$/, '');
        if (text === '' || text === '[' || text === ']') continue;
        sink(table, parseRow(text, `${table}.json line ${number}`));
      }
    }
  }
}

/** Throws SyntaxError that says where; it never shows the text, which may hold secrets. */
function parseRow(text: string, where: string): OldRow {
  const row = parseJson(text);
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw new SyntaxError(`${where} is not a JSON document`);
  }
  return row as OldRow;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
