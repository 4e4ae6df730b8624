import type { Lab } from '../../../src/agent/simulator/lab.js';
import type { TestApp } from '../../support/app.js';
import { eventually } from '../../support/eventually.js';
import { MACHINES } from './machine-calls.js';
import type { Calls } from './call.js';

/** BMC, power and state of an unused machine, and what operators query about all machines. */
export async function hardwareCalls({ play, refuse }: Calls, { partition, size, projects }: Lab): Promise<void> {
  const id = MACHINES.spare;
  const power = { averageconsumedwatts: 16.5, intervalinmin: 5, maxconsumedwatts: 20, minconsumedwatts: 10 };
  const found = {
    ...{ BMCIp: '10.0.0.2', BMCVersion: '1.73', BIOSVersion: '1.0' },
    FRU: { board_mfg: 'Supermicro', board_part_number: 'X11DPT-B', product_serial: null },
    ...{ PowerState: 'ON', IndicatorLEDState: 'LED-OFF', PowerMetric: power },
    PowerSupplies: [{ status: { health: 'OK', state: 'Enabled' } }],
  };
  await play('ipmiReport', { as: 'editor', body: { partitionid: partition, reports: { [id]: found } } });
  await refuse('ipmiReport', 404, { as: 'editor', body: { partitionid: 'nowhere', reports: {} } });
  await play('findIPMIMachine', { as: 'editor', path: { id } });
  await play('findIPMIMachines', { as: 'editor', body: { ipmi_address: '10.0.0.2:623', tags: null } });
  for (const power of ['On', 'Off', 'Reset', 'Cycle', 'Bios', 'Disk', 'Pxe'])
    await play(`machine${power}`, { as: 'editor', path: { id }, body: [] });
  await refuse('machineReset', 404, { as: 'editor', path: { id: 'nobody' }, body: [] });
  await play('chassisIdentifyLEDOn', { as: 'editor', path: { id }, query: '?description=broken%20disk', body: [] });
  await play('chassisIdentifyLEDOff', { as: 'editor', path: { id }, query: '?description=repaired', body: [] });
  const led = { value: 'LED-ON', description: 'seen' };
  await play('setChassisIdentifyLEDState', { as: 'editor', path: { id }, body: led });
  const locked = { value: 'LOCKED', description: 'for tests', metal_hammer_version: null };
  await play('setMachineState', { as: 'editor', path: { id }, body: locked });
  await refuse('setMachineState', 400, { as: 'editor', path: { id }, body: { value: 'GONE', description: 'x' } });
  const session = { session: 's1', event: 'opened', caller: 'key SHA256:abc', address: '192.0.2.7', reason: null };
  await play('recordMachineConsoleSession', { as: 'editor', path: { id }, body: session });
  const odd = { ...session, event: 'paused' };
  await refuse('recordMachineConsoleSession', 400, { as: 'editor', path: { id }, body: odd });
  await play('listIssues', { as: 'viewer' });
  const everything = { severity: '', last_error_threshold: 0, only: null, omit: [] };
  await play('issues', { as: 'viewer', body: { ...everything, partition_id: partition } });
  await refuse('issues', 400, { as: 'viewer', body: { severity: 'fatal' } });
  await play('partitionCapacity', { as: 'viewer', body: { id: partition, sizeid: size, projectid: projects.a } });
  await play('partitionCapacity2021', { as: 'viewer' });
}

/** Firmware in an object storage, and its way into the machine that `hardwareCalls` has reported. */
export async function firmwareCalls({ play, refuse }: Calls): Promise<void> {
  const path = { kind: 'bios', vendor: 'supermicro', board: 'x11dpt-b', revision: '2.0' };
  await play('uploadFirmware', { as: 'admin', path, file: 'the firmware' });
  await refuse('uploadFirmware', 400, { as: 'admin', path: { ...path, kind: 'nic' }, file: 'the firmware' });
  await play('listFirmwares', { as: 'admin', query: '?vendor=supermicro' });
  const update = { kind: 'bios', revision: '2.0', description: 'security' };
  await play('updateFirmware', { as: 'admin', path: { id: MACHINES.spare }, body: update });
  await play('removeFirmware', { as: 'admin', path, body: [] });
}

/** The server itself, its users, and what it remembers of its callers; `token` is the id of an API token. */
export async function serverCalls({ play, refuse }: Calls, { projects }: Lab, token: string): Promise<void> {
  await play('info', { as: 'nobody' });
  await play('health', { as: 'nobody' });
  await play('getMe', { as: 'viewer' });
  await refuse('getMe', 403, { as: 'nobody' });
  await play('listAPITokens', { as: 'admin' });
  await play('revokeAPIToken', { as: 'admin', path: { id: token } });
  const vpn = { pid: projects.a, ephemeral: true, expiration: 300e9, reason: 'have to look' };
  await play('getVPNAuthKey', { as: 'admin', body: vpn });
  await refuse('getVPNAuthKey', 404, { as: 'admin', body: { ...vpn, pid: projects.b } });
}

/** The audit trail of one call that changes something. */
export async function auditCalls({ play, refuse }: Calls, server: TestApp): Promise<void> {
  const rqid = 'golden-request';
  await play('createTenant', { as: 'admin', requestId: rqid, body: { meta: { id: 'audited' }, name: 'audited' } });
  const wanted = { rqid, path: '/v1/tenant', limit: 10 };
  // The second line is written after the response that it describes.
  await eventually('both lines of the call', async () => {
    const { body } = await server.as('viewer').post('/v1/audit/find').send(wanted).expect(200);
    return (body as object[]).length === 2;
  });
  await play('findAuditTraces', { as: 'viewer', body: wanted });
  await refuse('findAuditTraces', 403, { as: 'nobody', body: {} });
}
