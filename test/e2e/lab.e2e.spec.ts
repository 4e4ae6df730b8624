import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { DEV_KEYS } from '../support/hmac.js';

describe('master data of the lab', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await startTestApp();
  });
  afterAll(() => server.close());

  it('can be installed for a second partition in addition to the first, and again without harm', async () => {
    const admin = new RestClient({ url: `${server.url}/`, role: 'admin', key: DEV_KEYS.admin });
    for (const partition of ['one', 'two', 'one']) await installLab(admin, partition);
    const networks = await admin.get<{ id: string; prefixes: string[] }[]>('v1/network');
    const prefixes = Object.fromEntries(networks.map(({ id, prefixes: [prefix] }) => [id, prefix]));
    expect(prefixes).toMatchObject({
      'one-super': '10.0.0.0/14',
      'two-super': '10.4.0.0/14',
      'one-underlay': '10.253.0.0/16',
      'two-underlay': '10.252.0.0/16',
    });
    expect(networks).toHaveLength(5);
  });

  it('belongs to the tenant of the operator, whatever its name', async () => {
    const other = await startTestApp({ METAL_API_PROVIDER_TENANT: 'acme' });
    try {
      const admin = new RestClient({ url: `${other.url}/`, role: 'admin', key: DEV_KEYS.admin });
      const { projects } = await installLab(admin);
      const { tenant_id } = await admin.get<{ tenant_id: string }>(`v1/project/${projects.a}`);
      expect(tenant_id).toBe('acme');
    } finally {
      await other.close();
    }
  });
});
