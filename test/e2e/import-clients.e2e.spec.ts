import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BootClient } from '../../src/agent/boot-client.js';
import { importInstallation } from '../../src/cli/import.js';
import { GrpcServer } from '../../src/platform/grpc/grpc-server.js';
import { adoptionSources } from '../support/adoption.js';
import { startTestApp, testConfig, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';

const SILENT = { write: () => undefined };

/** It waited when the old server was frozen. */
const MACHINE = 'b02b61c4-a3d7-4628-ace6-6fa2fd5166e6';
const PROJECT = '84fc4aea-b022-4b83-8e49-b5e19c241f75';
const NETWORK = 'c35c1e40-af21-485b-a248-c86382e92a41';
const LEAF = 'north-2-rack-01-leaf01';

interface Port {
  readonly name: string;
  readonly mac: string;
  readonly identifier: string;
  readonly vrf: string;
}

interface LeafAnswer {
  readonly nics: readonly Port[];
  readonly connections: readonly { readonly machine_id: string }[];
}

interface AddressedMachine {
  readonly allocation: { readonly networks: readonly { readonly ips: readonly string[]; readonly asn: number }[] };
}

describe('a server on an imported installation', () => {
  const folder = mkdtempSync(join(tmpdir(), 'metal-imported-'));
  const variables = { METAL_API_DB: 'embedded', METAL_API_DATA_DIR: folder };
  let server: TestApp;
  let boots: BootClient;

  beforeAll(async () => {
    const config = testConfig(variables);
    expect(await importInstallation(['run', ...adoptionSources('clean')], () => config, SILENT, SILENT)).toBe(0);
    server = await startTestApp(variables);
    const port = await server.app.get(GrpcServer).start();
    boots = new BootClient({ address: `127.0.0.1:${port}` });
  });

  afterAll(async () => {
    boots.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('lets a leaf switch register again with its ports, and keeps wiring and VRFs', async () => {
    const path = `/v1/switch/${LEAF}`;
    const before = (await server.as('admin').get(path).expect(200)).body as LeafAnswer;
    const nics = before.nics.map(({ name, mac, identifier }) => ({ name, mac, identifier }));
    const body = { id: LEAF, rack_id: 'north-2-rack-01', partition_id: 'north-2', nics };
    await server.as('editor').post('/v1/switch/register').send(body).expect(200);
    await server.as('editor').post(`${path}/notify`).send({ sync_duration: 1000 }).expect(200);
    const after = (await server.as('admin').get(path).expect(200)).body as LeafAnswer;
    expect(after.connections.map(({ machine_id }) => machine_id)).toEqual(
      before.connections.map(({ machine_id }) => machine_id),
    );
    expect(after.nics.map(({ vrf }) => vrf)).toEqual(before.nics.map(({ vrf }) => vrf));
    expect(after.nics.some(({ vrf }) => vrf.startsWith('vrf'))).toBe(true);
  });

  it('allocates a machine that has been waiting since before the import, and its installer learns of it', async () => {
    const request = {
      ...{ uuid: MACHINE, name: 'after-import', projectid: PROJECT, partitionid: 'north-2', sizeid: 'c1-small-x86' },
      ...{ imageid: 'ubuntu-24.04', networks: [{ networkid: NETWORK, autoacquire: true }] },
    };
    const known = (await server.as('admin').get('/v1/machine').expect(200)).body as Partial<AddressedMachine>[];
    const waiting = boots.wait(MACHINE, new AbortController().signal);
    const answer = await server.as('admin').post('/v1/machine/allocate').send(request).expect(200);
    await waiting;
    const [network] = (answer.body as AddressedMachine).allocation.networks;
    const networks = known.flatMap(({ allocation }) => allocation?.networks ?? []);
    expect(network?.ips).not.toHaveLength(0);
    for (const ip of network?.ips ?? []) expect(networks.flatMap(({ ips }) => ips)).not.toContain(ip);
    expect(networks.map(({ asn }) => asn)).not.toContain(network?.asn);
  });

  it('frees a machine that the old server allocated, with all that it held', async () => {
    const machines = (await server.as('admin').get('/v1/machine').expect(200)).body as {
      readonly id: string;
      readonly state: { readonly value: string };
      readonly allocation: { readonly role: string; readonly networks: readonly { ips: readonly string[] }[] } | null;
    }[];
    const old = machines.find(
      ({ allocation, state, id }) => allocation?.role === 'machine' && state.value === '' && id !== MACHINE,
    );
    await server.as('admin').delete(`/v1/machine/${old?.id}/free`).expect(200);
    await eventually('it is free', async () => {
      const { body } = await server.as('admin').get(`/v1/machine/${old?.id}`).expect(200);
      return (body as { allocation: unknown }).allocation === null;
    });
    expect((await server.as('viewer').get('/fsck').expect(200)).body).toMatchObject({ findings: [] });
  });
});
