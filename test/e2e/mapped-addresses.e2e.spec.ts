import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { DEV_KEYS } from '../support/hmac.js';
import { seedWaitingMachines } from '../support/seed.js';
import { tableOf } from '../support/machines.js';

let server: TestApp;
let lab: Lab;

beforeAll(async () => {
  server = await startTestApp();
  lab = await installLab(new RestClient({ url: `${server.url}/`, key: DEV_KEYS.admin, role: 'admin' }));
});
afterAll(() => server.close());

const put = (path: string, body: object) => server.as('admin').put(path).send(body);
const post = (path: string, body: object) => server.as('admin').post(path).send(body);
const get = (path: string) => server.as('admin').get(path);

const MAPPED = ['::ffff:10.77.0.0/112', '::ffff:0:0/96', '::FFFF:0a4d:0000/112', '::ffff:10.77.0.1/128'];

describe('prefixes inside ::ffff:0:0/96', () => {
  it.each(MAPPED)('%s are refused wherever a network comes in', async (prefix) => {
    const own = { id: 'mapped', prefixes: ['10.77.0.0/16'] };
    const bodies = [
      { ...own, prefixes: [prefix] },
      { ...own, prefixes: ['10.77.0.0/16', prefix] },
      { ...own, destinationprefixes: [prefix] },
      { ...own, partitionid: lab.partition, privatesuper: true, additionalAnnouncableCIDRs: [prefix] },
    ];
    for (const body of bodies) expect(errorOf(await put('/v1/network', body).expect(400)).message).toContain(prefix);
    const change = await post('/v1/network', { id: 'internet', destinationprefixes: [prefix] });
    expect([400, 422]).toContain(change.status);
    expect(errorOf(change).message).toContain('mapped into IPv6');
    const child = { partitionid: lab.partition, projectid: lab.projects.a, destinationprefixes: [prefix] };
    expect(errorOf(await post('/v1/network/allocate', child).expect(400)).message).toContain('mapped into IPv6');
    await post('/v1/network/find', { prefixes: [prefix] }).expect(400);
  });

  it.each(MAPPED)('%s are refused in the rules of a firewall', async (prefix) => {
    const request = { projectid: lab.projects.a, partitionid: lab.partition, sizeid: lab.size };
    const common = { ...request, imageid: lab.firewallImage, networks: [{ networkid: 'internet' }] };
    const egress = [{ protocol: 'tcp', ports: [80], to: ['10.0.0.0/8', prefix] }];
    const ingress = [{ protocol: 'tcp', ports: [80], from: [prefix] }];
    for (const firewall_rules of [{ egress }, { ingress }]) {
      const { message } = errorOf(await post('/v1/firewall/allocate', { ...common, firewall_rules }).expect(400));
      expect(message).toContain('mapped into IPv6');
    }
  });
});

describe('single addresses inside ::ffff:0:0/96', () => {
  it('are treated as the IPv4 address in all operations', async () => {
    const network = (await get('/v1/network/internet').expect(200)).body;
    const [prefix] = network.prefixes as string[];
    const plain = `${prefix!.split('.').slice(0, 3).join('.')}.77`;
    const hex = plain.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
    const spellings = [`::ffff:${plain}`, `::FFFF:${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`, `0:0:0:0:0:ffff:${plain}`];
    const spec = { networkid: 'internet', projectid: lab.projects.a };
    const { body } = await post(`/v1/ip/allocate/${spellings[0]}`, { ...spec, type: 'static' }).expect(201);
    expect(body.ipaddress).toBe(plain);
    for (const spelling of spellings) {
      await post(`/v1/ip/allocate/${spelling}`, spec).expect(409);
      expect((await get(`/v1/ip/${spelling}`).expect(200)).body.ipaddress).toBe(plain);
      expect((await post('/v1/ip/find', { ipaddress: spelling })).body).toHaveLength(1);
      expect((await post('/v1/ip', { ipaddress: spelling, description: spelling }).expect(200)).body.ipaddress).toBe(
        plain,
      );
    }
    await seedWaitingMachines((definition) => tableOf(server, definition), 1, lab);
    const child = await post('/v1/network/allocate', { partitionid: lab.partition, projectid: lab.projects.a });
    const allocation = {
      ...{ projectid: lab.projects.a, partitionid: lab.partition, sizeid: lab.size, imageid: lab.machineImage },
      networks: [{ networkid: child.body.id }, { networkid: 'internet', autoacquire: false }],
      ...{
        ips: [spellings[1]],
        dns_servers: [{ ip: '::ffff:1.1.1.1' }],
        ntp_servers: [{ address: '::FFFF:0101:0101' }],
      },
    };
    const machine = (await post('/v1/machine/allocate', allocation).expect(200)).body;
    const external = machine.allocation.networks.find(
      ({ networkid }: { networkid: string }) => networkid === 'internet',
    );
    expect(external.ips).toEqual([plain]);
    expect(machine.allocation).toMatchObject({
      dns_servers: [{ ip: '1.1.1.1' }],
      ntp_servers: [{ address: '1.1.1.1' }],
    });
    for (const spelling of [plain, ...spellings])
      expect((await post('/v1/machine/find', { network_ips: [spelling] })).body).toHaveLength(1);
    await server.as('admin').delete(`/v1/machine/${machine.id}/free`).expect(200);
    await server.as('admin').delete(`/v1/ip/free/${spellings[2]}`).expect(200);
    await get(`/v1/ip/${plain}`).expect(404);
  });

  it('are treated as IPv4 as servers of a partition and as the address of a switch', async () => {
    const servers = {
      dns_servers: [{ ip: '::ffff:9.9.9.9' }, { ip: '2001:db8::53' }],
      ntp_servers: [{ address: 'ntp.example.org' }],
    };
    const { body } = await put('/v1/partition', { id: 'p2', ...servers }).expect(201);
    expect(body.dns_servers).toEqual([{ ip: '9.9.9.9' }, { ip: '2001:db8::53' }]);
    const updated = await post('/v1/partition', { id: 'p2', ntp_servers: [{ address: '::ffff:a00:1' }] }).expect(200);
    expect(updated.body.ntp_servers).toEqual([{ address: '10.0.0.1' }]);
    const leaf = { id: 'leaf', partition_id: 'p2', rack_id: 'r', nics: [], management_ip: '::ffff:10.1.2.3' };
    expect((await post('/v1/switch/register', leaf).expect(201)).body.management_ip).toBe('10.1.2.3');
  });
});
