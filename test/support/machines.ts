import type { BmcRecord } from '../../src/modules/machine/bmc-record.js';
import type { Machine, MachineAllocation } from '../../src/modules/machine/machine.js';
import { newBmcRecord } from '../../src/modules/machine/bmc-record.js';
import { newMachine } from '../../src/modules/machine/machine.js';
import { bmcTable, machineTable } from '../../src/modules/machine/machine.table.js';
import { eventTable } from '../../src/modules/machine/event/event.table.js';
import { newEventContainer } from '../../src/modules/machine/event/provisioning-event.js';
import type { EventContainer } from '../../src/modules/machine/event/provisioning-event.js';
import type { Switch } from '../../src/modules/switch/switch.js';
import { switchTable } from '../../src/modules/switch/switch.table.js';
import { tableToken } from '../../src/platform/store/inject.js';
import type { Document, Table, TableDefinition } from '../../src/platform/store/table.js';
import type { TestApp } from './app.js';

/** The live table of a running test server, to create states that are slow to reach through the API. */
export const tableOf = <T extends Document, I extends string>(
  { app }: TestApp,
  { name }: TableDefinition<T, I>,
): Table<T, I> => app.get<Table<T, I>>(tableToken(name), { strict: false });

export interface MachineParts {
  readonly machine?: Partial<Machine>;
  /** If omitted, the BMC of the machine is unknown. */
  readonly bmc?: Partial<BmcRecord>;
  /** If omitted, the machine has never sent an event. */
  readonly events?: Partial<EventContainer>;
}

/** Stores a machine of partition `fra` with size `c1`, without any checks. */
export async function plantMachine(server: TestApp, id: string, { machine, bmc, events }: MachineParts = {}) {
  const now = new Date().toISOString();
  if (bmc) await tableOf(server, bmcTable).insert({ ...newBmcRecord(id), ...bmc });
  if (events) await tableOf(server, eventTable).insert({ ...newEventContainer(id, now), ...events });
  const content = { ...newMachine(id, now), partitionId: 'fra', sizeId: 'c1', ...machine };
  return tableOf(server, machineTable).insert(content);
}

/** An allocation without networks. */
export const plantedAllocation = (fields: Partial<MachineAllocation> = {}): MachineAllocation => ({
  uuid: 'allocation-1',
  role: 'machine',
  creator: 'creator@example.org',
  created: '2026-01-01T00:00:00.000Z',
  name: 'node-1',
  description: '',
  hostname: 'node-1',
  project: 'project-1',
  imageId: 'ubuntu-24.4.20240401',
  filesystemLayout: undefined,
  networks: [],
  asn: 4210000001,
  sshPubKeys: [],
  userData: '',
  userTags: [],
  consolePassword: '',
  reinstall: false,
  bootInfo: undefined,
  firewallRules: undefined,
  dnsServers: [],
  ntpServers: [],
  vpn: undefined,
  ...fields,
});

/** Stores a leaf whose only port, in the VRF `vrf42`, is connected to the machine. */
export async function plantLeaf(server: TestApp, id: string, machineId: string): Promise<Switch> {
  const now = new Date().toISOString();
  return tableOf(server, switchTable).insert({
    id,
    name: id,
    description: '',
    created: now,
    changed: now,
    rackId: 'rack-1',
    partitionId: 'fra',
    mode: 'operational',
    os: undefined,
    managementIp: '',
    managementUser: '',
    consoleCommand: '',
    nics: [{ name: 'swp1', mac: 'aa:bb', identifier: 'swp1', vrf: 'vrf42', reported: 'UP' }],
    connections: [{ machineId, port: 'swp1' }],
  });
}
