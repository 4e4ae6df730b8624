import type { Removal, Stored, WriteOutcome } from './engine.js';
import type { SavedState } from './saved-state.js';
import { copyOf } from '../../shared/copy-of.js';
import { storedValue } from './stored-value.js';
import type { Document } from './table.js';

/** Outcome of an insert, with the JSON text from which the document was made. */
export type InsertOutcome =
  Exclude<WriteOutcome, { ok: true }> | { readonly ok: true; readonly document: Document; readonly json: string };

const successor = (content: { readonly id: string }, revision: number, before: Document): Document =>
  storedValue({ ...content, revision }, before) as Document;

/** Copies only the patch: the other parts of the document stay identical, so consumers can recognize them. */
function patched(current: Document, patch: { readonly id: string }): Document {
  const kept = Object.entries(current).filter(([field]) => !Object.hasOwn(patch, field));
  return copyOf({ ...Object.fromEntries(kept), ...successor(patch, current.revision + 1, current) });
}

/**
 * The content of one table in an engine that decides in memory, with a single writer: implements the rules of
 * conditional writes. Each method that changes something returns the resulting document.
 */
export class TableContent {
  readonly documents = new Map<string, Document>();
  readonly removals = new Map<string, Removal>();

  read(id: string): Stored {
    const current = this.documents.get(id);
    return { current, revision: current?.revision ?? this.removals.get(id)?.revision ?? 0 };
  }

  insert(content: { readonly id: string }): InsertOutcome {
    const stored = this.read(content.id);
    if (stored.current !== undefined) return { ok: false, ...stored };
    const json = JSON.stringify({ ...content, revision: stored.revision + 1 });
    return { ok: true, document: this.put(JSON.parse(json) as Document), json };
  }

  replace(content: { readonly id: string }, expectedRevision: number): WriteOutcome {
    const stored = this.read(content.id);
    if (stored.current?.revision !== expectedRevision) return { ok: false, ...stored };
    return { ok: true, document: this.put(successor(content, expectedRevision + 1, stored.current)) };
  }

  remove(id: string, expectedRevision: number | undefined): WriteOutcome {
    const stored = this.read(id);
    if (stored.current === undefined) return { ok: false, ...stored };
    if (expectedRevision !== undefined && stored.revision !== expectedRevision) return { ok: false, ...stored };
    this.documents.delete(id);
    this.removals.set(id, { id, revision: stored.revision + 1 });
    return { ok: true, document: stored.current };
  }

  /** Merges the patches one after the other. Returns the resulting documents, each once. */
  patchUnchecked(patches: readonly { readonly id: string }[]): readonly Document[] {
    const touched = new Map<string, Document>();
    for (const patch of patches) {
      const current = this.documents.get(patch.id);
      if (current === undefined) continue;
      touched.set(patch.id, this.put(patched(current, patch)));
    }
    return [...touched.values()];
  }

  /** Takes over a document or a removal with its revision. */
  restore({ kind, json }: SavedState): void {
    const state = JSON.parse(json) as Document;
    if (kind === 'document') {
      this.put(state);
    } else {
      this.documents.delete(state.id);
      this.removals.set(state.id, { id: state.id, revision: state.revision });
    }
  }

  clear(): void {
    this.documents.clear();
    this.removals.clear();
  }

  private put(document: Document): Document {
    this.documents.set(document.id, document);
    this.removals.delete(document.id);
    return document;
  }
}
