import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp } from '../../support/app.js';
import { freePort } from '../../support/port.js';
import type { IpBody, MachineBody, NetworkBody } from './bodies.js';
import { BASE_PATHS, Scene } from './scene.js';

const { definitions } = JSON.parse(readFileSync('spec/metal-api.json', 'utf8')) as {
  definitions: Record<string, { properties: Record<string, { type?: string }> }>;
};

/** Fields that a generated Go client always sends in a find request: every list. */
const LISTS = Object.entries(definitions['v1.MachineFindRequest']!.properties)
  .filter(([, { type }]) => type === 'array')
  .map(([name]) => name);

describe.each(BASE_PATHS)('acceptance of the wire below %s', (basePath) => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.start(basePath, 4);
  });
  afterAll(() => scene.stop());

  it('A01 error form', async () => {
    const { status, body } = await scene.editor.send<unknown>('GET', '/v1/machine/unknown-id');
    expect(status).toBe(404);
    expect(typeof body).toBe('string');
    expect(JSON.parse(body as string)).toEqual({
      statuscode: 404,
      message: expect.stringContaining('unknown-id') as string,
    });
  });

  it('A02 authentication failure form', async () => {
    const headers = { 'X-Date': new Date().toISOString(), 'X-Data-Salt': 'x'.repeat(24) };
    const Authorization = `Metal-Admin ${'0'.repeat(64)}`;
    const response = await fetch(`${scene.url}/v1/machine`, { headers: { ...headers, Authorization } });
    expect(response.status).toBe(403);
    expect(JSON.parse((await response.json()) as string)).toMatchObject({ statuscode: 403 });
  });

  it('A03 exact success codes', async () => {
    const constraints = [{ type: 'cores', min: 99, max: 99 }];
    await scene.admin.put('/v1/size', { id: 'a03', constraints }, 201);
    const cluster = await scene.newCluster();
    const address = { networkid: cluster.network.id, projectid: cluster.project, type: 'ephemeral' };
    await scene.editor.post<IpBody>('/v1/ip/allocate', address, 201);
    await scene.editor.post('/v1/machine/allocate', scene.workerOf(cluster), 200);
    const networks = [cluster.network.id, scene.lab.internet];
    await scene.editor.post('/v1/firewall/allocate', scene.firewallOf(cluster, networks), 200);
  });

  it('A04 apply is idempotent', async () => {
    const size = { id: 'a04', name: 'first', constraints: [{ type: 'cores', min: 98, max: 98 }] };
    await scene.admin.put('/v1/size', size, 201);
    const before = await scene.admin.get('/v1/size/a04');
    const error = await scene.admin.refused(409, 'PUT', '/v1/size', { ...size, name: 'second' });
    expect(error.statuscode).toBe(409);
    expect(await scene.admin.get('/v1/size/a04')).toEqual(before);
    await scene.admin.post('/v1/size', size, 200);
  });

  it('A05 null and empty filters are no filters', async () => {
    const all = await scene.editor.get<MachineBody[]>('/v1/machine');
    expect(all).toHaveLength(4);
    expect(LISTS.length).toBeGreaterThan(10);
    for (const value of [null, []]) {
      const filter = Object.fromEntries(LISTS.map((name) => [name, value]));
      const found = await scene.editor.post<MachineBody[]>('/v1/machine/find', filter);
      expect(found.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    }
  });

  it('A06 bodies that are not read', async () => {
    const cluster = await scene.newCluster();
    const { id } = await scene.createWorker(cluster);
    const address = { networkid: cluster.network.id, projectid: cluster.project, type: 'ephemeral' };
    for (const body of ['', '[]', '{}']) {
      const { ipaddress } = await scene.editor.post<IpBody>('/v1/ip/allocate', address, 201);
      expect((await scene.editor.send('POST', `/v1/ip/free/${ipaddress}`, body)).status).toBe(200);
      expect((await scene.editor.send('POST', `/v1/machine/${id}/power/reset`, body)).status).toBe(200);
    }
    await scene.free(id);
  });

  it('A22 health gate', async () => {
    const response = await fetch(`${scene.url}/v1/health`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 'healthy' });
  });

  it('A22 health gate while the broker is unavailable', async () => {
    const nowhere = `nats://127.0.0.1:${await freePort()}`;
    const server = await startTestApp({ METAL_API_BASE_PATH: basePath, METAL_API_NATS_URL: nowhere });
    try {
      const response = await fetch(`${server.url}${basePath}v1/health`);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ status: 'healthy' });
    } finally {
      await server.close();
    }
  });

  it('A35 latest image', async () => {
    const create = (date: string, expirationDate: string) =>
      scene.admin.put(
        '/v1/image',
        { id: `firewall-ubuntu-3.0.${date}`, url: 'http://127.0.0.1/i', features: ['firewall'], expirationDate },
        201,
      );
    await create('20230101', '2099-01-01T00:00:00Z');
    await create('20240101', '2099-01-01T00:00:00Z');
    const soon = new Date(Date.now() + 300).toISOString();
    await create('20250101', soon);
    const latest = () => scene.editor.get('/v1/image/firewall-ubuntu-3.0/latest');
    await expect.poll(latest, { timeout: 10_000 }).toMatchObject({ id: 'firewall-ubuntu-3.0.20240101' });
  });

  it('A39 base path', async () => {
    // All scenarios run once for each base path; here: other paths are not served.
    const { origin } = new URL(scene.url);
    const status = async (path: string) => (await fetch(`${origin}${path}`)).status;
    expect(await status(`${basePath}v1/health`)).toBe(200);
    expect(await status(basePath === '/' ? '/metal/v1/health' : '/v1/health')).toBe(404);
  });

  it('A42 IPv6 addresses in paths', async () => {
    const prefixes = ['2001:db8::/64'];
    const network = { id: 'a42', prefixes, destinationprefixes: [], nat: false, privatesuper: false, underlay: false };
    await scene.admin.put<NetworkBody>('/v1/network', network, 201);
    const request = { networkid: 'a42', projectid: scene.lab.projects.a, type: 'ephemeral' };
    for (const written of ['2001:db8::1', '2001%3Adb8%3A%3A1']) {
      await scene.editor.post('/v1/ip/allocate/2001:DB8:0::1', request, 201);
      const found = await scene.editor.get<IpBody>(`/v1/ip/${written}`);
      expect(found.ipaddress).toBe('2001:db8::1');
      expect((await scene.editor.delete<IpBody>(`/v1/ip/free/${written}`)).ipaddress).toBe('2001:db8::1');
      await scene.editor.refused(404, 'GET', `/v1/ip/${written}`);
    }
  });
});
