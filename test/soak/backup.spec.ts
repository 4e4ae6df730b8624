import { afterAll, beforeAll, expect, it } from 'vitest';
import { BackupScene } from '../support/backup-scene.js';
import { describeOnDatabases } from '../support/databases.js';

const MACHINES = 30;
const CLIENTS = 12;
const BACKUPS = Number(process.env['METAL_API_TEST_BACKUPS'] ?? 4);

describeOnDatabases('backup under full write load', ({ kind, start }) => {
  let scene: BackupScene;

  beforeAll(async () => {
    scene = await BackupScene.start(await start(), { machines: MACHINES, clients: CLIENTS });
  }, 180_000);
  afterAll(() => scene?.stop(), 60_000);

  it(`${String(BACKUPS)} times: has no violations after the recovery of a start`, async () => {
    const { commands, database, load } = scene;
    for (let round = 0; round < BACKUPS; round += 1) {
      await load.goOn(40);
      const file = `round-${String(round)}`;
      expect(await scene.make(file)).toMatchObject({ code: 0 });
      const { code, text } = await commands.restore(database.variables, commands.path(file), '--verify');
      expect([text.split('\n').slice(1), code]).toEqual([
        [
          expect.stringMatching(/^0 violations in .* 30 machines/),
          expect.stringMatching(/^secrets: (\d+) of \1 can be decrypted$/),
          '',
        ],
        0,
      ]);
    }
    console.log(`${kind}: ${String(load.done)} changes during ${String(BACKUPS)} backups`);
  });
});
