import supertest from 'supertest';
import { RestClient } from '../../../src/agent/rest-client.js';
import { installLab } from '../../../src/agent/simulator/lab.js';
import { eventTable } from '../../../src/modules/machine/event/event.table.js';
import { createApiToken } from '../../../src/platform/auth/token/api-token.js';
import { startTestApp } from '../../support/app.js';
import type { TestApp } from '../../support/app.js';
import type { HeadscaleServer } from '../../support/headscale.js';
import { DEV_KEYS } from '../../support/hmac.js';
import { tableOf } from '../../support/machines.js';
import type { S3Server } from '../../support/s3.js';
import { seedWaitingMachines } from '../../support/seed.js';
import type { Calls } from './call.js';
import { catalogCalls } from './catalog-calls.js';
import { allocationCalls, bootCalls, MACHINES } from './machine-calls.js';
import { ipCalls, networkCalls } from './networking-calls.js';
import { auditCalls, firmwareCalls, hardwareCalls, serverCalls } from './operator-calls.js';
import { leafCalls, switchCalls } from './switch-calls.js';

const TOKEN_KEY = 'a key for the signing of tokens in this test only';

/** The servers that the scenario needs; without S3 it leaves firmware out. */
export interface Surroundings {
  readonly headscale: HeadscaleServer;
  readonly s3: S3Server | undefined;
}

/** An empty server on which the scenario can be played once. */
export const startScenarioApp = ({ headscale, s3 }: Surroundings): Promise<TestApp> =>
  startTestApp({
    METAL_API_AUDITING_ENABLED: 'true',
    METAL_API_TOKEN_KEY: TOKEN_KEY,
    ...headscale.variables,
    ...s3?.variables,
  });

/** Calls every operation in a sensible order, from the first image to the release of the last machine. */
export async function playScenario(calls: Calls, server: TestApp, { s3 }: Surroundings): Promise<void> {
  const lab = await installLab(new RestClient({ url: `${server.url}/`, role: 'admin', key: DEV_KEYS.admin }));
  await catalogCalls(calls, lab);
  await networkCalls(calls, lab);
  await ipCalls(calls, lab);
  await leafCalls(calls, lab);
  await bootCalls(calls, lab);
  await seedWaitingMachines((definition) => tableOf(server, definition), Object.keys(MACHINES).length, lab);
  await tableOf(server, eventTable).update(MACHINES.dead, (events) => ({ ...events, liveliness: 'Dead' }));
  await allocationCalls(calls, lab);
  await switchCalls(calls, lab);
  await hardwareCalls(calls, lab);
  if (s3) await firmwareCalls(calls);
  await serverCalls(calls, lab, await usedToken(server));
  await auditCalls(calls, server);
}

/** Id of an API token that a client has come with. */
async function usedToken(server: TestApp): Promise<string> {
  const [token, { id }] = createApiToken(TOKEN_KEY, { subject: 'ci', role: 'viewer', lifetime: 3_600_000 }, Date.now());
  await supertest(server.url).get('/v1/user/me').set('Authorization', `Bearer ${token}`).expect(200);
  return id;
}
