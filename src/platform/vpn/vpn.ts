/** A machine that has joined. */
export interface VpnNode {
  readonly id: string;
  /** The host name it joined with. */
  readonly name: string;
  /** The name of the user it belongs to. */
  readonly user: string;
  readonly online: boolean;
}

/** Lets one node join as a node of its user, once. */
export interface VpnKey {
  readonly id: string;
  readonly user: string;
  readonly key: string;
}

/**
 * The coordinator of the VPN through which operators reach firewalls. Throws `disabled` where none is configured, and
 * `unavailable` when it does not answer or refuses this server.
 */
export abstract class Vpn {
  abstract readonly enabled: boolean;
  /** Where nodes join. */
  abstract readonly address: string;
  /** Idempotent. */
  abstract ensureUser(name: string): Promise<void>;
  /** Throws `not-found` when there is no such user. Ephemeral nodes vanish when they go offline. `expires` is ISO. */
  abstract createKey(user: string, options: { readonly ephemeral: boolean; readonly expires: string }): Promise<VpnKey>;
  /** The key lets nobody join any more. Idempotent. */
  abstract expireKey(key: VpnKey): Promise<void>;
  abstract nodes(): Promise<VpnNode[]>;
  /** A node that is gone already is fine. */
  abstract removeNode(id: string): Promise<void>;
}
