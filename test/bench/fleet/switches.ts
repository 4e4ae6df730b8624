import type { Switch, SwitchNic } from '../../../src/modules/switch/switch.js';
import { switchTable } from '../../../src/modules/switch/switch.table.js';
import { timestamp } from '../../../src/shared/clock.js';
import type { Content } from '../../../src/shared/document.js';
import { createEntity } from '../../../src/shared/entity.js';
import { contents } from './contents.js';
import type { Contents } from './contents.js';
import { machineName, partitionName } from './names.js';
import { vrfOf } from './networks.js';
import type { Place } from './places.js';

/** Two leaves for each rack, with the machines of the rack at their ports. */
export function switches(places: readonly Place[], now: number): Contents {
  const racks = new Map<string, Place[]>();
  for (const place of places) racks.set(place.rack, [...(racks.get(place.rack) ?? []), place]);
  const leaves = [...racks.values()].flatMap((machines) => [0, 1].map((side) => leaf(machines, side, now)));
  return contents(switchTable, leaves);
}

function leaf(machines: readonly Place[], side: number, now: number): Content<Switch> {
  const [{ partition, rack, leaves }] = machines as readonly [Place];
  return createEntity<Switch>(
    {
      id: leaves[side]!,
      name: leaves[side]!,
      description: '',
      rackId: rack,
      partitionId: partitionName(partition),
      mode: 'operational',
      os: { vendor: 'SONiC', version: '4.4', metalCoreVersion: 'v0.14.1' },
      managementIp: `172.31.${partition}.${side + 1}`,
      managementUser: 'admin',
      consoleCommand: '',
      nics: machines.map(port),
      connections: machines.map((place) => ({ machineId: machineName(place.number), port: port(place).identifier })),
    },
    timestamp(now),
  );
}

const port = ({ port: number, project }: Place): SwitchNic => ({
  name: `Ethernet${number}`,
  identifier: `Eth1/${number + 1}`,
  mac: `02:30:00:00:00:${number.toString(16).padStart(2, '0')}`,
  vrf: project === undefined ? '' : `vrf${vrfOf(project)}`,
  reported: 'UP',
});
