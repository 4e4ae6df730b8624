import { status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab, LAB_HARDWARE } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { FsckService } from '../../src/modules/fsck/fsck.service.js';
import { GrpcServer } from '../../src/platform/grpc/grpc-server.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { grpcCall } from '../support/grpc-call.js';
import { DEV_KEYS } from '../support/hmac.js';
import { mutantOf } from '../support/mutants.js';
import { machineId } from '../support/seed.js';

/** Fixed, so that failures are reproducible; RANDOM_SEED overrides it. */
const SEED = Number(process.env['RANDOM_SEED'] ?? 20_210_122);
/** Mutants of each message. */
const COUNT = Number(process.env['MUTANT_COUNT'] ?? 100);

/**
 * Statuses of a server that failed on a message; UNIMPLEMENTED makes installers reboot
 * (docs/reference/grpc.md#listener-and-tls).
 */
const FAULTS: readonly status[] = [status.INTERNAL, status.UNKNOWN, status.UNIMPLEMENTED, status.UNAVAILABLE];

let server: TestApp;
let address: string;
let lab: Lab;

beforeAll(async () => {
  server = await startTestApp();
  address = `127.0.0.1:${await server.app.get(GrpcServer).start()}`;
  const connection = { url: `${server.url}/`, key: DEV_KEYS.admin };
  lab = await installLab(new RestClient({ ...connection, role: 'admin' }));
  for (const id of ['leaf01', 'leaf02']) {
    const nics = [{ name: 'Ethernet0', mac: 'aa', identifier: 'Ethernet0' }];
    const leaf = { id, name: id, partition_id: lab.partition, rack_id: 'rack-1', nics };
    await server.as('editor').post('/v1/switch/register').send(leaf).expect(201);
  }
});
afterAll(() => server.close());

const uuid = machineId(0);
const nic = (leaf: string) => ({
  ...{ mac: `aa:${leaf}`, name: leaf, identifier: leaf },
  neighbors: [{ mac: 'Ethernet0', name: 'Ethernet0', hostname: leaf, identifier: 'Ethernet0' }],
});
const hardware = {
  memory: LAB_HARDWARE.memory,
  cpus: [{ vendor: 'v', model: 'm', cores: LAB_HARDWARE.cores, threads: 16 }],
  disks: [LAB_HARDWARE.disk],
  nics: [nic('leaf01'), nic('leaf02')],
};
const bios = { version: '1', vendor: 'acme', date: '2026' };
const ipmi = { address: '10.1.1.1:623', mac: 'bb', user: 'metal', fru: { chassis_part_serial: 'chassis-1' } };
const boot_info = { image_id: 'debian-12.0.20260101', primary_disk: '/dev/sda', kernel: '/vmlinuz' };

// In the order of a machine's lifecycle.
const MESSAGES: [method: string, message: () => object][] = [
  ['BootService/Dhcp', () => ({ uuid })],
  ['BootService/Boot', () => ({ mac: 'aa:leaf01', partition_id: lab.partition })],
  ['BootService/Register', () => ({ uuid, hardware, bios, ipmi, tags: ['a=b'], partition_id: lab.partition })],
  ['EventService/Send', () => ({ events: { [uuid]: { event: 'Waiting', message: 'for work' } } })],
  ['BootService/Report', () => ({ uuid, console_password: 'secret', boot_info, success: true, message: '' })],
  ['BootService/AbortReinstall', () => ({ uuid, primary_disk_wiped: false })],
  ['BootService/SuperUserPassword', () => ({})],
];

/** Result of a call; undefined if it is not a message of the protocol and never leaves the client. */
async function endOf(method: string, message: unknown): Promise<{ code: status; details: string } | undefined> {
  try {
    await grpcCall(address, `api.v1.${method}`, message as object);
    return { code: status.OK, details: '' };
  } catch (error) {
    const { code, details } = error as ServiceError;
    return details.startsWith('Request message serialization failure') ? undefined : { code, details };
  }
}

describe('messages that are valid except for a part of them', () => {
  it.each(MESSAGES)('%s: are no fault of the server', async (method, message) => {
    const ends: Record<string, number> = {};
    const faults: string[] = [];
    for (const mutant of fc.sample(mutantOf(message()), { numRuns: COUNT, seed: SEED })) {
      const end = await endOf(method, mutant);
      if (!end) continue;
      ends[status[end.code]] = (ends[status[end.code]] ?? 0) + 1;
      if (FAULTS.includes(end.code)) faults.push(`${JSON.stringify(mutant)}: ${status[end.code]} ${end.details}`);
    }
    console.log(`${method}: ${JSON.stringify(ends)}`);
    expect(faults).toEqual([]);
    expect(Object.keys(ends).length, 'the server was asked').toBeGreaterThan(0);
    // The valid message still succeeds, whatever was sent before.
    if (method !== 'BootService/Report') expect(await endOf(method, message())).toMatchObject({ code: status.OK });
  });

  it('leave a consistent store behind', async () => {
    const { findings } = await server.app.get(FsckService, { strict: false }).check();
    expect(findings).toEqual([]);
    await server.as('viewer').get('/v1/machine').expect(200);
    await server.as('viewer').get('/v1/switch').expect(200);
  });
});
