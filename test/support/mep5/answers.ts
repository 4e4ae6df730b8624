/** The fields of /v1 responses that the scenarios use. */
export interface NetworkAnswer {
  readonly id: string;
  readonly name: string;
  readonly partitionid: string;
  readonly projectid: string;
  readonly parentnetworkid: string | null;
  readonly prefixes: readonly string[];
  readonly destinationprefixes: readonly string[];
  readonly vrf: number;
  readonly nat: boolean;
  readonly shared: boolean;
  readonly privatesuper: boolean;
  readonly underlay: boolean;
  readonly networktype: string;
  readonly nattype: string;
  readonly usage: { readonly used_ips: number; readonly used_prefixes: number };
}

export interface IpAnswer {
  readonly ipaddress: string;
  readonly projectid: string;
  readonly networkid: string;
  readonly type: string;
  readonly tags: readonly string[];
}

export interface MachineNetworkAnswer {
  readonly networkid: string;
  readonly prefixes: readonly string[];
  readonly ips: readonly string[];
  readonly destinationprefixes: readonly string[];
  readonly networktype: string;
  readonly vrf: number;
  readonly asn: number;
  readonly nat: boolean;
  readonly private: boolean;
}

export interface MachineAnswer {
  readonly id: string;
  readonly allocation: { readonly networks: readonly MachineNetworkAnswer[] } | null;
}

export const machineTag = ({ id }: { id: string }): string => `machine.metal-stack.io/id=${id}`;

/** Returns the machine's membership in a network; throws if it has none. */
export function membership(machine: MachineAnswer, networkId: string): MachineNetworkAnswer {
  const found = machine.allocation?.networks.find(({ networkid }) => networkid === networkId);
  if (!found) throw new Error(`machine ${machine.id} is not in network ${networkId}`);
  return found;
}

/** Types of the machine's networks by network id. */
export const typesOf = ({ allocation }: MachineAnswer): Record<string, string> =>
  Object.fromEntries((allocation?.networks ?? []).map(({ networkid, networktype }) => [networkid, networktype]));
