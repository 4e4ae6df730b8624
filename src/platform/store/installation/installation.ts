import type { Identity } from './identity.js';

type Listener = (identity: Identity) => void;

/** The installation that this process works on. Inject it and read it in `onApplicationBootstrap` or later. */
export class Installation {
  private known: Identity | undefined;
  private readonly listeners = new Set<Listener>();
  private found!: () => void;
  private readonly whenFound = new Promise<void>((resolve) => (this.found = resolve));

  /** Identifies the installation; the same on all replicas. Throws before the store is started. */
  get uuid(): string {
    return this.identity.uuid;
  }

  /** The identity document as last accepted. Throws before the store is started. */
  get identity(): Identity {
    if (this.known === undefined) throw new Error('the installation is known once the store is started');
    return this.known;
  }

  /** Resolves once the store is started; later reads do not throw. */
  whenKnown(): Promise<void> {
    return this.whenFound;
  }

  /**
   * Calls `listener` on every later change: of the epoch when the database has gone back in time, of the UUID when a
   * server that was started on the wrong database finds the right one. Returns an unsubscribe function.
   */
  watch(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** For the store: sets the identity found in the database. */
  update(identity: Identity): void {
    const before = this.known;
    this.known = identity;
    this.found();
    if (before === undefined || (before.uuid === identity.uuid && before.epoch === identity.epoch)) return;
    for (const listener of this.listeners) listener(identity);
  }
}
