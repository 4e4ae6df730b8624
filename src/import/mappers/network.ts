import type { Content } from '../../shared/document.js';
import type { AddressFamily } from '../../shared/net/family.js';
import { Prefix } from '../../shared/net/prefix.js';
import type { ChildPrefixLengths, Network } from '../../modules/network/network.js';
import { count, dictionary, entity, flag, part, parts, text, texts } from '../fields.js';
import type { Notes } from '../notes.js';
import type { OldRow } from '../sources/source.js';

const HOST_BITS = 'prefixes are stored without host bits, as the old IPAM had them';

export function networkOf(row: OldRow, notes: Notes): Content<Network> {
  const id = text(row, 'id');
  return {
    ...entity(row),
    prefixes: prefixesOf(row, 'prefixes', (was, is) => notes.adapted('network', id, `${was} → ${is}`, HOST_BITS)),
    destinationPrefixes: prefixesOf(row, 'destinationprefixes', (was, is) =>
      notes.adapted('network', id, `${was} → ${is}`, HOST_BITS),
    ),
    defaultChildPrefixLength: childLengthsOf(row),
    partitionId: text(row, 'partitionid') || undefined,
    projectId: text(row, 'projectid') || undefined,
    parentNetworkId: text(row, 'parentnetworkid') || undefined,
    vrf: count(row, 'vrf'),
    labels: dictionary(row, 'labels'),
    additionalAnnouncableCidrs: texts(row, 'additionalannouncablecidrs'),
    privateSuper: flag(row, 'privatesuper'),
    underlay: flag(row, 'underlay'),
    shared: flag(row, 'shared'),
    nat: flag(row, 'nat'),
    status: 'active',
    deadline: undefined,
  };
}

/** Canonical texts; what is not a prefix stays as it is, and fsck reports it. */
function prefixesOf(row: OldRow, field: string, changed: (was: string, is: string) => void): string[] {
  return parts(row, field).map((prefix) => {
    const was = `${text(prefix, 'ip')}/${text(prefix, 'length')}`;
    const is = canonicalPrefix(was);
    if (is !== was) changed(was, is);
    return is;
  });
}

export const canonicalPrefix = (cidr: string): string => Prefix.tryParse(cidr)?.masked().toString() ?? cidr;

/** Only children have none. */
function childLengthsOf(row: OldRow): ChildPrefixLengths | undefined {
  const lengths = part(row, 'defaultchildprefixlength');
  if (lengths === undefined) return text(row, 'parentnetworkid') || undefined ? undefined : {};
  const families: readonly AddressFamily[] = ['IPv4', 'IPv6'];
  return Object.fromEntries(
    families.flatMap((family) => (lengths[family] === undefined ? [] : [[family, count(lengths, family)]])),
  );
}
