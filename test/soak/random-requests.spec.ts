import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { describeOnDatabases } from '../support/databases.js';
import type { Database } from '../support/databases.js';
import { HeadscaleServer } from '../support/headscale.js';
import { DEV_KEYS } from '../support/hmac.js';
import { installed } from '../support/installed.js';
import { judged } from '../support/judged-request.js';
import { plantLeaf, plantMachine, tableOf } from '../support/machines.js';
import { operationsOf, randomRequest } from '../support/random-requests.js';
import { machineId, seedWaitingMachines } from '../support/seed.js';
import type { Known, SwaggerDocument } from '../support/random-requests.js';
import { S3_PROGRAM, S3Server } from '../support/s3.js';

/** Fixed, so that failures are reproducible; RANDOM_SEED overrides it. */
const SEED = Number(process.env['RANDOM_SEED'] ?? 20_210_122);
const RUNS = Number(process.env['RANDOM_RUNS'] ?? 40);
/** RethinkDB waits for a disk at each write. */
const runsOn = (kind: string): number => (kind === 'rethinkdb' ? Math.ceil(RUNS / 2) : RUNS);

const FRU = {
  ...{ chassisPartNumber: '', chassisPartSerial: '', boardMfg: 'Vendor', boardMfgSerial: '', boardPartNumber: 'BOARD' },
  ...{ productManufacturer: '', productPartNumber: '', productSerial: '' },
};

/** A small data center with waiting machines, so that requests get beyond existence checks. */
async function smallDataCentre(server: TestApp): Promise<Known> {
  const admin = new RestClient({ url: `${server.url}/`, role: 'admin', key: DEV_KEYS.admin });
  const lab = await installLab(admin);
  const ids = { partitionid: lab.partition, projectid: lab.projects.a };
  const network = await admin.post<{ id: string }>('v1/network/allocate', ids);
  await seedWaitingMachines((definition) => tableOf(server, definition), 10, lab);
  await plantLeaf(server, 'leaf-1', machineId(0));
  await plantMachine(server, 'board-1', { bmc: { address: '10.0.0.1:623', version: '7', fru: FRU } });
  return [
    [/partition/i, [lab.partition]],
    [/size(?!image)/i, [lab.size]],
    [/image/i, [lab.machineImage, lab.firewallImage]],
    [/project/i, Object.values(lab.projects)],
    [/network/i, [network.id, lab.internet]],
    [/machine|firewall|uuid/i, Array.from({ length: 10 }, (_, index) => machineId(index))],
    [/firmwareid|^machine-id$/, ['board-1']],
    [/^kind$/, ['bios', 'BMC']],
    [/^vendor$/, ['VENDOR']],
    [/^board$/, ['board']],
    [/^revision$/, ['7', '8.0']],
    [/switch/i, ['leaf-1']],
    [/tenant/i, ['metal-stack']],
    [/prefix|cidr/i, ['10.0.0.0/22', '2001:db8::/48']],
    [/ip/i, ['10.0.0.1', '203.0.113.5']],
  ];
}

describeOnDatabases('random requests', ({ kind, start }) => {
  let database: Database;
  let headscale: HeadscaleServer;
  let s3: S3Server | undefined;
  let server: TestApp;
  let known: Known;

  beforeAll(async () => {
    database = await start();
    headscale = await HeadscaleServer.start();
    if (installed('random requests for firmware that is stored', S3_PROGRAM)) s3 = await S3Server.start();
    const optional = { METAL_API_AUDITING_ENABLED: 'true', ...headscale.variables, ...s3?.variables };
    server = await startTestApp({ ...database.variables, ...optional });
    known = await smallDataCentre(server);
  }, 60_000);
  afterAll(async () => {
    await server.close();
    await s3?.stop();
    await headscale.stop();
    await database.stop();
  });

  it(
    'whatever is sent to whichever route is answered below 500, refusals as the JSON string',
    { timeout: 900_000 },
    async () => {
      console.log(`random requests: seed ${SEED}, ${runsOn(kind)} runs a route`);
      const document = (await server.as('nobody').get('/apidocs.json').expect(200)).body as SwaggerDocument;
      const statuses = new Map<number, number>();
      const failures: string[] = [];
      for (const operation of operationsOf(document)) {
        const check = fc.asyncProperty(randomRequest(document, operation, known), async (request) => {
          const { status, complaint } = await judged(server.url, request);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          expect(complaint).toBe('');
        });
        const result = await fc.check(check, { seed: SEED, numRuns: runsOn(kind), endOnFailure: true });
        if (result.failed)
          failures.push(
            `${operation.operation.operationId}: ${JSON.stringify(result.counterexample)} ${String(result.errorInstance)}`,
          );
      }
      console.log(`answers by status: ${JSON.stringify(Object.fromEntries(statuses))}`);
      expect(failures).toEqual([]);
      expect(statuses.get(200), 'some get through').toBeGreaterThan(0);
      await server.as('nobody').get('/v1/version').expect(200);
    },
  );
});
