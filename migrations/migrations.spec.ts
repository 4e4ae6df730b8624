import { describe, expect, it } from 'vitest';
import { createApp } from '../src/app.js';
import { checkMigrationOrder } from '../src/platform/store/migration/migration.js';
import { Store } from '../src/platform/store/store.js';
import { testConfig } from '../test/support/app.js';
import { migrations } from './all.js';

describe('migrations', () => {
  it('have ascending numbers', () => checkMigrationOrder(migrations));

  it('create all tables and logs that the application declares (if not, add a migration)', async () => {
    const app = await createApp(testConfig());
    const { tables, logs } = app.get(Store).names;
    const created = new Set(migrations.flatMap((migration) => migration.tables ?? []));
    const createdLogs = new Set(migrations.flatMap((migration) => migration.logs ?? []));
    expect(tables.filter((name) => !created.has(name))).toEqual([]);
    expect(logs.filter((name) => !createdLogs.has(name))).toEqual([]);
  });
});
