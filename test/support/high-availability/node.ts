/** A part of an installation that can die and come back. */
export interface Node {
  readonly name: string;
  /** Ends it with SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again. Resolves when it has caught up with the others. */
  comeBack(): Promise<void>;
}

/** A node with what it does for the others at the moment. */
export interface RankedNode extends Node {
  readonly role: string;
}
