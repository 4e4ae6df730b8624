import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RemoteOptions } from '../bench/options.js';
import { readOptions } from '../bench/options.js';
import { acquisitions, furnish } from '../bench/remote/acquisitions.js';
import { Api } from '../bench/remote/api.js';
import { credentialsIn } from '../bench/remote/credentials.js';
import { examine } from '../bench/remote/examine.js';
import { KINDS } from '../bench/remote/kinds.js';
import { machineAllocations } from '../bench/remote/machines.js';
import { reads } from '../bench/remote/reads.js';
import { removeSite } from '../bench/remote/remove-site.js';
import { createSite } from '../bench/remote/site.js';
import { AllocationSite } from '../support/allocation-site.js';
import { eventually } from '../support/eventually.js';
import { DEV_KEYS } from '../support/hmac.js';

const NAME = 'bench-0123abcd';
const EFFORT = {
  addresses: 30,
  networks: 5,
  gets: 6,
  lists: 3,
  pairs: [
    { callers: 2, pairs: 2 },
    { callers: 20, pairs: 40 },
  ],
};

let place: AllocationSite;
let bare: Server;
let api: Api;
let existing: Record<string, unknown>;

const credentials = credentialsIn({ METAL_API_BENCH_HMAC: DEV_KEYS.admin });
const client = (signal?: AbortSignal): Api => new Api(place.server.url, credentials, signal);

/** The IDs of all objects that v1 lists. */
async function everything(): Promise<Record<string, unknown>> {
  const lists = KINDS.map(async ({ path }) => {
    const all = await api.list<{ id?: string; ipaddress?: string; meta?: { id: string } }>('GET', `/v1/${path}`);
    return [path, all.map(({ id, ipaddress, meta }) => id ?? ipaddress ?? meta?.id)] as const;
  });
  return Object.fromEntries(await Promise.all(lists));
}

beforeAll(async () => {
  place = await AllocationSite.start(6);
  api = client();
  existing = await everything();
  bare = createServer((request, response) => response.end('x'.repeat(Number(request.url?.slice(1)))));
  await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));
});

// Machines that a test freed wait again.
beforeEach(() => place.seed(6));

afterEach(async () => {
  expect(await removeSite(api, NAME)).toEqual([]);
  expect(await everything()).toEqual(existing);
});

afterAll(async () => {
  api.close();
  bare.close();
  await place.server.close();
});

describe('the benchmark of a server by its URL', () => {
  it('measures what it creates', async () => {
    const site = await createSite(api, NAME);
    expect(site.refused).toEqual([]);
    const pairs = await acquisitions(api, site, EFFORT);
    expect(pairs.map(({ what }) => what)).toEqual([
      'allocate + free an address, 20 callers',
      '  allocate',
      '  free',
      'allocate + free a network, 20 callers',
      '  allocate',
      '  free',
    ]);
    expect(pairs.filter(({ target }) => target?.met === false)).toEqual([]);
    await furnish(api, site, EFFORT);
    const rows = await reads(api, `http://127.0.0.1:${(bare.address() as AddressInfo).port}`, site, EFFORT);
    const valueOf = (name: string) => rows.find(({ what }) => what === name)?.value;
    expect(valueOf('list of addresses')).toMatchObject({ unit: 'ms', of: 'for 30' });
    expect(valueOf('get a machine, 20 callers')).toMatchObject({ unit: '/s' });
    expect(valueOf('list of firewalls')).toBe('not measured: the server has none');
  });

  it('allocates machines only if it may, and those that wait', async () => {
    const site = await createSite(api, NAME);
    const { partition, size, machineImage: image } = place.lab;
    const allocate = (wanted?: RemoteOptions['allocate']) => machineAllocations(api, site, wanted);
    expect((await allocate())[0]?.value).toContain('--allocate PARTITION,SIZE,IMAGE permits it');
    expect((await allocate({ partition, size: 'none', image }))[0]?.value).toContain('0 machines of size none');
    const rows = await allocate({ partition, size, image });
    expect(rows.filter(({ target }) => target).map(({ what, target }) => [what, target])).toEqual([
      ['allocate + free a machine, 1 caller', { text: 'no errors of 3', met: true }],
      ['allocate + free a machine, 20 callers', { text: 'no errors of 3', met: true }],
    ]);
  });

  it('leaves nothing behind after a failure', async () => {
    const other = { id: 'other', prefixes: ['198.18.0.0/16'], destinationprefixes: [] };
    await api.call('PUT', '/v1/network', { ...other, nat: false, privatesuper: false, underlay: false });
    try {
      await expect(createSite(api, NAME)).rejects.toThrow('198.18.0.0/16');
    } finally {
      await api.call('DELETE', '/v1/network/other');
    }
  });

  it('leaves nothing behind when it is stopped', async () => {
    const abort = new AbortController();
    const stopped = client(abort.signal);
    const site = await createSite(stopped, NAME);
    const running = acquisitions(stopped, site, { ...EFFORT, pairs: [{ callers: 20, pairs: 10_000 }] });
    const addresses = () => api.list('POST', '/v1/ip/find', { projectid: site.projectId });
    await eventually('there is an address', async () => (await addresses()).length > 0);
    abort.abort(new Error('stopped by the test'));
    await expect(running).rejects.toThrow('stopped by the test');
    stopped.close();
  });

  it('removes machines and networks that another run has left behind', async () => {
    const site = await createSite(api, NAME);
    await furnish(api, site, EFFORT);
    const { partition, size, machineImage: image } = place.lab;
    const network = { partitionid: partition, projectid: site.projectId, name: NAME };
    const { id } = await api.call<{ id: string }>('POST', '/v1/network/allocate', network);
    await api.call('POST', '/v1/machine/allocate', {
      ...{ projectid: site.projectId, partitionid: partition, sizeid: size, imageid: image, name: NAME },
      ...{ hostname: NAME, networks: [{ networkid: id }], ssh_pub_keys: [] },
    });
  });

  it('refuses a server that has machines unless it is told', async () => {
    const options = (...more: string[]) => readOptions(['--url', place.server.url, ...more]) as RemoteOptions;
    await expect(examine(api, options())).rejects.toThrow('has 6 machines, so it may be in use; --live loads it');
    expect(await examine(api, options('--live'))).toMatchObject({ product: { name: 'metal-api' }, machines: 6 });
    expect(await examine(api, options('--remove', NAME))).toMatchObject({ machines: 6 });
  });

  it('says why a server cannot be measured', async () => {
    const options = readOptions(['--url', place.server.url]) as RemoteOptions;
    const wrong = new Api(place.server.url, credentialsIn({ METAL_API_BENCH_TOKEN: 'none' }));
    await expect(examine(wrong, options)).rejects.toThrow(/cannot be measured: GET \/v1\/version: 403/);
    wrong.close();
  });

  it.each([
    [{}, 'both missing'],
    [{ METAL_API_BENCH_TOKEN: 'a', METAL_API_BENCH_HMAC: 'b' }, 'both set'],
  ])('takes one credential from the environment', (environment, message) => {
    expect(() => credentialsIn(environment)).toThrow(message);
  });
});
