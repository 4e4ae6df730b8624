import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient, RestError } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { DEV_KEYS } from '../support/hmac.js';
import { leaks } from '../support/invariants.js';
import { tableOf } from '../support/machines.js';
import { seedWaitingMachines } from '../support/seed.js';
import type { Tables } from '../support/seed.js';

const MACHINES = 150;
const REQUESTS = 200;

interface Answer {
  readonly id: string;
  readonly allocation: { readonly networks: readonly { ips: string[]; asn: number }[] };
}

describe('200 concurrent allocations of 150 machines', () => {
  let server: TestApp;
  let editor: RestClient;
  let lab: Lab;
  let network: string;
  const tables: Tables = (definition) => tableOf(server, definition);

  beforeAll(async () => {
    server = await startTestApp();
    const url = `${server.url}/`;
    editor = new RestClient({ url, role: 'editor', key: DEV_KEYS.editor });
    lab = await installLab(new RestClient({ url, role: 'admin', key: DEV_KEYS.admin }));
    const allocated = await editor.post<{ id: string }>('v1/network/allocate', {
      partitionid: lab.partition,
      projectid: lab.projects.a,
    });
    network = allocated.id;
    await seedWaitingMachines(tables, MACHINES, lab);
  });

  afterAll(() => server.close());

  const allocate = (): Promise<Answer> =>
    editor.post<Answer>('v1/machine/allocate', {
      projectid: lab.projects.a,
      partitionid: lab.partition,
      sizeid: lab.size,
      imageid: lab.machineImage,
      networks: [{ networkid: network }, { networkid: lab.internet }],
    });

  it('gives every machine away once, with addresses and AS numbers of its own, and leaks nothing', async () => {
    const results = await Promise.allSettled(Array.from({ length: REQUESTS }, allocate));
    const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as RestError] : []));

    expect(lost.map(({ status, message }) => `${status} ${/no machine available/.test(message)}`)).toEqual(
      Array.from({ length: REQUESTS - MACHINES }, () => '422 true'),
    );
    expect(new Set(won.map(({ id }) => id)).size).toBe(MACHINES);
    expect(new Set(won.map(({ allocation }) => allocation.networks[0]!.asn)).size).toBe(MACHINES);
    const addresses = won.flatMap(({ allocation }) => allocation.networks.flatMap(({ ips }) => ips));
    expect(addresses).toHaveLength(2 * MACHINES);
    expect(new Set(addresses).size).toBe(2 * MACHINES);
    expect(leaks(tables)).toEqual([]);
  });

  it('takes all of them back at once', async () => {
    const allocated = [...tables(machineTable).list()].filter(({ allocation }) => allocation);
    await Promise.all(allocated.map(({ id }) => editor.delete(`v1/machine/${id}/free`)));
    expect(leaks(tables)).toEqual([]);
    const { usage } = await editor.get<{ usage: { used_ips: number } }>(`v1/network/${network}`);
    expect(usage.used_ips).toBe(2);
  });
});
