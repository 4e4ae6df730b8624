import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BmcDirectory } from '../../src/modules/command/command.js';
import { CommandService } from '../../src/modules/command/command.service.js';
import { Bus } from '../../src/platform/bus/bus.js';
import { eventually } from '../support/eventually.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';

describe('GET /commands: the journal for operators', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await startTestApp();
    const ipmi = { address: '10.0.0.1:623', user: 'metal', password: 'very-secret' };
    server.app.get(BmcDirectory).ipmi.provide(() => ipmi);
  });
  afterAll(() => server.close());

  it('shows a command from its issue to its result to viewers, without secrets', async () => {
    const commands = server.app.get(CommandService);
    const bus = server.app.get(Bus);
    const { id } = await commands.issue({
      machine: 'm1',
      partition: 'p1',
      kind: 'command',
      command: 'OFF',
      issuer: 'me',
    });
    await commands.issue({ machine: 'm2', partition: 'p1', kind: 'reclaim' });
    bus.consumeCommands('p1', async ({ message }) => {
      const { attempt, partition, machine } = message;
      const failure = { state: 'failed', message: 'the BMC does not answer', at: '' } as const;
      if (message.id === id) await bus.publishResult({ id, attempt, partition, machine, ...failure });
      return 'done';
    });
    const failed = async () => {
      const { body } = await server.as('viewer').get('/commands?machine=m1&state=failed').expect(200);
      return (body as object[]).length > 0 && (body as object[]);
    };
    const shown = await eventually('the journal shows the failure', failed);
    expect(shown).toMatchObject([
      { id, machine: 'm1', partition: 'p1', command: 'OFF', error: 'the BMC does not answer' },
    ]);
    const all = await server.as('viewer').get('/commands?partition=p1').expect(200);
    expect((all.body as { machine: string }[]).map(({ machine }) => machine)).toEqual(['m2', 'm1']);
    expect(all.text).not.toContain('very-secret');
    await server.as('viewer').get('/commands?history=true').expect(200, []);
  });

  it('rejects unknown states and unauthorized callers', async () => {
    const { body } = await server.as('viewer').get('/commands?state=lost').expect(400);
    expect(errorOf({ body }).message).toContain('state "lost" is unknown');
    await server.as('nobody').get('/commands').expect(403);
  });
});
