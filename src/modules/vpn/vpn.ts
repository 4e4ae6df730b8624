/** How a firewall joins the VPN of its project; becomes part of its allocation. */
export interface VpnMembership {
  /** Where it joins. */
  readonly address: string;
  readonly authKey: string;
}

/** What a firewall needs to join, and what takes that back. */
export interface VpnInvitation {
  readonly membership: VpnMembership;
  /** The key lets nobody join any more. Never rejects. */
  readonly withdraw: () => Promise<void>;
}
