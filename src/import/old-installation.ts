import { UsageError } from '../cli/usage-error.js';
import { count, part, text } from './fields.js';
import type { OldRow, ReadProgress, ImportSource } from './sources/source.js';

/** Tables of RethinkDB that hold documents which are imported or compared. */
const DOCUMENT_TABLES = [
  ...['partition', 'size', 'sizereservation', 'sizeimageconstraint', 'image', 'filesystemlayout'],
  ...['network', 'ip', 'switch', 'switchstatus', 'machine', 'event', 'migration', 'sharedmutex'],
] as const;

export type OldTable = (typeof DOCUMENT_TABLES)[number];

/** Free numbers; a table each, and one that says whether it was filled. */
const POOL_TABLES = ['integerpool', 'asnpool', 'integerpoolinfo', 'asnpoolinfo'] as const;

/** The version of the old schema that the import knows. */
export const KNOWN_MIGRATION = 10;

/** One prefix of the old IPAM. */
export interface OldPrefix {
  readonly cidr: string;
  readonly parent: string;
  readonly addresses: readonly string[];
  /** Child prefixes that are taken. */
  readonly children: readonly string[];
}

/** The numbers of a pool that are free; undefined when the pool was never filled. */
export type FreeNumbers = ReadonlySet<number> | undefined;

/** Everything that is read of an existing installation. */
export interface OldInstallation {
  readonly tables: Readonly<Record<OldTable, readonly OldRow[]>>;
  readonly freeVrfs: FreeNumbers;
  readonly freeAsns: FreeNumbers;
  readonly tenants: readonly OldRow[];
  readonly projects: readonly OldRow[];
  readonly prefixes: readonly OldPrefix[];
  /** How many documents were read. */
  readonly size: number;
}

export interface Sources {
  readonly rethinkdb: ImportSource;
  readonly masterdata: ImportSource;
  readonly ipam: ImportSource;
}

/** Reads all three databases, row by row. Throws UsageError when one cannot be read or is of a version not known. */
export async function readInstallation(sources: Sources, progress: ReadProgress): Promise<OldInstallation> {
  const main = await readRethinkDb(sources.rethinkdb, progress);
  const { tenants, projects } = await readMasterdata(sources.masterdata, progress);
  const prefixes = await readIpam(sources.ipam, progress);
  const documents = Object.values(main.tables).reduce((sum, rows) => sum + rows.length, 0);
  return { ...main, tenants, projects, prefixes, size: documents + tenants.length + projects.length + prefixes.length };
}

async function readRethinkDb(source: ImportSource, progress: ReadProgress) {
  const tables = Object.fromEntries(DOCUMENT_TABLES.map((table) => [table, [] as OldRow[]])) as unknown as Record<
    OldTable,
    OldRow[]
  >;
  const pools = { integerpool: new Set<number>(), asnpool: new Set<number>() };
  const filled = new Set<string>();
  const sink = (table: string, row: OldRow): void => {
    if (table === 'integerpool' || table === 'asnpool') pools[table].add(count(row, 'id'));
    else if (table === 'integerpoolinfo' || table === 'asnpoolinfo') filled.add(text(row, 'id'));
    else tables[table as OldTable].push(row);
  };
  const seen = await source.read([...DOCUMENT_TABLES, ...POOL_TABLES], sink, progress);
  const missing = DOCUMENT_TABLES.filter((table) => !seen.has(table) && !OPTIONAL.has(table));
  if (missing.length > 0) throw new UsageError(`${source.name}: tables are missing: ${missing.join(', ')}`);
  checkVersion(source, tables.migration);
  for (const rows of Object.values(tables)) rows.sort(byIdOfRow); // a live database hands them out in no order
  return {
    tables,
    freeVrfs: filled.has('integerpool') ? pools.integerpool : undefined,
    freeAsns: filled.has('asnpool') ? pools.asnpool : undefined,
  };
}

const byIdOfRow = (a: OldRow, b: OldRow): number => (text(a, 'id') < text(b, 'id') ? -1 : 1);

const OPTIONAL: ReadonlySet<OldTable> = new Set<OldTable>(['sharedmutex']);

/** Documents of before the last migration have another form. */
function checkVersion(source: ImportSource, migrations: readonly OldRow[]): void {
  const version = Math.max(0, ...migrations.map((row) => count(row, 'id')));
  if (version >= KNOWN_MIGRATION) return;
  throw new UsageError(
    `${source.name} was migrated to version ${version}, expected ${KNOWN_MIGRATION}: ` +
      'upgrade the old server to v0.44 and run its "migrate" first',
  );
}

async function readMasterdata(source: ImportSource, progress: ReadProgress) {
  const rows = { tenants: [] as OldRow[], projects: [] as OldRow[] };
  const sink = (table: string, row: OldRow): void => {
    const member = table === 'tenants' ? 'tenant' : 'project';
    rows[table as keyof typeof rows].push(document(source, `${table} ${text(row, 'id')}`, row[member]));
  };
  await source.read(['tenants', 'projects'], sink, progress);
  return rows;
}

async function readIpam(source: ImportSource, progress: ReadProgress): Promise<OldPrefix[]> {
  const prefixes: OldPrefix[] = [];
  await source.read(
    ['prefixes'],
    (_, row) => {
      const cidr = text(row, 'cidr');
      const prefix = document(source, `prefix ${cidr}`, row['prefix']);
      const children = Object.entries(part(prefix, 'AvailableChildPrefixes') ?? {});
      prefixes.push({
        cidr,
        parent: text(prefix, 'ParentCidr'),
        addresses: Object.keys(part(prefix, 'IPs') ?? {}),
        children: children.flatMap(([child, available]) => (available === false ? [child] : [])),
      });
    },
    progress,
  );
  return prefixes;
}

/** A column of type jsonb: a live database hands out the value, a dump its text. */
function document(source: ImportSource, what: string, value: unknown): OldRow {
  try {
    const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    if (typeof parsed === 'object' && parsed !== null) return parsed as OldRow;
  } catch {
    // the same complaint as for a value of another type
  }
  throw new UsageError(`${source.name}: ${what} holds no JSON document`);
}
