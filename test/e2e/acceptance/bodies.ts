/** The parts of responses that the scenarios examine. */

export interface MachineNetworkBody {
  readonly networkid: string;
  readonly networktype: string;
  readonly ips: readonly string[];
  readonly vrf: number;
  readonly asn: number;
  readonly private: boolean;
  readonly underlay: boolean;
}

export interface AllocationBody {
  readonly name: string;
  readonly hostname: string;
  readonly description: string;
  readonly role: string;
  readonly project: string;
  readonly created: string;
  readonly ssh_pub_keys: readonly string[];
  readonly user_data: string;
  readonly networks: readonly MachineNetworkBody[];
}

export interface MachineBody {
  readonly id: string;
  readonly tags: readonly string[];
  readonly rackid: string;
  readonly liveliness: string;
  readonly partition?: { readonly id: string };
  readonly allocation?: AllocationBody | null;
  readonly events: {
    readonly crash_loop: boolean;
    readonly log: readonly { readonly event: string }[];
  };
}

export interface NetworkBody {
  readonly id: string;
  readonly prefixes: readonly string[];
  readonly parentnetworkid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly privatesuper: boolean;
  readonly nat: boolean;
  readonly underlay: boolean;
  readonly usage: Readonly<Record<string, number>>;
}

export interface IpBody {
  readonly ipaddress: string;
  readonly networkid: string;
  readonly type: string;
  readonly tags?: readonly string[];
}
