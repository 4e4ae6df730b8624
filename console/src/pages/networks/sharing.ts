import type { Machine, Network } from '../../api/types.js';

export interface Member {
  readonly machine: Machine;
  /** Its addresses in the network. */
  readonly ips: readonly string[];
  /** The private network that a firewall connects with it. */
  readonly primary: string | undefined;
}

/** Who is in a network: the members of its own project, and those of the others that share it. */
export interface Sharing {
  readonly owner: readonly Member[];
  readonly consumers: readonly { readonly project: string; readonly members: readonly Member[] }[];
}

/** Machines and firewalls in a network, by project (docs/reference/private-shared-networks.md). */
export function sharingOf(network: Network, machines: readonly Machine[]): Sharing {
  const owner: Member[] = [];
  const others = new Map<string, Member[]>();
  for (const machine of machines) {
    const { allocation } = machine;
    const joined = allocation?.networks.find(({ networkid }) => networkid === network.id);
    if (!allocation || !joined) continue;
    const primary = allocation.networks.find(
      ({ networkid, private: isPrivate, networktypev2: type }) =>
        networkid !== network.id && (isPrivate || type === 'child'),
    )?.networkid;
    const member = { machine, ips: joined.ips, primary };
    if (allocation.project === network.projectid) owner.push(member);
    else others.set(allocation.project, [...(others.get(allocation.project) ?? []), member]);
  }
  const consumers = [...others].map(([project, members]) => ({ project, members }));
  return { owner, consumers: consumers.sort((a, b) => (a.project < b.project ? -1 : 1)) };
}
