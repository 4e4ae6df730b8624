import { copyFileSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { r } from 'rethinkdb-ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FsckReportDto } from '../../src/modules/fsck/fsck.dto.js';
import { IDENTITY_ID, IDENTITY_TABLE, type Identity } from '../../src/platform/store/installation/identity.js';
import { RethinkEngine } from '../../src/platform/store/rethinkdb/rethinkdb-engine.js';
import type { BackupCommands } from '../support/backup.js';
import { BackupScene, SOON } from '../support/backup-scene.js';
import { describeOnDatabases } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server-process.js';

/** `test/soak/backup.spec.ts` has more of both. */
const MACHINES = 10;
const CLIENTS = 3;

describeOnDatabases('backup while clients write', ({ kind, start }) => {
  let scene: BackupScene;

  beforeAll(async () => {
    scene = await BackupScene.start(await start(), { machines: MACHINES, clients: CLIENTS });
  }, 180_000);
  afterAll(() => scene?.stop(), 60_000);

  it('is private, and has no violations after the recovery of a start', async () => {
    const { commands, database, load } = scene;
    await load.goOn(20);
    expect(await scene.make('checked')).toMatchObject({ code: 0 });
    expect(readdirSync(commands.folder)).toEqual(['checked']);
    expect(statSync(commands.path('checked')).mode & 0o777).toBe(0o600);
    const { code, text } = await commands.restore(database.variables, commands.path('checked'), '--verify');
    expect([text.split('\n').slice(1), code]).toEqual([
      [
        expect.stringMatching(/^0 violations in .* 10 machines/),
        expect.stringMatching(/^secrets: (\d+) of \1 can be decrypted$/),
        '',
      ],
      0,
    ]);
  });

  it('is restored into an empty database, on which a server starts and finds no violations', async () => {
    const { commands, database, load } = scene;
    await load.goOn(20);
    await scene.make('to-restore');
    const file = commands.path('to-restore');
    await expect(commands.restore(database.variables, file)).rejects.toThrow(
      /in use/, // by its documents, or by the server that has the folder open
    );
    const target = { ...database.variables, ...elsewhere(database.variables, commands) };
    expect(await commands.restore(target, file)).toMatchObject({ code: 0 });
    await expect(commands.restore(target, file)).rejects.toThrow(/the target is in use: table \w+ holds documents/);

    const server = await ServerProcess.start({ ...target, ...SOON });
    const admin = server.rest('admin');
    expect(await admin.get<object[]>('v1/machine')).toHaveLength(MACHINES);
    const findings = async (): Promise<readonly unknown[]> => (await admin.get<FsckReportDto>('fsck')).findings;
    await eventually('there are no violations', async () => (await findings()).length === 0, 60_000);
    const { bmc_password: password } = (
      await admin.post<{ ipmi: { password: string } }[]>('v1/machine/ipmi/find', {})
    ).map(({ ipmi }) => ({ bmc_password: ipmi.password }))[0]!;
    expect(typeof password).toBe('string'); // it was decrypted
    // Machines that waited may have been allocated after the backup.
    const { partition: partitionid, projects, size, machineImage } = scene.lab;
    const owner = { partitionid, projectid: projects.a };
    const { id: networkid } = await admin.post<{ id: string }>('v1/network/allocate', owner);
    const wanted = { ...owner, sizeid: size, imageid: machineImage, networks: [{ networkid }] };
    await expect(admin.post('v1/machine/allocate', { ...wanted, name: 'n', hostname: 'n' })).rejects.toThrow(
      /no machine available: .* \(of \d+ machines pass: .*, unowned [1-9]\d*, .*, waiting 0\)/,
    );
    await server.stop();
  });

  it('is noticed by running servers when it takes the place of their database', async () => {
    const { commands, database, lab, load, servers } = scene;
    const { shared } = database;
    if (!shared) return expect(kind).toBe('embedded'); // alone on its folder
    await load.stop();
    await scene.make('before');
    const lost = await servers[0]!.rest('editor').post<{ id: string }>('v1/network/allocate', {
      ...{ partitionid: lab.partition, projectid: lab.projects.a },
    });
    const connection = await r.connect({ host: shared.host, port: shared.port, silent: true });
    await r.dbDrop(shared.database).run(connection);
    await connection.close();
    const isReady = async (server: ServerProcess): Promise<boolean> => (await fetch(`${server.url}ready`)).ok;
    for (const server of servers) await eventually('it is unready', async () => !(await isReady(server)), 60_000);

    expect(await commands.restore(database.variables, commands.path('before'))).toMatchObject({ code: 0 });
    for (const server of servers) {
      await eventually('it is ready again', () => isReady(server), 60_000);
      await expect(server.rest('viewer').get(`v1/network/${lost.id}`)).rejects.toThrow('404');
    }
    const engine = new RethinkEngine(shared);
    await engine.open({ tables: [IDENTITY_TABLE], logs: [] });
    expect(((await engine.read(IDENTITY_TABLE, IDENTITY_ID)).current as Identity).epoch).toBeGreaterThan(1);
    await engine.close();
  });
});

/** Settings of an empty database of the same kind, with the keys of the old one. */
function elsewhere(variables: Readonly<Record<string, string>>, commands: BackupCommands): Record<string, string> {
  if (variables['METAL_API_DB'] === 'rethinkdb')
    return { METAL_API_DB_NAME: `${variables['METAL_API_DB_NAME']!}_again` };
  const folder = commands.path('data');
  mkdirSync(folder, { mode: 0o700 });
  copyFileSync(join(variables['METAL_API_DATA_DIR']!, 'encryption.key'), join(folder, 'encryption.key'));
  return { METAL_API_DATA_DIR: folder };
}
