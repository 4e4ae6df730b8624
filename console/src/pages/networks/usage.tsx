import { Badge, Group, Text } from '@mantine/core';
import { useMemo } from 'react';
import type { Network } from '../../api/types.js';
import { useAll } from '../../live/use-live.js';
import { parsePrefix } from './prefix.js';
import { shareTaken } from './prefix-map.js';

/** Networks with this label are the storage networks of their partition. */
const STORAGE = 'network.metal-stack.io/partition-storage';

export const isStorage = ({ labels }: Network): boolean => labels?.[STORAGE] !== undefined;

/** The type of a network, and what is special about it. */
export const NetworkBadges = ({ network }: { readonly network: Network }) => (
  <Group gap={4}>
    <span className={`network-type network-${network.networktype}`}>
      {network.networktype === 'child-shared' ? 'shared child' : network.networktype}
    </span>
    {isStorage(network) && <span className="network-type network-storage">storage</span>}
    {network.nat && (
      <Badge size="sm" variant="outline" color="gray" className="plain-badge">
        NAT
      </Badge>
    )}
  </Group>
);

/** How much of a network is taken: of super networks by children, of others by addresses. */
export function UsageBar({ network }: { readonly network: Network }) {
  const networks = useAll('network');
  const parts = useMemo(() => {
    if (network.networktype === 'super') {
      const children = networks.filter(({ parentnetworkid }) => parentnetworkid === network.id);
      const known = network.prefixes.map(parsePrefix).filter((prefix) => prefix !== undefined);
      return (['IPv4', 'IPv6'] as const).flatMap((family) => {
        const own = known.filter((prefix) => prefix.family === family);
        if (own.length === 0) return [];
        const size = (length: number): number => 2 ** -length;
        const all = own.reduce((sum, { length }) => sum + size(length), 0);
        const share = own.reduce((sum, prefix) => sum + size(prefix.length) * shareTaken(prefix, children), 0) / all;
        return [{ family, share, text: `${percent(share)} in children` }];
      });
    }
    const { ipv4, ipv6 } = network.consumption;
    return [...(ipv4 ? [{ family: 'IPv4', usage: ipv4 }] : []), ...(ipv6 ? [{ family: 'IPv6', usage: ipv6 }] : [])].map(
      ({ family, usage }) => ({
        family,
        share: usage.used_ips / Math.max(1, usage.available_ips),
        // Beyond 31 bits the server does not count.
        text: `${usage.used_ips} of ${usage.available_ips >= 2 ** 31 - 1 ? 'very many' : usage.available_ips}`,
      }),
    );
  }, [network, networks]);
  return (
    <div className="usages">
      {parts.map(({ family, share, text }) => (
        <span key={family} className="usage">
          <span className="usage-bar" aria-hidden>
            <i style={{ width: `${Math.min(100, share * 100)}%` }} className={share > 0.9 ? 'usage-high' : undefined} />
          </span>
          <Text size="xs" span>
            {parts.length > 1 ? `${family}: ` : ''}
            {text}
          </Text>
        </span>
      ))}
    </div>
  );
}

function percent(share: number): string {
  if (share > 0 && share < 0.01) return 'under 1 %';
  return `${Math.round(share * 100)} %`;
}
