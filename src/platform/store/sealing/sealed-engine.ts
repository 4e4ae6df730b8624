import {
  UnreadableData,
  type Engine,
  type EngineNames,
  type FeedSink,
  type Stored,
  type WriteOutcome,
} from '../engine.js';
import type { LogEntry, LogRange } from '../append-log.js';
import type { SavedState } from '../saved-state.js';
import type { Document } from '../table.js';
import { admitKeys, ENCRYPTION_TABLE, recordKey } from './key-register.js';
import type { KeySource } from './key-source.js';
import type { KeyRing } from './key-ring.js';
import { watchKeys } from './key-watch.js';
import { SealedTable } from './sealed-table.js';

export interface SealingOptions {
  /** Default: true. If false, secrets are stored as plain texts; encrypted ones can still be read. */
  readonly encrypting?: boolean;
  /** Called when keys of other servers do not match ours. Default: process warnings. */
  readonly report?: ((message: string, error: unknown) => void) | undefined;
}

const toWarning = (message: string, error: unknown): void => process.emitWarning(`${message}: ${String(error)}`);

/**
 * An engine that encrypts secrets at rest. It sits between the tables, which see plain texts, and the engine that
 * stores them. Each table declares its secret fields. Documents stored without encryption are read unchanged, and are
 * encrypted on their next write, or by the command `rotate-encryption-key`.
 */
export class SealedEngine implements Engine {
  readonly kind: string;
  readonly bindToIdentity?: NonNullable<Engine['bindToIdentity']>;
  readonly barrier?: NonNullable<Engine['barrier']>;
  readonly insertMany?: NonNullable<Engine['insertMany']>;
  private readonly tables = new Map<string, SealedTable>();
  private readonly encrypting: boolean;
  private watch: { stop(): Promise<void> } | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly keys: KeySource,
    private readonly options: SealingOptions = {},
  ) {
    this.kind = engine.kind;
    if (engine.bindToIdentity) this.bindToIdentity = (...held) => engine.bindToIdentity!(...held);
    if (engine.barrier) this.barrier = (table) => engine.barrier!(table);
    if (engine.insertMany) {
      this.insertMany = (table, contents) =>
        engine.insertMany!(
          table,
          contents.map((content) => this.sealed(table, content)),
        );
    }
    this.encrypting = options.encrypting ?? true;
  }

  /** Throws `unavailable` if the database was encrypted with other keys. */
  async open(names: EngineNames): Promise<void> {
    const secrets = Object.entries(names.secrets ?? {});
    if (secrets.length === 0) return this.engine.open(names);
    await this.engine.open({ ...names, tables: [...names.tables, ENCRYPTION_TABLE] });
    try {
      const ring = await admitKeys(this.engine, this.keys, { encrypting: this.encrypting });
      for (const [table, fields] of secrets) {
        this.tables.set(table, new SealedTable(table, fields, ring, !this.encrypting));
      }
      this.watch = this.watchOthers(ring);
    } catch (error) {
      await this.engine.close();
      throw error;
    }
  }

  follow(table: string, sink: FeedSink): { stop(): Promise<void> } {
    const sealed = this.tables.get(table);
    return this.engine.follow(table, sealed === undefined ? sink : opening(sealed, sink));
  }

  async read(table: string, id: string): Promise<Stored> {
    const stored = await this.engine.read(table, id);
    return { ...stored, current: this.opened(table, stored.current) };
  }

  async insert(table: string, content: { readonly id: string }): Promise<WriteOutcome> {
    return this.outcome(table, await this.engine.insert(table, this.sealed(table, content)));
  }

  async replace(
    table: string,
    content: { readonly id: string },
    expectedRevision: number,
    changed?: ReadonlySet<string>,
  ): Promise<WriteOutcome> {
    // Secrets may be stored in plain text, or with a retired key: they are written again with every change.
    const written = changed && new Set([...changed, ...(this.tables.get(table)?.sealedFields ?? [])]);
    return this.outcome(
      table,
      await this.engine.replace(table, this.sealed(table, content), expectedRevision, written),
    );
  }

  async remove(
    table: string,
    id: string,
    expectedRevision: number | undefined,
    known?: Document,
  ): Promise<WriteOutcome> {
    const outcome = this.outcome(table, await this.engine.remove(table, id, expectedRevision, known));
    if (outcome.ok) this.tables.get(table)?.forget(id);
    return outcome;
  }

  async patchUnchecked(table: string, patches: readonly { readonly id: string }[]): Promise<readonly Document[]> {
    const sealed = this.tables.get(table);
    if (sealed === undefined) return this.engine.patchUnchecked(table, patches);
    const documents = await this.engine.patchUnchecked(
      table,
      patches.map((patch) => sealed.seal(patch)),
    );
    return documents.map((document) => sealed.open(document));
  }

  append(log: string, entries: readonly LogEntry[]): Promise<void> {
    return this.engine.append(log, entries);
  }

  claim(log: string, entry: LogEntry, durable: boolean): Promise<boolean> {
    return this.engine.claim(log, entry, durable);
  }

  scan(log: string, range: LogRange, descending: boolean): AsyncIterable<LogEntry> {
    return this.engine.scan(log, range, descending);
  }

  prune(log: string, range: LogRange): Promise<number> {
    return this.engine.prune(log, range);
  }

  nthNewest(log: string, n: number): Promise<string | undefined> {
    return this.engine.nthNewest(log, n);
  }

  /** Secrets stay encrypted. */
  capture(names: EngineNames): AsyncIterable<readonly SavedState[]> {
    return this.engine.capture(names);
  }

  estimate(names: EngineNames): Promise<number> {
    return this.engine.estimate(names);
  }

  store(states: readonly SavedState[]): Promise<void> {
    return this.engine.store(states);
  }

  clear(names: EngineNames): Promise<void> {
    return this.engine.clear(names);
  }

  version(): Promise<string> {
    return this.engine.version();
  }

  async close(): Promise<void> {
    await this.watch?.stop();
    await this.engine.close();
  }

  /**
   * Other servers on the same database may introduce other keys, or rotate them while this one still uses the old key.
   */
  private watchOthers(ring: KeyRing): { stop(): Promise<void> } {
    const { report = toWarning } = this.options;
    return watchKeys(this.engine, ring, {
      unknown: (id) =>
        report(
          'secrets written by another server cannot be read here',
          `${this.keys.name} does not have its key ${id}`,
        ),
      retired: (id) => {
        if (!this.encrypting) return;
        report('keys were rotated while this server still encrypts with an older one', `key ${id} is in use again`);
        recordKey(this.engine, id).catch((error: unknown) => report(`cannot record key ${id}`, error));
      },
    });
  }

  private sealed<D extends { readonly id: string }>(table: string, content: D): D {
    return this.tables.get(table)?.seal(content) ?? content;
  }

  private opened(table: string, document: Document | undefined): Document | undefined {
    return document && (this.tables.get(table)?.open(document) ?? document);
  }

  private outcome(table: string, outcome: WriteOutcome): WriteOutcome {
    return outcome.ok
      ? { ok: true, document: this.opened(table, outcome.document) as Document }
      : { ...outcome, current: this.opened(table, outcome.current) };
  }
}

/** Wraps a sink so that it receives decrypted documents. Engines report errors it throws as a gap of the feed. */
const opening = (table: SealedTable, sink: FeedSink): FeedSink => ({
  snapshot: (documents, removals) => sink.snapshot(openAll(table, documents), removals),
  put: (document) => sink.put(table.open(document)),
  removed: (id, revision) => {
    table.forget(id);
    sink.removed(id, revision);
  },
  invalidate: () => sink.invalidate(),
  lost: (error) => sink.lost(error),
});

/** Opens all documents. Throws a single error with the number of unreadable documents and the first reason. */
function openAll(table: SealedTable, documents: readonly Document[]): readonly Document[] {
  const opened: Document[] = [];
  const failures: UnreadableData[] = [];
  for (const document of documents) {
    try {
      opened.push(table.open(document));
    } catch (error) {
      if (!(error instanceof UnreadableData)) throw error;
      failures.push(error);
    }
  }
  const [first] = failures;
  if (first === undefined) return opened;
  const more = failures.length > 1 ? ` (and ${failures.length - 1} more documents)` : '';
  throw new UnreadableData(`${first.message}${more}; docs/guide/encryption.md describes what to do`);
}
