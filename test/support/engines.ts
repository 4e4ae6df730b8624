import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { EmbeddedEngine } from '../../src/platform/store/embedded/embedded-engine.js';
import type { Engine, FeedSink } from '../../src/platform/store/engine.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { RethinkEngine } from '../../src/platform/store/rethinkdb/rethinkdb-engine.js';
import { givenKeys } from '../../src/platform/store/sealing/key-source.js';
import { SealedEngine } from '../../src/platform/store/sealing/sealed-engine.js';
import { emptyTables, RethinkServer, rethinkdbAvailable } from './rethinkdb.js';

/** A database, initially empty, that any number of stores can connect to. */
export interface Lab {
  connect(): Engine;
  close(): Promise<void>;
}

/** An engine under test. */
export interface Candidate {
  readonly kind: string;
  /** Whether secrets are encrypted at rest. */
  readonly encrypted?: boolean;
  /** Whether data outlives the last connection. */
  readonly persistent: boolean;
  /** Called once before the first lab is created. */
  prepare(): Promise<void>;
  lab(options?: LabOptions): Lab;
  cleanUp(): Promise<void>;
}

export interface LabOptions {
  /** Whether no store may have set up the database before. Creating tables takes seconds, otherwise labs reuse them. */
  readonly isNew?: boolean;
}

/** Shares a single-process engine between several stores: the first opens it, the last closes it. */
function share(create: () => Engine): () => Engine {
  let shared: { readonly engine: Engine; users: number; opened?: Promise<void> } | undefined;
  return () => {
    const mine = (shared ??= { engine: create(), users: 0 });
    mine.users++;
    const close = async (): Promise<void> => {
      if (--mine.users > 0) return;
      shared = undefined;
      await mine.engine.close();
    };
    const open: Engine['open'] = (names) => (mine.opened ??= mine.engine.open(names));
    return override(mine.engine, { open, close });
  };
}

/** Returns `engine` with some methods replaced. */
export const override = (engine: Engine, methods: Partial<Engine>): Engine =>
  new Proxy(engine, {
    get: (target, name) => {
      const own: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name);
      return typeof own === 'function' ? (own as () => unknown).bind(target) : own;
    },
  });

/** Returns `sink` with changes delayed by `pass`; snapshots and losses are forwarded immediately. */
export const passedBy = (sink: FeedSink, pass: (act: () => void) => void): FeedSink => ({
  snapshot: (documents, removals) => sink.snapshot(documents, removals),
  put: (document) => pass(() => sink.put(document)),
  removed: (id, revision) => pass(() => sink.removed(id, revision)),
  invalidate: () => sink.invalidate(),
  lost: (error) => sink.lost(error),
});

/** Returns `engine` with change feeds delayed by `milliseconds`; results of calls are not delayed. */
export const withSlowFeed = (engine: Engine, milliseconds: number): Engine =>
  override(engine, {
    follow: (table, sink) =>
      engine.follow(
        table,
        passedBy(sink, (act) => void setTimeout(act, milliseconds)),
      ),
  });

const nothing = async (): Promise<void> => undefined;

const memory: Candidate = {
  kind: 'memory',
  persistent: false,
  prepare: nothing,
  lab: () => ({ connect: share(() => new MemoryEngine()), close: nothing }),
  cleanUp: nothing,
};

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'metal-store-'));

const embedded: Candidate = {
  kind: 'embedded',
  persistent: true,
  prepare: nothing,
  lab: () => {
    const folder = temporaryFolder();
    return {
      connect: share(() => new EmbeddedEngine(folder)),
      close: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
  cleanUp: nothing,
};

function rethinkdb(): Candidate {
  let server: RethinkServer | undefined;
  const emptied: string[] = [];
  return {
    kind: 'rethinkdb',
    persistent: true,
    prepare: async () => void (server = await RethinkServer.start()),
    lab: ({ isNew = false } = {}) => {
      const options = server!.options(isNew ? undefined : emptied.pop());
      const close = async (): Promise<void> => {
        await emptyTables(options);
        emptied.push(options.database);
      };
      return { connect: () => new RethinkEngine(options), close };
    },
    cleanUp: async () => server?.stop(),
  };
}

/** Encryption keys for tests. */
export const TEST_KEYS = [1, 2, 3].map((n) => Buffer.alloc(32, `key ${n} `));

/** Returns the candidate with secrets encrypted at rest. */
const sealed = (candidate: Candidate): Candidate => ({
  ...candidate,
  encrypted: true,
  lab: (options) => {
    const lab = candidate.lab(options);
    return { ...lab, connect: () => new SealedEngine(lab.connect(), givenKeys('tests', TEST_KEYS.slice(0, 1))) };
  },
});

const CANDIDATES: readonly [() => Candidate, (suite: string) => boolean][] = [
  [() => memory, () => true],
  [() => embedded, () => true],
  [rethinkdb, rethinkdbAvailable],
];

export interface EngineSuite {
  readonly suite: string;
  /** Whether to run the suite again on each persistent engine with secrets encrypted at rest. */
  readonly encrypted?: boolean;
  /** Whether to run the suite only on engines whose data outlives the process. */
  readonly persistent?: boolean;
}

/** Runs a suite once on each engine; engines without an available server are skipped. */
export function describeOnEngines(
  { suite, encrypted = false, persistent = false }: EngineSuite,
  body: (candidate: Candidate) => void,
): void {
  for (const [create, available] of CANDIDATES) {
    const plain = create();
    if (persistent && !plain.persistent) continue;
    const variants = encrypted && plain.persistent ? [plain, sealed(create())] : [plain];
    for (const candidate of variants) {
      const title = `${suite}: ${candidate.kind}${candidate.encrypted ? ', encrypted' : ''}`;
      describe.skipIf(!available(title))(title, () => body(candidate));
    }
  }
}
