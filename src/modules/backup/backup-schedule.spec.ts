import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/support/app.js';
import { installed } from '../../../test/support/installed.js';
import { S3_PROGRAM, S3Server } from '../../../test/support/s3.js';
import { S3ObjectStore } from '../../platform/objects/s3-object-store.js';
import { Installation } from '../../platform/store/installation/installation.js';
import { ManualClock } from '../../shared/clock.js';
import { createBareEngine } from '../../platform/store/create-engine.js';
import { migrate } from '../../platform/store/migration/migrator.js';
import { migrations } from '../../../migrations/all.js';
import { BackupSchedule } from './backup-schedule.service.js';
import { Backups } from './backup.service.js';

const HOUR = 3_600_000;

interface Scheduled {
  readonly server: TestApp;
  readonly clock: ManualClock;
  readonly schedule: BackupSchedule;
  readonly uuid: string;
  stop(): Promise<void>;
}

/** A server with an embedded database and a schedule: every 6 hours, the latest 3 are kept. */
async function scheduled(variables: Record<string, string>): Promise<Scheduled> {
  const folder = mkdtempSync(join(tmpdir(), 'metal-schedule-'));
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const dataDir = join(folder, 'data');
  await migrate(createBareEngine({ engine: 'embedded', dataDir, rethinkdb: {} as never }), migrations);
  const server = await startTestApp(
    {
      METAL_API_DB: 'embedded',
      METAL_API_DATA_DIR: dataDir,
      METAL_API_BACKUP_EVERY: '6h',
      METAL_API_BACKUP_KEEP: '3',
      ...variables,
    },
    { clock },
  );
  return {
    server,
    clock,
    schedule: server.app.get(BackupSchedule, { strict: false }),
    uuid: server.app.get(Installation).uuid,
    stop: async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Makes five backups; returns what is kept. */
async function fiveBackups({ schedule, clock }: Scheduled, list: () => Promise<string[]>): Promise<string[]> {
  for (let round = 0; round < 5; round += 1) {
    expect(await schedule.makeIfDue()).toMatch(/\.metal-backup$/);
    expect(await schedule.makeIfDue()).toBeUndefined();
    clock.advance(5 * HOUR);
    expect(await schedule.makeIfDue()).toBeUndefined();
    clock.advance(HOUR);
  }
  return (await list()).sort();
}

const expectedNames = (uuid: string): string[] =>
  ['20260101T120000Z', '20260101T180000Z', '20260102T000000Z'].map((time) => `${uuid}-${time}.metal-backup`);

describe('scheduled backups in a folder', { shuffle: false }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'metal-backups-'));
  let running: Scheduled;
  beforeAll(async () => void (running = await scheduled({ METAL_API_BACKUP_DIR: folder })));
  afterAll(async () => {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are made when one is due, and the latest are kept; other files stay', async () => {
    const { uuid } = running;
    const foreign = `11111111-1111-4111-8111-111111111111-20200101T000000Z.metal-backup`;
    for (const name of ['notes.txt', foreign]) writeFileSync(join(folder, name), '');
    const abandoned = join(folder, `${uuid}-20251231T000000Z.metal-backup.abcd1234.partial`);
    writeFileSync(abandoned, '');
    utimesSync(abandoned, new Date(0), new Date(0));

    const kept = await fiveBackups(running, async () => readdirSync(folder));
    expect(kept).toEqual([...expectedNames(uuid), foreign, 'notes.txt'].sort());
    for (const name of expectedNames(uuid)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  it('report the failure, leave no file, and are repeated, when one cannot be made', async () => {
    const { schedule, server } = running;
    const { archive } = await server.app.get(Backups, { strict: false }).begin();
    const before = readdirSync(folder);
    await expect(schedule.makeIfDue()).rejects.toThrow('is making a backup already');
    expect(readdirSync(folder)).toEqual(before);
    archive.destroy();
    await new Promise((resolve) => archive.once('close', resolve));
    expect(await schedule.makeIfDue()).toBeDefined();
  });
});

describe('GET backup', { shuffle: false }, () => {
  it('needs the role admin, and a database that stores something', async () => {
    const server = await startTestApp();
    await server.as('editor').get('/backup').expect(403);
    const { body } = await server.as('admin').get('/backup').expect(422);
    expect(JSON.stringify(body)).toContain('METAL_API_DB is');
    await server.close();
  });

  it('is refused while another backup is made', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'metal-route-'));
    const server = await startTestApp({ METAL_API_DB: 'embedded', METAL_API_DATA_DIR: join(folder, 'data') });
    const { archive } = await server.app.get(Backups, { strict: false }).begin();
    await server.as('admin').get('/backup').expect(409);
    archive.destroy();
    await new Promise((resolve) => archive.once('close', resolve));
    await server.as('admin').get('/backup').expect(200).expect('content-type', 'application/gzip');
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
});

const s3 = installed('scheduled backups in S3', S3_PROGRAM);
describe.skipIf(!s3)('scheduled backups in S3', { shuffle: false }, () => {
  let storage: S3Server;
  let running: Scheduled;
  let objects: S3ObjectStore;
  beforeAll(async () => {
    storage = await S3Server.start();
    const settings = { address: storage.url, bucket: S3Server.bucket, key: 'key', secret: 'secret' };
    objects = new S3ObjectStore(settings);
    running = await scheduled({
      METAL_API_BACKUP_S3_ADDRESS: settings.address,
      METAL_API_BACKUP_S3_BUCKET: settings.bucket,
      METAL_API_BACKUP_S3_KEY: settings.key,
      METAL_API_BACKUP_S3_SECRET: settings.secret,
    });
  }, 90_000);
  afterAll(async () => {
    await running.stop();
    objects.close();
    await storage.stop();
  });

  it('are made when one is due, and the latest are kept', async () => {
    const kept = await fiveBackups(running, () => objects.list(''));
    expect(kept).toEqual(expectedNames(running.uuid));
  });

  it('leave no object when the database fails on the way', async () => {
    const { schedule, server } = running;
    const before = await objects.list('');
    const backups = server.app.get(Backups, { strict: false });
    const begin = backups.begin.bind(backups);
    backups.begin = async () => {
      const begun = await begin();
      begun.archive.destroy(new Error('the disk is broken'));
      return begun;
    };
    await expect(schedule.makeIfDue()).rejects.toThrow('the disk is broken');
    expect(await objects.list('')).toEqual(before);
    backups.begin = begin;
    expect(await schedule.makeIfDue()).toBeDefined();
  });
});
