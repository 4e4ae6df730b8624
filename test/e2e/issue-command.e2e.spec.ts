import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { plantMachine } from '../support/machines.js';

const MACHINE = 'c0ffee00-0000-4000-8000-000000000001';
const HOMELESS = 'c0ffee00-0000-4000-8000-000000000002';

let server: TestApp;
beforeAll(async () => {
  server = await startTestApp();
  await plantMachine(server, MACHINE);
  await plantMachine(server, HOMELESS, { machine: { partitionId: undefined } });
});
afterAll(() => server.close());

const issue = (body: object, role: 'viewer' | 'editor' = 'editor') => server.as(role).post('/commands').send(body);

describe('POST commands', () => {
  it('journals a command with its options, and returns the entry', async () => {
    const { body } = await issue({ machine: MACHINE, command: 'OFF', graceful: true }).expect(200);
    expect(body).toMatchObject({ machine: MACHINE, partition: 'fra', command: 'OFF', params: ['graceful'] });
    const { body: listed } = await server.as('viewer').get(`/commands?machine=${MACHINE}`).expect(200);
    expect(listed).toContainEqual(expect.objectContaining({ id: body.id, params: ['graceful'] }));
  });

  it('takes the machine in any spelling', async () => {
    const { body } = await issue({ machine: MACHINE.toUpperCase(), command: 'PXE', persistence: 'once' }).expect(200);
    expect(body).toMatchObject({ machine: MACHINE, command: 'PXE', params: ['once'] });
  });

  it.each([
    ['no machine', {}, 400, /machine must not be empty/],
    ['no command', { machine: MACHINE, command: undefined }, 400, /command is/],
    ['an unknown machine', { machine: 'c0ffee00-0000-4000-8000-00000000dead' }, 404, /no machine with id/],
    ['a machine without a partition', { machine: HOMELESS }, 422, /does not belong to a partition/],
    ['an unknown command', { machine: MACHINE, command: 'EXPLODE' }, 400, /command is \\*"EXPLODE/],
    ['a command in lower case', { machine: MACHINE, command: 'off' }, 400, /expected one of ON, OFF, RESET/],
    ['a command that is no text', { machine: MACHINE, command: 7 }, 400, /command/],
    ['a graceful reset', { machine: MACHINE, command: 'RESET', graceful: true }, 400, /graceful is only possible with/],
    ['an unknown persistence', { machine: MACHINE, command: 'PXE', persistence: 'often' }, 400, /persistence is/],
    ['a reinstallation', { machine: MACHINE, command: 'REINSTALL' }, 400, /command is/],
  ])('refuses %s', async (_, body, status, message) => {
    const before = await server.as('viewer').get('/commands');
    const { text } = await issue({ command: 'OFF', ...body }).expect(status);
    expect(text).toMatch(message);
    expect((await server.as('viewer').get('/commands')).body).toEqual(before.body);
  });

  it('refuses viewers', async () => {
    await issue({ machine: MACHINE, command: 'OFF' }, 'viewer').expect(403);
  });
});
