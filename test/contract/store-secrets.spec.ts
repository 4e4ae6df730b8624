import { ClassicLevel } from 'classic-level';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from '../../migrations/all.js';
import { migrateAtStart } from '../../src/cli/migrate.js';
import { rotateEncryptionKey } from '../../src/cli/rotate-encryption-key.js';
import type { Config } from '../../src/config/config.js';
import { newBmcRecord } from '../../src/modules/machine/bmc-record.js';
import { newMachine } from '../../src/modules/machine/machine.js';
import type { BmcRecord } from '../../src/modules/machine/bmc-record.js';
import type { Machine, MachineAllocation } from '../../src/modules/machine/machine.js';
import { bmcTable, machineTable } from '../../src/modules/machine/machine.table.js';
import { createEngine } from '../../src/platform/store/create-engine.js';
import { EmbeddedEngine } from '../../src/platform/store/embedded/embedded-engine.js';
import type { Engine } from '../../src/platform/store/engine.js';
import {
  admitKeys,
  ENCRYPTION_TABLE,
  registeredKeys,
  retireOtherKeys,
} from '../../src/platform/store/sealing/key-register.js';
import { givenKeys } from '../../src/platform/store/sealing/key-source.js';
import { SealedEngine } from '../../src/platform/store/sealing/sealed-engine.js';
import { rotateSecrets, type RotationOptions } from '../../src/platform/store/sealing/rotation.js';
import { Store } from '../../src/platform/store/store.js';
import type { Table } from '../../src/platform/store/table.js';
import { keyIdOf } from '../../src/shared/encryption-keys.js';
import { testConfig } from '../support/app.js';
import { describeOnEngines, TEST_KEYS, temporaryFolder, type Lab } from '../support/engines.js';
import { RethinkServer, rethinkdbAvailable } from '../support/rethinkdb.js';
import { eventually } from '../support/eventually.js';

const [OLD, NEW] = TEST_KEYS as [Buffer, Buffer];
const SECRETS = {
  userData: '#cloud-config secret-of-user-data',
  consolePassword: 'secret-of-console',
  authKey: 'secret-of-vpn',
  password: 'secret-of-bmc',
};

const allocation = {
  uuid: 'a1',
  networks: [],
  imageId: 'debian',
  hostname: 'host',
  project: 'p1',
  role: 'firewall',
  userData: SECRETS.userData,
  consolePassword: SECRETS.consolePassword,
  vpn: { address: 'https://vpn', authKey: SECRETS.authKey, connected: false },
} as unknown as MachineAllocation;

interface Process {
  readonly store: Store;
  readonly machines: Table<Machine, keyof typeof machineTable.indexes>;
  readonly bmcs: Table<BmcRecord, 'address'>;
}

const secretsIn = (text: string): string[] => Object.values(SECRETS).filter((secret) => text.includes(secret));

describeOnEngines({ suite: 'secrets at rest', persistent: true }, (candidate) => {
  let lab: Lab;
  let running: Store[];
  let reports: string[];

  const start = async (keys: readonly Buffer[], encrypting = true): Promise<Process> =>
    started(
      new SealedEngine(lab.connect(), givenKeys('tests', keys), {
        encrypting,
        report: (message) => reports.push(message),
      }),
    );
  const started = async (engine: Engine): Promise<Process> => {
    const store = new Store(engine, { report: () => undefined });
    const process = { store, machines: store.table(machineTable), bmcs: store.table(bmcTable) };
    running.push(store);
    await store.start();
    return process;
  };
  const stopAll = async (): Promise<void> => {
    for (const store of running.splice(0)) await store.stop();
  };
  /** The contents of all tables and logs, as stored by the engine. */
  const raw = async (): Promise<string> => {
    const engine = lab.connect();
    const tables = [...migrations.flatMap((one) => one.tables ?? []), 'migration'];
    await engine.open({ tables, logs: ['audit', 'command_log'] });
    const found: object[] = [];
    for (const table of tables) {
      await new Promise<void>((resolve) => {
        const ignore = (): void => undefined;
        const sink = { put: ignore, removed: ignore, invalidate: ignore, lost: ignore };
        engine.follow(table, { ...sink, snapshot: (documents) => (found.push(...documents), resolve()) });
      });
    }
    for (const log of ['audit', 'command_log']) {
      for await (const entry of engine.scan(log, {}, false)) found.push(entry);
    }
    await engine.close();
    return JSON.stringify(found);
  };
  /** Changes a stored document, bypassing the encryption. */
  const tamper = async (table: string, id: string, change: (stored: never) => object): Promise<void> => {
    const engine = lab.connect();
    await engine.open({ tables: ['machine', 'bmc', ENCRYPTION_TABLE], logs: [] });
    const { current, revision } = await engine.read(table, id);
    await engine.replace(table, { id, ...change(current as never) }, revision);
    await engine.close();
  };
  const populate = async ({ machines, bmcs }: Process, ids = ['m1']): Promise<void> => {
    for (const id of ids) {
      await machines.insert({ ...newMachine(id, '2026-01-01T00:00:00.000Z'), allocation });
      await bmcs.insert({ ...newBmcRecord(id), address: '10.0.0.1:623', password: SECRETS.password });
    }
  };
  const expectSecrets = ({ machines, bmcs }: Process, id = 'm1'): void => {
    expect(machines.get(id)?.allocation).toMatchObject(allocation);
    expect(bmcs.get(id)).toMatchObject({ address: '10.0.0.1:623', password: SECRETS.password });
  };

  beforeAll(() => candidate.prepare());
  afterAll(() => candidate.cleanUp());
  beforeEach(() => {
    lab = candidate.lab();
    running = [];
    reports = [];
  });
  afterEach(async () => {
    await stopAll();
    await lab.close();
  });

  it('stores no plain secret by any kind of write, and returns all of them', async () => {
    const first = await start([OLD]);
    await populate(first, ['m1', 'm2']);
    await first.bmcs.patchUnchecked([{ id: 'm2', password: SECRETS.password, powerState: 'ON' }]);
    await first.machines.update('m2', (machine) => ({ ...machine, name: 'renamed' }));
    const { revision } = first.machines.get('m1')!;
    await first.machines.replace({ ...first.machines.get('m1')!, name: 'replaced' }, revision);
    await first.bmcs.upsert('m3', () => ({ ...newBmcRecord('m3'), password: SECRETS.password }));
    for (const id of ['m1', 'm2']) {
      expectSecrets(first, id);
      expect(await first.machines.readFresh(id)).toEqual(first.machines.get(id));
    }
    await stopAll();
    const text = await raw();
    expect(text).toContain('renamed');
    expect(secretsIn(text)).toEqual([]);
    const second = await start([OLD]);
    for (const id of ['m1', 'm2']) expectSecrets(second, id);
    expect(second.bmcs.by('address', '10.0.0.1:623')).toHaveLength(2);
    expect(await second.machines.remove('m1')).toMatchObject({ allocation });
  });

  it('reads documents that were stored unencrypted, and encrypts them on their next write', async () => {
    await populate(await started(lab.connect()), ['m1', 'm2']);
    await stopAll();
    expect(secretsIn(await raw())).toHaveLength(4);
    const server = await start([OLD]);
    expectSecrets(server);
    for (const id of ['m1', 'm2']) {
      await server.machines.update(id, (machine) => ({ ...machine, name: 'x' }));
      await server.bmcs.update(id, (bmc) => ({ ...bmc, powerState: 'ON' }));
    }
    await stopAll();
    expect(secretsIn(await raw())).toEqual([]);
  });

  it('does not start with another key, or without one, and writes nothing', async () => {
    await populate(await start([OLD]));
    await stopAll();
    const before = await raw();
    await expect(start([NEW])).rejects.toThrow(
      `the database is encrypted with key ${keyIdOf(OLD)}, which tests does not have (it has ${keyIdOf(NEW)})`,
    );
    await expect(start([])).rejects.toThrow('(it has none)');
    await expect(start([], false)).rejects.toThrow('(it has none)');
    await stopAll();
    expect(await raw()).toBe(before);
    expectSecrets(await start([NEW, OLD]));
  });

  it('records a new current key before using it, so that servers without it do not start', async () => {
    await populate(await start([OLD]));
    await stopAll();
    await start([NEW, OLD]);
    await stopAll();
    await expect(start([OLD])).rejects.toThrow(`key ${keyIdOf(NEW)}, which tests does not have`);
    expectSecrets(await start([OLD, NEW]));
  });

  it('aborts startup on moved or modified ciphertext, and names its location', async () => {
    await populate(await start([OLD]), ['m1', 'm2']);
    await stopAll();
    await tamper('bmc', 'm1', (bmc: BmcRecord) => ({
      ...bmc,
      id: 'm1',
      password: { sealed: 'AAAA', key: keyIdOf(OLD) },
    }));
    await expect(start([OLD])).rejects.toThrow('password of bmc "m1" cannot be decrypted: it was changed');
    await stopAll();
    const moved = JSON.parse(await raw()) as { id: string; password?: unknown }[];
    const { password } = moved.find(({ id, password }) => id === 'm2' && password !== undefined)!;
    await tamper('bmc', 'm1', (bmc: BmcRecord) => ({ ...bmc, id: 'm1', password }));
    await expect(start([OLD])).rejects.toThrow('password of bmc "m1" cannot be decrypted');
  });

  it('stores plain texts if encryption is disabled, but still reads encrypted ones', async () => {
    await populate(await start([OLD]), ['m1', 'm2']);
    await stopAll();
    const server = await start([OLD], false);
    expectSecrets(server);
    await server.bmcs.update('m1', (bmc) => ({ ...bmc, powerState: 'ON' }));
    await stopAll();
    expect(secretsIn(await raw())).toEqual([SECRETS.password]);
    expectSecrets(await start([OLD]), 'm1');
  });

  it.skipIf(candidate.kind === 'embedded')(
    'shares secrets between servers and encrypts with only one of their keys',
    async () => {
      const [a, b] = [await start([OLD]), await start([OLD, NEW])];
      await populate(a);
      await eventually('b sees it', () => b.machines.get('m1') !== undefined && b.bmcs.get('m1') !== undefined);
      expectSecrets(b);
      await Promise.all(
        [a, b].flatMap(({ bmcs }) =>
          Array.from({ length: 10 }, () => bmcs.update('m1', (bmc) => ({ ...bmc, user: `${bmc.user}x` }))),
        ),
      );
      await eventually('both see all', () => [a, b].every(({ bmcs }) => bmcs.get('m1')?.user.length === 20));
      for (const server of [a, b]) expectSecrets(server);
    },
  );

  it('rotates everything once, and can be repeated or interrupted', async () => {
    const ids = Array.from({ length: 60 }, (_, n) => `m${n}`);
    await populate(await started(lab.connect()), ids.slice(0, 20));
    await stopAll();
    await populate(await start([OLD]), ids.slice(20));
    await stopAll();
    const rotate = async (keys: readonly Buffer[], options: RotationOptions = {}) => {
      const engine = lab.connect();
      await engine.open({ tables: ['machine', 'bmc', ENCRYPTION_TABLE], logs: [] });
      try {
        const ring = await admitKeys(engine, givenKeys('tests', keys), { encrypting: !options.plain });
        const result = await rotateSecrets(
          engine,
          { machine: machineTable.secrets!, bmc: ['password'] },
          ring,
          options,
        );
        await retireOtherKeys(engine, options.plain ? undefined : ring.current?.id);
        return result;
      } finally {
        await engine.close();
      }
    };
    let interrupted = 0;
    const progress = (): void => {
      if (++interrupted > 50) throw new Error('interrupted');
    };
    await expect(rotate([NEW, OLD], { progress })).rejects.toThrow('interrupted');
    const { rewritten, complete } = await rotate([NEW, OLD]);
    expect(complete).toBe(true);
    expect(rewritten).toBeGreaterThan(0);
    expect(rewritten).toBeLessThan(120);
    expect(await rotate([NEW])).toEqual({ rewritten: 0, complete: true });
    const text = await raw();
    expect(secretsIn(text)).toEqual([]);
    expect(text).not.toContain(keyIdOf(OLD));
    const server = await start([NEW]);
    for (const id of ids) expectSecrets(server, id);
    await stopAll();
    await rotate([NEW], { plain: true });
    expect(await raw()).not.toContain(keyIdOf(NEW));
    const plain = await start([], false);
    for (const id of ids) expectSecrets(plain, id);
  });

  it.skipIf(candidate.kind === 'embedded')(
    'loses no write when rotating while servers run, and detects a server with the old key',
    async () => {
      const [old, fresh] = [await start([OLD, NEW]), await start([NEW, OLD])];
      const ids = Array.from({ length: 30 }, (_, n) => `m${n}`);
      await populate(old, ids);
      await eventually('both have all', () => fresh.bmcs.size === ids.length && fresh.machines.size === ids.length);
      const engine = lab.connect();
      await engine.open({ tables: [], logs: [] });
      const ring = await admitKeys(engine, givenKeys('tests', [NEW, OLD]), { encrypting: true });
      let writing = true;
      const write = async (): Promise<number> => {
        let count = 0;
        for (; writing; count++) {
          const id = ids[count % ids.length]!;
          await fresh.bmcs.update(id, (bmc) => ({ ...bmc, user: `${bmc.user}x` }));
        }
        return count;
      };
      const writes = write();
      const result = await rotateSecrets(engine, { machine: machineTable.secrets!, bmc: ['password'] }, ring);
      writing = false;
      const written = await writes;
      expect(result.complete).toBe(true);
      await retireOtherKeys(engine, keyIdOf(NEW));
      await eventually('the old key is recorded again', async () => (await registeredKeys(engine)).length === 2);
      expect(reports).toEqual(['keys were rotated while this server still encrypts with an older one']);
      await engine.close();
      const lengths = ids.map((id) => fresh.bmcs.get(id)!.user.length);
      expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(written);
      await eventually('both servers agree', () =>
        ids.every((id) => old.bmcs.get(id)?.revision === fresh.bmcs.get(id)?.revision),
      );
      for (const id of ids) for (const server of [old, fresh]) expectSecrets(server, id);
    },
  );

  it.skipIf(candidate.kind === 'embedded')(
    'treats an unreadable document as a gap of the feed until it is readable',
    async () => {
      const server = await start([OLD]);
      await populate(server);
      const stored = JSON.parse(await raw()) as { id: string; password?: unknown }[];
      const { password } = stored.find(({ id, password }) => id === 'm1' && password !== undefined)!;
      await tamper('bmc', 'm1', (bmc: BmcRecord) => ({
        ...bmc,
        id: 'm1',
        password: { sealed: 'AAAA', key: 'unknown' },
      }));
      await eventually('it is noticed', () => !server.store.ready);
      expect(server.bmcs.get('m1')?.password).toBe(SECRETS.password);
      await expect(server.bmcs.readFresh('m1')).rejects.toThrow('which this server does not have');
      await tamper('bmc', 'm1', (bmc: BmcRecord) => ({ ...bmc, id: 'm1', password, powerState: 'ON' }));
      await eventually('the gap has ended', () => server.store.ready && server.bmcs.get('m1')?.powerState === 'ON');
      expectSecrets(server);
    },
  );

  it.skipIf(candidate.kind === 'embedded')('starts only one of two first servers with different keys', async () => {
    await lab.close();
    lab = candidate.lab({ isNew: true });
    const results = await Promise.allSettled([start([OLD]), start([NEW])]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('the files of the embedded engine', () => {
  it('contain no plain secret, neither by key nor as bytes', async () => {
    const folder = temporaryFolder();
    const store = new Store(new SealedEngine(new EmbeddedEngine(folder), givenKeys('tests', [OLD])));
    const [machines, bmcs] = [store.table(machineTable), store.table(bmcTable)];
    await store.start();
    await machines.insert({ ...newMachine('m1', ''), description: 'in-the-open', allocation });
    await bmcs.insert({ ...newBmcRecord('m1'), password: SECRETS.password });
    await store.stop();
    const bytes = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1'));
    expect(bytes.join('')).toContain('in-the-open');
    expect(secretsIn(bytes.join(''))).toEqual([]);
    const db = new ClassicLevel<string, string>(folder, { keyEncoding: 'utf8', valueEncoding: 'utf8' });
    const values = await db.values().all();
    await db.close();
    expect(secretsIn(values.join('\n'))).toEqual([]);
    expect(values.join('\n')).toContain(`"key":"${keyIdOf(OLD)}"`);
  });
});

const shared = rethinkdbAvailable('rotate-encryption-key on RethinkDB');

describe.skipIf(!shared)('the command rotate-encryption-key on RethinkDB', () => {
  it('must be repeated if a server still uses an older key', async () => {
    const server = await RethinkServer.start();
    const folder = temporaryFolder();
    try {
      const { host, port, database } = server.options();
      const config = (...keys: readonly Buffer[]): Config => {
        const file = join(folder, keys.map(keyIdOf).join('-'));
        writeFileSync(file, keys.map((key) => `${key.toString('base64')}\n`).join(''));
        return testConfig({
          METAL_API_DB: 'rethinkdb',
          METAL_API_DB_ADDR: `${host}:${port}`,
          METAL_API_DB_NAME: database,
          METAL_API_ENCRYPTION_KEY_FILE: file,
        });
      };
      const rotate = async (): Promise<[number, string]> => {
        const lines: string[] = [];
        return [
          await rotateEncryptionKey(config(NEW, OLD), false, { write: (text) => lines.push(text) }),
          lines.join(''),
        ];
      };
      await migrateAtStart(config(OLD, NEW), () => undefined);
      const store = new Store(createEngine(config(OLD, NEW).store, () => undefined));
      const bmcs = store.table(bmcTable);
      await store.start();
      await bmcs.insert({ ...newBmcRecord('m1'), password: SECRETS.password });
      expect(await rotate()).toEqual([1, expect.stringContaining('with another key')]);
      await bmcs.update('m1', (bmc) => ({ ...bmc, password: 'another' }));
      await store.stop();
      expect(await rotate()).toEqual([0, expect.stringContaining('1 documents rewritten')]);
      const other = new Store(createEngine(config(NEW).store));
      const read = other.table(bmcTable);
      await other.start();
      expect(read.get('m1')?.password).toBe('another');
      await other.stop();
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
