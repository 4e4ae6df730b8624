/** The credentials with which a firewall joins the VPN of its project; part of its allocation. */
export interface VpnMembership {
  /** Address of the VPN control plane. */
  readonly address: string;
  readonly authKey: string;
}

/** The membership of a firewall that has not joined yet, and a function that revokes it. */
export interface VpnInvitation {
  readonly membership: VpnMembership;
  /** Invalidates the key, so that it can no longer be used to join. Never rejects. */
  readonly withdraw: () => Promise<void>;
}
