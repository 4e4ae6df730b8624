import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { plantedAllocation, plantMachine } from '../support/machines.js';

let server: TestApp;

beforeAll(async () => {
  server = await startTestApp();
  const bmc = {
    address: '10.1.1.1:623',
    user: 'metal',
    password: 'secret-bmc',
    lastUpdated: '2026-01-01T00:00:00.000Z',
  };
  const allocation = plantedAllocation({ hostname: 'h1', consolePassword: 'secret-console' });
  await plantMachine(server, 'b-machine', { machine: { allocation, tags: ['a=b'] }, bmc, events: {} });
  await plantMachine(server, 'a-firewall', { machine: { allocation: { ...allocation, role: 'firewall' } } });
  await plantMachine(server, 'c-free');
});
afterAll(() => server.close());

const ids = ({ body }: { body: { id: string }[] }) => body.map(({ id }) => id);

describe('reading machines', () => {
  it('lists them ordered by id, even if entities that they refer to are missing', async () => {
    const { body } = await server.as('viewer').get('/v1/machine').expect(200);
    expect(ids({ body })).toEqual(['a-firewall', 'b-machine', 'c-free']);
    expect(body[2]).toMatchObject({ partition: null, size: null, allocation: null, liveliness: '', tags: [] });
    expect(body[1]).toMatchObject({ liveliness: 'Alive', allocation: { image: null, hostname: 'h1' } });
    expect(JSON.stringify(body)).not.toContain('secret-');
  });

  it('finds a machine, or names the unknown one', async () => {
    const { body } = await server.as('viewer').get('/v1/machine/c-free').expect(200);
    expect(body).toMatchObject({ id: 'c-free', events: { log: [], last_event_time: null } });
    const refused = await server.as('viewer').get('/v1/machine/nobody').expect(404);
    expect(errorOf(refused)).toEqual({ statuscode: 404, message: 'NotFound no machine with id "nobody" found' });
    await server.as('nobody').get('/v1/machine/c-free').expect(403);
  });

  it('searches by properties', async () => {
    const find = (query: object) => server.as('viewer').post('/v1/machine/find').send(query).expect(200);
    expect(ids(await find({}))).toHaveLength(3);
    expect(ids(await find({ allocation_hostname: 'h1', allocation_role: 'machine' }))).toEqual(['b-machine']);
    expect(ids(await find({ TAGS: ['a=b'], id: null }))).toEqual(['b-machine']);
    expect(ids(await find({ id: 'nobody' }))).toEqual([]);
    await server.as('viewer').post('/v1/machine/find').send({ tags: 'a' }).expect(400);
  });

  it('shows BMC passwords to editors and admins only', async () => {
    const path = '/v1/machine/b-machine/ipmi';
    const passwordFor = async (role: 'viewer' | 'editor' | 'admin') => {
      const one = await server.as(role).get(path).expect(200);
      const many = await server.as(role).post('/v1/machine/ipmi/find').send({ id: 'b-machine' }).expect(200);
      expect(many.body).toEqual([one.body]);
      return (one.body as { ipmi: { password: string } }).ipmi.password;
    };
    expect(await passwordFor('viewer')).toBe('');
    expect(await passwordFor('editor')).toBe('secret-bmc');
    expect(await passwordFor('admin')).toBe('secret-bmc');
  });

  it('returns a complete response for a machine whose BMC is unknown', async () => {
    const { body } = await server.as('viewer').get('/v1/machine/c-free/ipmi').expect(200);
    expect(body).toMatchObject({ ipmi: { address: '', powersupplies: [], last_updated: '0001-01-01T00:00:00.000Z' } });
    expect(JSON.stringify((body as { ipmi: object }).ipmi)).not.toContain('null');
  });
});

describe('reading firewalls', () => {
  it('lists and finds machines with that role only', async () => {
    expect(ids(await server.as('viewer').get('/v1/firewall').expect(200))).toEqual(['a-firewall']);
    await server.as('viewer').get('/v1/firewall/a-firewall').expect(200);
    await server.as('viewer').get('/v1/firewall/b-machine').expect(404);
    await server.as('viewer').get('/v1/firewall/c-free').expect(404);
  });

  it('overrides the role in searches', async () => {
    const query = { allocation_role: 'machine', allocation_hostname: 'h1' };
    expect(ids(await server.as('viewer').post('/v1/firewall/find').send(query).expect(200))).toEqual(['a-firewall']);
  });
});
