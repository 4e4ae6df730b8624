import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { plantMachine } from '../support/machines.js';

let server: TestApp;
let id = '';
let count = 0;

beforeAll(async () => {
  server = await startTestApp();
});
afterAll(() => server.close());

beforeEach(async () => {
  id = `machine-${++count}`;
  await plantMachine(server, id);
});

const COMMANDS = [
  'on',
  'off',
  'reset',
  'cycle',
  'bios',
  'disk',
  'pxe',
  'chassis-identify-led-on',
  'chassis-identify-led-off',
];
const route = (command: string, machine = id): string => `/v1/machine/${machine}/power/${command}`;

const journal = async (): Promise<{ command: string; state: string; params: string[]; issuer: string }[]> =>
  (await server.as('viewer').get(`/commands?machine=${id}`).expect(200)).body;

describe('power commands over HTTP', () => {
  it.each(COMMANDS)('%s requires an editor, and returns the machine', async (command) => {
    await server.as('viewer').post(route(command)).send([]).expect(403);
    const { body } = await server.as('editor').post(route(command)).send([]).expect(200);
    expect(body).toMatchObject({ id, allocation: null });
    expect(await journal()).toHaveLength(1);
  });

  it.each(COMMANDS)('%s returns 404 for an unknown machine and 422 for one without a partition', async (command) => {
    await plantMachine(server, `${id}-lost`, { machine: { partitionId: undefined } });
    await server.as('editor').post(route(command, 'unknown')).send([]).expect(404);
    const refusal = await server
      .as('editor')
      .post(route(command, `${id}-lost`))
      .send([])
      .expect(422);
    expect(errorOf(refusal).message).toContain('partition');
  });

  it.each(['[]', '{}', 'null', '', '"x"', '{'])('accept the body %s, which is not read', async (body) => {
    await server.as('editor').post(route('reset')).set('Content-Type', 'application/json').send(body).expect(200);
  });

  it('show a planned reboot in the events', async () => {
    const { body } = await server.as('editor').post(route('cycle')).send([]).expect(200);
    expect(body.events.log[0]).toMatchObject({ event: 'Planned Reboot', message: 'CYCLE' });
    expect(body.liveliness).toBe('Alive');
  });

  it('report an unknown BMC in the journal', async () => {
    await server.as('editor').post(route('on')).send([]).expect(200);
    await expect.poll(async () => (await journal())[0]?.state).toBe('failed');
  });

  it('store the LED with its description, and send it along', async () => {
    const led = (state: string, query = '') =>
      server
        .as('editor')
        .post(route(`chassis-identify-led-${state}`) + query)
        .send([]);
    const on = await led('on', '?description=broken%20disk').expect(200);
    expect(on.body.ledstate).toEqual({ value: 'LED-ON', description: 'broken disk' });
    const off = await led('off').expect(200);
    expect(off.body.ledstate).toEqual({ value: 'LED-OFF', description: '' });
    expect(await journal()).toMatchObject([{ command: 'LED-OFF' }, { command: 'LED-ON', params: ['broken disk'] }]);
  });

  it('accept the LED state from legacy agents', async () => {
    const report = (body: object) =>
      server.as('editor').post(`/v1/machine/${id}/chassis-identify-led-state`).send(body);
    const { body } = await report({ value: 'LED-ON', description: 'unknown' }).expect(200);
    expect(body.ledstate).toEqual({ value: 'LED-ON', description: 'unknown' });
    await report({ value: 'ON', description: 'x' }).expect(400);
    await server.as('viewer').post(`/v1/machine/${id}/chassis-identify-led-state`).send({}).expect(403);
  });
});
