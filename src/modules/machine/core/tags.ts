/** Source of the system's tags of a machine. Zero and empty values produce no tag. */
export interface SystemTagSource {
  /** ASN of the machine's networks. */
  readonly asn: number;
  /** Undefined if it is not known. */
  readonly rack: string | undefined;
  /** Serial number of the chassis (`fru.chassisPartSerial`). */
  readonly chassis: string;
}

const ASN_TAG = 'machine.metal-stack.io/network.primary.asn';
const RACK_TAG = 'machine.metal-stack.io/rack';
const CHASSIS_TAG = 'machine.metal-stack.io/chassis';

/** Keys of the tags that the system itself sets. */
export const SYSTEM_TAG_KEYS: readonly string[] = [ASN_TAG, RACK_TAG, CHASSIS_TAG];

/**
 * The tags of an allocated machine: the user's and the system's, which override user tags with the same key. If
 * several user tags `key=value` share a key, the last one wins. Sorted, without duplicates
 * (docs/reference/machine-allocation.md#machine-tags).
 */
export function machineTags(userTags: readonly string[], source: SystemTagSource): readonly string[] {
  const tagOfKey = new Map<string, string>();
  for (const tag of [...userTags, ...systemTags(source)]) tagOfKey.set(keyOf(tag), tag);
  return [...tagOfKey.values()].sort();
}

function systemTags({ asn, rack, chassis }: SystemTagSource): string[] {
  return [
    ...(asn !== 0 ? [`${ASN_TAG}=${asn}`] : []),
    ...(rack ? [`${RACK_TAG}=${rack}`] : []),
    ...(chassis !== '' ? [`${CHASSIS_TAG}=${chassis}`] : []),
  ];
}

/**
 * The key including its `=`, which distinguishes the plain tag `a` from the label `a=b`; a plain tag is its own key.
 */
const keyOf = (tag: string): string => tag.slice(0, tag.indexOf('=') + 1) || tag;
