import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { plantMachine } from '../support/machines.js';

let server: TestApp;
beforeAll(async () => {
  server = await startTestApp();
  const bmc = { mac: 'aa', address: '10.0.0.1:623', lastUpdated: new Date().toISOString() };
  await plantMachine(server, 'well', { bmc, events: {} });
  await plantMachine(server, 'twin', { bmc, events: { failedMachineReclaim: true }, machine: { rackId: 'r2' } });
  await plantMachine(server, 'silent', {});
});
afterAll(() => server.close());

const evaluate = (body: object) => server.as('viewer').post('/v1/machine/issues/evaluate').send(body);

describe('issues of machines over HTTP', () => {
  it('are listed with their severity and a link to their description', async () => {
    const { body } = await server.as('viewer').get('/v1/machine/issues').expect(200);
    expect(body).toHaveLength(14);
    expect(body[0]).toEqual({
      id: 'no-partition',
      severity: 'major',
      description: expect.any(String),
      ref_url: 'https://docs.metal-stack.io/stable/installation/troubleshoot/#no-partition',
      details: '',
    });
    await server.as('nobody').get('/v1/machine/issues').expect(403);
  });

  it('are evaluated, by machine id, for the machines that the query selects', async () => {
    // As sent by metal-go: all lists null, severity and threshold null.
    const all = await evaluate({ severity: null, last_error_threshold: null, only: null, omit: [], tags: null });
    expect(all.body).toEqual([
      { machineid: 'silent', issues: ['no-event-container'] },
      { machineid: 'twin', issues: ['failed-machine-reclaim', 'bmc-no-distinct-ip'] },
      { machineid: 'well', issues: ['bmc-no-distinct-ip'] },
    ]);
    const one = await evaluate({ rackid: 'r2', omit: ['failed-machine-reclaim'] }).expect(200);
    expect(one.body).toEqual([{ machineid: 'twin', issues: ['bmc-no-distinct-ip'] }]);
    expect((await evaluate({ id: 'unknown' }).expect(200)).body).toEqual([]);
    await server.as('nobody').post('/v1/machine/issues/evaluate').send({}).expect(403);
  });

  it('can be filtered by severity and age', async () => {
    const { body } = await evaluate({ severity: 'critical', last_error_threshold: 3_600_000_000_000 }).expect(200);
    expect(body).toEqual([{ machineid: 'twin', issues: ['failed-machine-reclaim'] }]);
    await evaluate({ last_error_threshold: 365 * 24 * 3600 * 1e9 }).expect(200);
  });

  it.each([[{ severity: 'fatal' }], [{ only: ['nope'] }], [{ omit: ['nope'] }], [{ severity: 1 }], [[]]])(
    'reject %j',
    async (body) => {
      expect(errorOf(await evaluate(body).expect(400)).statuscode).toBe(400);
    },
  );
});
