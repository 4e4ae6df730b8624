import { readdirSync } from 'node:fs';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { eventTable } from '../../src/modules/machine/event/event.table.js';
import { createApiToken } from '../../src/platform/auth/token/api-token.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { HeadscaleServer } from '../support/headscale.js';
import { DEV_KEYS } from '../support/hmac.js';
import { installed } from '../support/installed.js';
import { tableOf } from '../support/machines.js';
import { S3_PROGRAM, S3Server } from '../support/s3.js';
import { seedWaitingMachines } from '../support/seed.js';
import { catalogCalls } from './golden/catalog-calls.js';
import { allocationCalls, bootCalls, MACHINES } from './golden/machine-calls.js';
import { ipCalls, networkCalls } from './golden/networking-calls.js';
import { auditCalls, firmwareCalls, hardwareCalls, serverCalls } from './golden/operator-calls.js';
import { exampleOf, OPERATIONS, Recorder } from './golden/recorder.js';
import { leafCalls, switchCalls } from './golden/switch-calls.js';

// Wire examples of every operation, recorded from one scenario. Where the wire changes on purpose: this test with `-u`.
const GOLDEN = 'test/golden';
const TOKEN_KEY = 'a key for the signing of tokens in this test only';

const withS3 = installed('recorded examples of firmware', S3_PROGRAM);
const FIRMWARE = ['uploadFirmware', 'listFirmwares', 'updateFirmware', 'removeFirmware'];
const played = OPERATIONS.filter((id) => withS3 || !FIRMWARE.includes(id));

let headscale: HeadscaleServer;
let s3: S3Server | undefined;
let server: TestApp;
let recorder: Recorder;

beforeAll(async () => {
  headscale = await HeadscaleServer.start();
  s3 = withS3 ? await S3Server.start() : undefined;
  const settings = { METAL_API_AUDITING_ENABLED: 'true', METAL_API_TOKEN_KEY: TOKEN_KEY };
  server = await startTestApp({ ...settings, ...headscale.variables, ...s3?.variables });
  recorder = new Recorder(server);
  const lab = await installLab(new RestClient({ url: `${server.url}/`, role: 'admin', key: DEV_KEYS.admin }));
  await scenario(lab);
});
afterAll(async () => {
  await server.close();
  await headscale.stop();
  await s3?.stop();
});

async function scenario(lab: Lab): Promise<void> {
  await catalogCalls(recorder, lab);
  await networkCalls(recorder, lab);
  await ipCalls(recorder, lab);
  await leafCalls(recorder, lab);
  await bootCalls(recorder, lab);
  await seedWaitingMachines((definition) => tableOf(server, definition), Object.keys(MACHINES).length, lab);
  await tableOf(server, eventTable).update(MACHINES.dead, (events) => ({ ...events, liveliness: 'Dead' }));
  await allocationCalls(recorder, lab);
  await switchCalls(recorder, lab);
  await hardwareCalls(recorder, lab);
  if (withS3) await firmwareCalls(recorder);
  await serverCalls(recorder, lab, await usedToken());
  await auditCalls(recorder);
}

/** Id of an API token that a client has come with. */
async function usedToken(): Promise<string> {
  const [token, { id }] = createApiToken(TOKEN_KEY, { subject: 'ci', role: 'viewer', lifetime: 3_600_000 }, Date.now());
  await supertest(server.url).get('/v1/user/me').set('Authorization', `Bearer ${token}`).expect(200);
  return id;
}

describe('the wire is as recorded', () => {
  it.each(played)('%s', async (operationId) => {
    const file = exampleOf(operationId);
    await expect(recorder.example(file)).toMatchFileSnapshot(`../golden/${file}`);
  });

  it('also where something is refused', async () => {
    for (const file of recorder.errorExamples()) {
      await expect(recorder.example(file)).toMatchFileSnapshot(`../golden/${file}`);
    }
  });

  it('and every operation is recorded, and nothing that is not played', () => {
    const ofFirmware = (name: string) => FIRMWARE.some((id) => name.startsWith(`${id}.`));
    const names = [...OPERATIONS.map(exampleOf), ...recorder.errorExamples()].filter(
      (name) => withS3 || !ofFirmware(name),
    );
    const recorded = readdirSync(GOLDEN).filter((name) => withS3 || !ofFirmware(name));
    expect(recorded.sort()).toEqual(names.sort());
  });
});
