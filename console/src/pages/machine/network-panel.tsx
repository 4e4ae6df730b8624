import { Table } from '@mantine/core';
import type { MachineNetwork } from '../../api/types.js';
import { Panel } from '../../components/panel.js';
import { useStore, useVersion } from '../../live/use-live.js';

/** The networks of the allocation with its addresses. */
export function NetworkPanel({ networks }: { readonly networks: readonly MachineNetwork[] }) {
  const store = useStore();
  useVersion('network');
  return (
    <Panel title="Networks" className="whole-line">
      <Table.ScrollContainer minWidth={640}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              {['Network', 'Type', 'Addresses', 'Prefixes', 'VRF', 'ASN', 'NAT'].map((title) => (
                <Table.Th key={title}>{title}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {networks.map(({ networkid, networktype, ips, prefixes, vrf, asn, nat }) => (
              <Table.Tr key={networkid}>
                <Table.Td>
                  {store.get('network', networkid)?.name || ''} <span className="mono">{networkid}</span>
                </Table.Td>
                <Table.Td>{networktype}</Table.Td>
                <Table.Td className="mono">{ips.join(', ')}</Table.Td>
                <Table.Td className="mono">{prefixes.join(', ')}</Table.Td>
                <Table.Td>{vrf}</Table.Td>
                <Table.Td>{asn}</Table.Td>
                <Table.Td>{nat ? 'yes' : 'no'}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}
