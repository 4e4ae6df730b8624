/** What the system itself says of a machine by tags. Zero and empty values leave their tag out. */
export interface SystemTagSource {
  /** ASN of the machine's networks. */
  readonly asn: number;
  readonly rack: string;
  /** Serial number of the chassis (`fru.chassisPartSerial`). */
  readonly chassis: string;
}

const ASN_TAG = 'machine.metal-stack.io/network.primary.asn';
const RACK_TAG = 'machine.metal-stack.io/rack';
const CHASSIS_TAG = 'machine.metal-stack.io/chassis';

/**
 * The tags of an allocated machine: the user's, plus the system's, which win over user tags of the same key. Of several
 * user tags `key=value` with one key the last one counts. Sorted, without duplicates (reference/10 §3.12).
 */
export function machineTags(userTags: readonly string[], source: SystemTagSource): readonly string[] {
  const tagOfKey = new Map<string, string>();
  for (const tag of [...userTags, ...systemTags(source)]) tagOfKey.set(keyOf(tag), tag);
  return [...tagOfKey.values()].sort();
}

function systemTags({ asn, rack, chassis }: SystemTagSource): string[] {
  return [
    ...(asn !== 0 ? [`${ASN_TAG}=${asn}`] : []),
    ...(rack !== '' ? [`${RACK_TAG}=${rack}`] : []),
    ...(chassis !== '' ? [`${CHASSIS_TAG}=${chassis}`] : []),
  ];
}

/** The key with its `=`, so that the plain tag `a` and the label `a=b` stay apart; a plain tag is its own key. */
const keyOf = (tag: string): string => tag.slice(0, tag.indexOf('=') + 1) || tag;
