/** A machine that has joined the VPN. */
export interface VpnNode {
  readonly id: string;
  /** The host name with which it joined. */
  readonly name: string;
  /** The name of the user that owns it. */
  readonly user: string;
  readonly online: boolean;
}

/** A key that lets one node of its user join, once. */
export interface VpnKey {
  readonly id: string;
  readonly user: string;
  readonly key: string;
}

/**
 * The coordinator of the VPN through which operators reach firewalls. Throws `disabled` if none is configured, and
 * `unavailable` if it does not respond or refuses this server.
 */
export abstract class Vpn {
  abstract readonly enabled: boolean;
  /** Address of the control plane that nodes join. */
  abstract readonly address: string;
  /** Creates the user if necessary. Idempotent. */
  abstract ensureUser(name: string): Promise<void>;
  /** Throws `not-found` for an unknown user. Ephemeral nodes disappear when they go offline. `expires` is ISO 8601. */
  abstract createKey(user: string, options: { readonly ephemeral: boolean; readonly expires: string }): Promise<VpnKey>;
  /** Invalidates the key. Idempotent. */
  abstract expireKey(key: VpnKey): Promise<void>;
  abstract nodes(): Promise<VpnNode[]>;
  /** Ignores a node that is already gone. */
  abstract removeNode(id: string): Promise<void>;
}
