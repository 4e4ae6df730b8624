/** Documents and log entries are states; so are removals, which keep revisions from starting again. */
export type SavedKind = 'document' | 'removal' | 'entry';

/**
 * One stored state, as an engine captures it and as any engine stores it again. Secrets are in the form in which they
 * are stored: encrypted, unless encryption is off.
 */
export interface SavedState {
  readonly kind: SavedKind;
  /** Name of the table or log. */
  readonly name: string;
  /** JSON text on one line: a document with its revision, `{ id, revision }` of a removal, or an entry. */
  readonly json: string;
}

/** Characters per page, roughly: pages are bounded by the size of their states, too. */
const PAGE_CHARS = 1024 * 1024;
const PAGE_STATES = 500;

/** Collects states into pages of bounded size. */
export async function* inPages(states: AsyncIterable<SavedState> | Iterable<SavedState>): AsyncIterable<SavedState[]> {
  let page: SavedState[] = [];
  let chars = 0;
  for await (const state of states) {
    page.push(state);
    chars += state.json.length;
    if (page.length < PAGE_STATES && chars < PAGE_CHARS) continue;
    yield page;
    [page, chars] = [[], 0];
  }
  if (page.length > 0) yield page;
}
