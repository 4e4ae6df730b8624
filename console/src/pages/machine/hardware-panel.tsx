import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.js';
import type { Machine } from '../../api/types.js';
import { Facts } from '../../components/facts.js';
import { Panel } from '../../components/panel.js';
import { Ago } from '../../components/time.js';
import { bytesText } from '../../components/units.js';

/** Milliseconds. Partitions report BMC data every few minutes, and power commands change it. */
const REFRESH = 15_000;

/** What the machine is made of, and what its BMC reports. */
export function HardwarePanel({ machine: { id, hardware, bios } }: { readonly machine: Machine }) {
  const { data } = useQuery({
    queryKey: ['machine', id, 'ipmi'],
    queryFn: ({ signal }) => api('get', '/v1/machine/{id}/ipmi', { path: { id }, signal }),
    refetchInterval: REFRESH,
  });
  const { ipmi } = data ?? {};
  const cpu = hardware.cpus?.[0];
  return (
    <Panel title="Hardware">
      <Facts
        facts={[
          ['CPU', cpu && `${hardware.cpus!.length} × ${cpu.vendor} ${cpu.model}`],
          ['Cores', hardware.cpu_cores],
          ['Memory', bytesText(hardware.memory)],
          ['GPUs', hardware.gpus?.map(({ model }) => model).join(', ')],
          ['Disks', hardware.disks.map(({ name, size }) => `${name} ${bytesText(size)}`).join(', ')],
          ['BIOS', [bios.vendor, bios.version, bios.date].filter(Boolean).join(' ')],
          ['Power', ipmi?.powerstate],
          ['Consumption', ipmi?.powermetric && `${ipmi.powermetric.averageconsumedwatts} W on average`],
          ['Serial', ipmi?.fru.product_serial || ipmi?.fru.chassis_part_serial],
          [
            'Product',
            [ipmi?.fru.product_manufacturer || ipmi?.fru.board_mfg, ipmi?.fru.product_part_number]
              .filter(Boolean)
              .join(' '),
          ],
          ['BMC', ipmi && <span className="mono">{[ipmi.address, ipmi.mac].filter(Boolean).join(' · ')}</span>],
          ['BMC version', ipmi?.bmcversion],
          [
            'BMC reported',
            ipmi?.last_updated && !ipmi.last_updated.startsWith('0001') && <Ago key="at" time={ipmi.last_updated} />,
          ],
        ]}
      />
    </Panel>
  );
}
