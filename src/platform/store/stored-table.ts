import { AbsentTexts } from './absent-texts.js';
import { changedFields } from './changed-fields.js';
import type { Engine, FeedSink, Stored, WriteOutcome } from './engine.js';
import type { Document } from './table.js';

/** One table of an engine, with its documents as the program sees them: texts that may be absent are `undefined`. */
export class StoredTable {
  private readonly absent: AbsentTexts;

  constructor(
    private readonly engine: Engine,
    private readonly name: string,
    absentTexts: readonly string[],
  ) {
    this.absent = new AbsentTexts(absentTexts);
  }

  follow(sink: FeedSink): { stop(): Promise<void> } {
    return this.engine.follow(this.name, {
      snapshot: (documents, removals) =>
        sink.snapshot(
          documents.map((document) => this.absent.decode(document)),
          removals,
        ),
      put: (document) => sink.put(this.absent.decode(document)),
      removed: (id, revision) => sink.removed(id, revision),
      invalidate: () => sink.invalidate(),
      lost: (error) => sink.lost(error),
    });
  }

  /** Undefined if the engine needs no barriers. */
  async barrier(): Promise<number | undefined> {
    return this.engine.barrier?.(this.name);
  }

  async read(id: string): Promise<Stored> {
    return this.decoded(await this.engine.read(this.name, id));
  }

  async insert(content: { readonly id: string }): Promise<WriteOutcome> {
    return this.outcome(await this.engine.insert(this.name, this.absent.encode(content)));
  }

  /** Does nothing if the engine cannot store many documents at once. */
  async insertMany(contents: readonly { readonly id: string }[]): Promise<void> {
    const encoded = contents.map((content) => this.absent.encode(content));
    await this.engine.insertMany?.(this.name, encoded);
  }

  /** `before` is the document of the expected revision, if the caller has it. */
  async replace(
    content: { readonly id: string },
    expectedRevision: number,
    before: Document | undefined,
  ): Promise<WriteOutcome> {
    const changed = before && changedFields(before, content);
    return this.outcome(await this.engine.replace(this.name, this.absent.encode(content), expectedRevision, changed));
  }

  /** `known` is the document as the caller last saw it. */
  async remove(id: string, expectedRevision: number | undefined, known: Document | undefined): Promise<WriteOutcome> {
    return this.outcome(await this.engine.remove(this.name, id, expectedRevision, known));
  }

  async patchUnchecked(patches: readonly { readonly id: string }[]): Promise<readonly Document[]> {
    const encoded = patches.map((patch) => this.absent.encode(patch));
    const documents = await this.engine.patchUnchecked(this.name, encoded);
    return documents.map((document) => this.absent.decode(document));
  }

  private outcome(outcome: WriteOutcome): WriteOutcome {
    return outcome.ok
      ? { ok: true, document: this.absent.decode(outcome.document) }
      : { ok: false, ...this.decoded(outcome) };
  }

  private decoded({ current, revision }: Stored): Stored {
    return { current: current && this.absent.decode(current), revision };
  }
}
