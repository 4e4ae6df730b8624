import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ipTable } from '../../../src/modules/ip/ip.table.js';
import { eventTable } from '../../../src/modules/machine/event/event.table.js';
import { bundleTable } from '../../../src/modules/machine/bundle/bundle.table.js';
import { machineTable } from '../../../src/modules/machine/machine.table.js';
import { asnTable } from '../../../src/modules/pool/pool.table.js';
import { RethinkEngine } from '../../../src/platform/store/rethinkdb/rethinkdb-engine.js';
import { Store } from '../../../src/platform/store/store.js';
import { rethinkDatabase, type Database } from '../../support/databases.js';
import { eventually } from '../../support/eventually.js';
import { leaks } from '../../support/invariants.js';
import { lastAddress, twentyFirewalls } from '../../support/mep5/concurrency.js';
import { Scene } from '../../support/mep5/scene.js';
import { rethinkdbAvailable } from '../../support/rethinkdb.js';
import type { Tables } from '../../support/seed.js';
import { ServerProcess } from '../../support/server-process.js';

describe.skipIf(!rethinkdbAvailable('MEP-5 with two server processes'))(
  'MEP-5, two server processes: rethinkdb',
  () => {
    let database: Database;
    let store: Store;
    let servers: ServerProcess[];
    let scenes: Scene[];
    const tables: Tables = (definition) => store.table(definition);

    beforeAll(async () => {
      database = await rethinkDatabase();
      servers = [await ServerProcess.start(database.variables), await ServerProcess.start(database.variables)];
      store = new Store(new RethinkEngine(database.shared!));
      for (const { name } of [machineTable, eventTable, ipTable, asnTable, bundleTable])
        store.table({ name, indexes: {} });
      await store.start();
      const first = await Scene.install(servers[0]!.url, tables);
      const second = first.through(servers[1]!.url);
      await eventually('the second server knows the fixture', async () => {
        const machines = await second.viewer.get<unknown[]>('v1/machine');
        return machines.length === tables(machineTable).size;
      });
      scenes = [first, second];
    });

    afterAll(async () => {
      for (const server of servers) await server.stop();
      await store.stop();
      await database.stop();
    });

    const nothingLeaks = async (): Promise<void> => {
      await eventually('nothing leaks', () => leaks(tables).length === 0).catch(() => undefined);
      expect(leaks(tables)).toEqual([]);
    };
    it('scenario 46: one of two firewalls gets the last address; the other leaves nothing behind', async () => {
      await lastAddress(scenes[0]!, scenes[1]!, () => tables(asnTable).size);
      await nothingLeaks();
    });

    it('scenario 47: 20 firewalls join concurrently', async () => {
      const firewalls = await twentyFirewalls(scenes);
      await nothingLeaks();
      await Promise.all(firewalls.map((firewall, i) => scenes[(i + 1) % 2]!.free(firewall)));
      await nothingLeaks();
    });

    it('leaves no violations for fsck', async () => {
      for (const { viewer } of scenes)
        expect(await viewer.get('fsck')).toMatchObject({ consistent: true, findings: [] });
    });
  },
);
