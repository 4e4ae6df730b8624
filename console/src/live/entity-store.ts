import type { Kind, Kinds } from '../api/types.js';

/** How current the store is. */
export type Freshness =
  | 'loading' // the first state is arriving
  | 'live' // equals the lists of the server
  | 'stale' // the connection is lost; the last state is shown
  | 'ended'; // the server no longer accepts the credential

type Entities = Map<string, unknown>;

/** Milliseconds between two notices of changes: pages render at most this often, whatever the fleet does. */
const NOTICE_INTERVAL = 200;

/**
 * The objects of the watch, outside of React. Changes are announced in batches; `version` of a kind changes with each batch
 * that has touched it. Maps are changed in place: use versions, not identity, to notice a change.
 */
export class EntityStore {
  freshness: Freshness = 'loading';
  /** Why it ended or could not connect. */
  problem = '';
  private kinds = new Map<Kind, Entities>();
  /** Collects the state that the server sends anew, while the old one is still shown. */
  private incoming: Map<Kind, Entities> | undefined;
  private readonly versions = new Map<Kind, number>();
  private readonly touched = new Set<Kind>();
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** All objects of a kind by ID. */
  all<K extends Kind>(kind: K): ReadonlyMap<string, Kinds[K]> {
    return entitiesOf(this.kinds, kind) as ReadonlyMap<string, Kinds[K]>;
  }

  get<K extends Kind>(kind: K, id: string): Kinds[K] | undefined {
    return this.all(kind).get(id);
  }

  version(kind: Kind): number {
    return this.versions.get(kind) ?? 0;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A new state begins. Without an old one to show, what arrives is shown at once. */
  reset(): void {
    const isEmpty = [...this.kinds.values()].every((entities) => entities.size === 0);
    this.incoming = isEmpty ? undefined : new Map();
    this.setFreshness(isEmpty ? 'loading' : 'stale');
  }

  put(kind: Kind, id: string, object: unknown): void {
    entitiesOf(this.incoming ?? this.kinds, kind).set(id, object);
    if (!this.incoming) this.touch(kind);
  }

  remove(kind: Kind, id: string): void {
    entitiesOf(this.incoming ?? this.kinds, kind).delete(id);
    if (!this.incoming) this.touch(kind);
  }

  /** The copy is complete. */
  complete(): void {
    if (this.incoming) {
      const gone = this.kinds;
      this.kinds = this.incoming;
      this.incoming = undefined;
      for (const kind of new Set([...gone.keys(), ...this.kinds.keys()])) this.touch(kind);
    }
    this.setFreshness('live');
  }

  setFreshness(freshness: Freshness, problem = ''): void {
    if (freshness === this.freshness && problem === this.problem) return;
    this.freshness = freshness;
    this.problem = problem;
    this.notice();
  }

  private touch(kind: Kind): void {
    this.touched.add(kind);
    this.timer ??= setTimeout(() => this.notice(), NOTICE_INTERVAL);
  }

  private notice(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const kind of this.touched) this.versions.set(kind, this.version(kind) + 1);
    this.touched.clear();
    for (const listener of this.listeners) listener();
  }
}

function entitiesOf(kinds: Map<Kind, Entities>, kind: Kind): Entities {
  const entities = kinds.get(kind) ?? new Map<string, unknown>();
  kinds.set(kind, entities);
  return entities;
}
