/** What old data may disagree on, by name: what it is, and what the import does about it. */
export const INCONSISTENCIES = {
  'unknown-tenant': {
    what: 'a project belongs to a tenant that does not exist',
    action: 'create the tenant anew, without quotas',
  },
  'unknown-project': {
    what: 'something belongs to a project that does not exist',
    action: 'create the project anew, owned by the provider tenant and without quotas, so that nothing loses its owner',
  },
  'unknown-reference': {
    what: 'a document refers to a partition, size or image that does not exist',
    action: 'import it as it is; answers show nothing in that place, as before',
  },
  'network-unknown-parent': {
    what: 'the parent of a child network does not exist, or is not a private super network',
    action: 'import it as it is; fsck reports it, an operator decides',
  },
  'network-prefix-not-in-ipam': {
    what: 'a prefix of a network is missing in the old IPAM',
    action: 'take the prefix from the network',
  },
  'ipam-prefix-unowned': {
    what: 'the old IPAM holds a prefix that no network has',
    action: 'leave it out; the addresses become free',
  },
  'ipam-child-unowned': {
    what: 'the old IPAM counts a child prefix as taken that no network has',
    action: 'leave it out; the child prefix becomes free',
  },
  'ipam-child-not-taken': {
    what: 'the old IPAM does not count the prefix of a child network as taken',
    action: 'take the prefix from the network',
  },
  'ipam-address-unowned': {
    what: 'the old IPAM counts an address without an owner as taken',
    action: 'leave it out; the address becomes free: make sure that nothing uses it',
  },
  'ip-not-in-ipam': {
    what: 'an IP is free in the old IPAM and could have been given away twice',
    action: 'import the IP; the address is taken from then on',
  },
  'ip-unknown-network': {
    what: 'an IP is in a network that does not exist',
    action: 'import it as it is; "fsck --repair" removes it when no machine uses it',
  },
  'ip-outside-network': {
    what: 'an IP is not inside a prefix of its network',
    action: 'import it as it is; fsck reports it, an operator decides',
  },
  'ip-unreadable': {
    what: 'the id of an IP is not an address, or its prefix is not valid',
    action: 'leave it out',
  },
  'ip-unknown-machine': {
    what: 'an IP carries the tag of a machine that does not exist',
    action: 'import it with the tag; "fsck --repair" removes the tag',
  },
  'allocation-ip-missing': {
    what: 'a machine uses an address without an owner',
    action: 'create the IP anew for the project of the machine, so that it is not given away twice',
  },
  'allocation-ip-elsewhere': {
    what: 'a machine uses an IP that belongs to another network',
    action: 'import it as it is; fsck reports it, an operator decides',
  },
  'allocation-unknown-network': {
    what: 'a machine is in a network that does not exist',
    action: 'import it as it is; fsck reports it, an operator decides',
  },
  'vrf-unowned': {
    what: 'VRF numbers are missing in the old pool, and no network holds them',
    action: 'the numbers become free; list them in METAL_API_VRF_RESERVED to keep them out of use',
  },
  'vrf-also-free': {
    what: 'the VRF number of a network is free in the old pool',
    action: 'the network keeps it; it is taken from then on',
  },
  'vrf-out-of-range': {
    what: 'a network holds a VRF number outside of the pool',
    action: 'the network keeps it',
  },
  'vrf-shared': {
    what: 'a child network shares its VRF number with another network',
    action: 'import it as it is; fsck reports it, an operator decides',
  },
  'asn-unowned': {
    what: 'AS numbers are missing in the old pool, and no machine holds them',
    action: 'the numbers become free; list them in METAL_API_ASN_RESERVED to keep them out of use',
  },
  'asn-also-free': {
    what: 'the AS number of a machine is free in the old pool',
    action: 'the machine keeps it; it is taken from then on',
  },
  'asn-out-of-range': {
    what: 'a machine holds an AS number outside of the pool',
    action: 'the machine keeps it',
  },
  'asn-shared': {
    what: 'machines share an AS number',
    action: 'import it as it is; fsck reports it until one of the machines is freed',
  },
  'asn-differs': {
    what: 'a machine has different AS numbers in its networks',
    action: 'import it as it is, the first one counts; fsck reports it, an operator decides',
  },
  'pool-not-filled': {
    what: 'the old pool of numbers was never filled',
    action: 'what networks and machines hold is taken, everything else is free',
  },
  'machine-preallocated': {
    what: 'a machine is marked as about to be allocated, without an allocation: the old server never hands it out',
    action: 'leave the mark out; the machine can be allocated again',
  },
  'event-without-machine': {
    what: 'there is an event history of a machine that does not exist',
    action: 'leave it out',
  },
  'event-unknown-type': {
    what: 'an event history holds events of an unknown type',
    action: 'leave these events out',
  },
  'switch-unknown-machine': {
    what: 'a switch is connected to a machine that does not exist',
    action: 'import it with the connection; "fsck --repair" removes it',
  },
  'switch-unknown-port': {
    what: 'a machine is connected to a port that the switch does not have',
    action: 'import it as it is; fsck reports it until the machine registers again',
  },
  'status-without-switch': {
    what: 'there is a status of a switch that does not exist',
    action: 'leave it out',
  },
  'lock-held': {
    what: 'a lock of the old server is held: it is running, or was interrupted',
    action: 'leave it out; stop the old server before the last import',
  },
  'newer-schema': {
    what: 'the old database was migrated further than this import knows',
    action: 'import what is known; compare the answers with special care',
  },
} as const;

export type InconsistencyName = keyof typeof INCONSISTENCIES;

export interface Inconsistency {
  readonly name: InconsistencyName;
  /** The documents concerned: their kind and id. */
  readonly ids: readonly string[];
  /** Details, such as the number or the tag. */
  readonly message: string;
}

/** Something that is stored in another form than before; what, and why. */
export interface Adaptation {
  readonly kind: string;
  readonly id: string;
  readonly what: string;
  readonly why: string;
}

/** Something that is not imported. */
export interface NotImported {
  readonly kind: string;
  readonly id: string;
  readonly why: string;
}

/** What is said about the old data while it is translated. */
export class Notes {
  readonly inconsistencies: Inconsistency[] = [];
  readonly adaptations: Adaptation[] = [];
  readonly omissions: NotImported[] = [];

  inconsistent(name: InconsistencyName, ids: readonly string[], message: string): void {
    this.inconsistencies.push({ name, ids, message });
  }

  adapted(kind: string, id: string, what: string, why: string): void {
    this.adaptations.push({ kind, id, what, why });
  }

  omitted(kind: string, id: string, why: string): void {
    this.omissions.push({ kind, id, why });
  }
}
